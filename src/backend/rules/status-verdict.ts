/** What a status does to a job: which state it sets, or why it changes nothing; and when it was made. */
import { codeOfStatus, NONE } from "./belief.ts";
import type { NodeNumber } from "./job-plan.ts";
import type { RulesCounters } from "./rules-counters.ts";
import type { RulesJob } from "./rules-job.ts";

/**
 * What became of a status; all but `applied` change nothing. `late`: the node was done with the job, or the job was
 * over. `not a target`: or one that was never offered the job, because its user has not approved.
 */
export type StatusOutcome = "applied" | "late" | "unknown job" | "unknown status" | "not a target";

/** Why a status changes nothing: the counter that tells, and the outcome. */
interface StatusRefusal {
  readonly counter: keyof RulesCounters;
  readonly outcome: StatusOutcome;
}

const UNKNOWN_STATUS: StatusRefusal = { counter: "statusesUnknownStatus", outcome: "unknown status" };
const NOT_A_TARGET: StatusRefusal = { counter: "statusesNotATarget", outcome: "not a target" };
const AFTER_CANCEL: StatusRefusal = { counter: "statusesAfterCancel", outcome: "late" };
const AFTER_EXPIRY: StatusRefusal = { counter: "statusesAfterExpiry", outcome: "late" };
const AFTER_END: StatusRefusal = { counter: "statusesLate", outcome: "late" };

/** The code that a node's word sets, or why it sets none. */
export function judgeStatus(job: RulesJob, node: NodeNumber, word: string): number | StatusRefusal {
  const said = codeOfStatus(word);
  if (said === undefined) return UNKNOWN_STATUS;
  const before = job.table.codeOf(node);
  if (before === NONE || job.isWaitingFor(node)) return NOT_A_TARGET;
  if (job.state === "cancelled") return AFTER_CANCEL;
  if (job.state === "expired") return AFTER_EXPIRY;
  return job.isFinal(before) ? AFTER_END : said;
}

/** Before 2019 a node's clock was never set: RainMaker's firmware draws the line at the same second. */
const CLOCK_SET_AFTER_SECONDS = 1_546_300_800;
/** A node's clock may run ahead by so much and still be believed. */
const CLOCK_AHEAD_MAX_SECONDS = 86_400;

/** Whether a node's own clock can be believed. */
export function isCredibleTime(nodeSeconds: number | undefined, nowSeconds: number): nodeSeconds is number {
  return (
    nodeSeconds !== undefined &&
    nodeSeconds > CLOCK_SET_AFTER_SECONDS &&
    nodeSeconds <= nowSeconds + CLOCK_AHEAD_MAX_SECONDS
  );
}
