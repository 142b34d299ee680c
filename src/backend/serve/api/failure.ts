/** How the API says no: RainMaker's shape, `{status, error_code, description}`, and its numbers where it has one. */
import type { Context } from "hono";

export const CODES = {
  notAuthorised: 100004,
  badBody: 100006,
  nodesUnknown: 100015,
  imageNameMissing: 104001,
  versionMissing: 104004,
  imageUnknown: 104012,
  tooLarge: 104030,
  noTargets: 105002,
  jobNameTaken: 105005,
  jobUnknown: 105015,
} as const;

/** A request that cannot be served, with one sentence that names what is wrong. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly status: 400 | 401 | 404 | 413;
  readonly code: number;

  constructor(status: 400 | 401 | 404 | 413, code: number, description: string) {
    super(description);
    this.status = status;
    this.code = code;
  }
}

/** The answer to a request that failed. */
export function failureAnswer(context: Context, failure: Failure): Response {
  const body = { status: "failure", error_code: failure.code, description: failure.message };
  return context.json(body, failure.status);
}
