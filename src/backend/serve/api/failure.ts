/** How the API says no: RainMaker's shape, `{status, error_code, description}`, and its numbers where it has one. */
import type { Context } from "hono";

export const CODES = {
  notAuthorised: 100004,
  badBody: 100006,
  nodesUnknown: 100015,
  nodeOffline: 102001,
  imageNameMissing: 104001,
  versionMissing: 104004,
  imageUnknown: 104012,
  imageArchivedBefore: 104023,
  imageNotArchived: 104024,
  tooLarge: 104030,
  imageUnreadable: 104031,
  imageArchived: 104034,
  noTargets: 105002,
  jobNameTaken: 105005,
  jobUnknown: 105015,
  statusUnknown: 105024,
  tooManyGroups: 105028,
  tooManyNodes: 105029,
  jobNotArchivable: 105032,
  notItsJob: 105036,
  mixedTargets: 105052,
  priorityOutside: 105054,
  timeoutOutside: 105055,
  timeoutOfApproval: 105056,
  notifyWithoutApproval: 105057,
  nothingToApprove: 105061,
  retriggerOfApproval: 105079,
  retriggerOfInactive: 105081,
  nothingMatches: 108063,
} as const;

/** A request that cannot be served, with one sentence that names what is wrong. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly status: 400 | 401 | 404 | 405 | 413;
  readonly code: number;

  constructor(status: 400 | 401 | 404 | 405 | 413, code: number, description: string) {
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
