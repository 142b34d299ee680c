/**
 * The backend under test cannot be used for a run at all: it does not answer, or refuses what an operator must do
 * first. Told without a stack trace, exit code 3. What it does once the run is under way is measured instead.
 */
export class BackendFailure extends Error {
  override readonly name = "BackendFailure";
}
