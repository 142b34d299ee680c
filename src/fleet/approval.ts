/** The user behind a node who is asked to approve a job: whether, and how long after the question. */
import { draw } from "../base/random.ts";
import { quantile, type Distribution } from "./distribution.ts";
import { PURPOSE } from "./purposes.ts";

/** How the users of a fleet approve. Durations are microseconds of fleet time. */
export interface ApprovalHabit {
  /** Share of users who ever approve, 0 to 1. */
  readonly share: number;
  /** From the moment the user is asked to the approval. */
  readonly delayUs: Distribution;
  /** Of those who ever approve, the share who forget it the first time: a reminder follows their delay. */
  readonly forgetful: number;
  /** From the moment a forgetful user would have approved to the approval after the reminder. */
  readonly reminderUs: Distribution;
}

/**
 * Whole microseconds from the question to the approval; undefined = this user never approves.
 *
 * @param seed 32 bits, see `seedOf`
 * @param job number of the job in its scenario: each asks anew
 */
export function approvesAfterUs(habit: ApprovalHabit, seed: number, node: number, job: number): number | undefined {
  if (draw(seed, node, PURPOSE.approves, job) >= habit.share) return undefined;
  const delayUs = quantile(habit.delayUs, draw(seed, node, PURPOSE.approvalDelay, job));
  const forgets = draw(seed, node, PURPOSE.forgets, job) < habit.forgetful;
  const reminderUs = forgets ? quantile(habit.reminderUs, draw(seed, node, PURPOSE.reminderDelay, job)) : 0;
  return Math.round(delayUs + reminderUs);
}
