/**
 * The words for how a job ended for a node, by what that node really ran. The order is the order of judgement: the
 * first class that fits is the outcome (see `outcome.ts`).
 */

/** Every class of outcome, in the order in which they are tried. */
export const OUTCOMES = [
  "lost",
  "bricked",
  "success",
  "rolledBack",
  "rejected",
  "cancelled",
  "expired",
  "failed",
  "unfinished",
] as const;

/** How a job ended for a node. Each targeted node has exactly one. */
export type Outcome = (typeof OUTCOMES)[number];

/** What an unfinished node was at when the run ended; each is counted online and offline. */
export const UNFINISHED = [
  "downloading",
  "retrying",
  "delayed",
  "waitingForApproval",
  "offered",
  "neverOffered",
] as const;

/** One state of an unfinished node. */
export type Unfinished = (typeof UNFINISHED)[number];
