/**
 * A status and its reason in the one byte that a record has for them: five statuses times 32 leaves room for 51
 * values below 256, and for 32 reasons.
 */
import type { Reason, Status } from "../node/report.ts";
import { STATUSES } from "../node/report.ts";

/** Reasons by number. New ones go to the end: event logs on disk hold these numbers. */
export const REASONS = [
  "not JSON",
  "no job id",
  "no url",
  "no stream id",
  "no clock",
  "before validity",
  "validity over",
  "window without end",
  "outside window",
  "attempt begins",
  "begin failed",
  "head failed",
  "project mismatch",
  "same version",
  "lower secure version",
  "downloading",
  "chip mismatch",
  "transfer failed",
  "incomplete",
  "progress",
  "downloaded",
  "validation failed",
  "finish failed",
  "finished",
  "rebooting",
  "verified",
  "rolled back",
  "no connection in time",
  "self-test failed",
] as const satisfies readonly Reason[];

// A reason that the node knows and this list does not would be written as another one: the compiler refuses that.
const isEveryReasonListed: Exclude<Reason, (typeof REASONS)[number]> extends never ? true : false = true;
void isEveryReasonListed;

const REASONS_MAX = 32;
const REASON_NUMBERS: ReadonlyMap<Reason, number> = new Map(REASONS.map((reason, number) => [reason, number]));

/** The number of a reason, for the `detail` of a record: 0 to 31. */
export function reasonNumber(reason: Reason): number {
  return REASON_NUMBERS.get(reason) ?? 0;
}

/** A status and its reason as one byte: status * 32 + reason. */
export function statusCode(status: Status, reason: Reason): number {
  return Math.max(0, STATUSES.indexOf(status)) * REASONS_MAX + reasonNumber(reason);
}

/** The status in a byte of a record; undefined = the byte is none. */
export function statusOfCode(code: number): Status | undefined {
  return STATUSES[code >>> 5];
}

/** The reason in a byte of a record; undefined = the byte is none. */
export function reasonOfCode(code: number): Reason | undefined {
  return REASONS[code & (REASONS_MAX - 1)];
}
