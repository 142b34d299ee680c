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

/** A whole number of the query, or its default; a `Failure` for anything else. */
export function readNumber(context: Context, name: string, normal: number, most: number): number {
  const text = context.req.query(name);
  if (text === undefined || text === "") return normal;
  const value = Number(text);
  if (/^\d{1,15}$/.test(text) && value <= most) return value;
  throw new Failure(400, CODES.badBody, `${name} is "${text.slice(0, 40)}"; must be a whole number from 0 to ${most}.`);
}

/** A flag of the query, which RainMaker writes "true" or "false". */
export function readFlag(context: Context, name: string): boolean {
  const text = context.req.query(name) ?? "false";
  if (text === "true" || text === "false") return text === "true";
  throw new Failure(400, CODES.badBody, `${name} is "${text.slice(0, 40)}"; must be true or false.`);
}
