/** The backend cannot start here: a port or its database is in use or out of reach. Its message is for a person. */
export class StartFailure extends Error {
  override readonly name = "StartFailure";
}
