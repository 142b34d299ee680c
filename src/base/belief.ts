/** The words for what a backend has on record for a node and a job: one list for rules, adapters and tables. */

/**
 * What a backend can have on record, in the order of their numbers. `none`: the node is no target of the job.
 * Source: the published API of ESP RainMaker's cloud, OTA job summary.
 */
export const RECORDED_BELIEFS = [
  "none",
  "triggered",
  "started",
  "in-progress",
  "delayed",
  "success",
  "failed",
  "rejected",
] as const;

export type RecordedBelief = (typeof RECORDED_BELIEFS)[number];

/** The same and `unknown`: the backend was never told, does not say, or was not asked. */
export const BELIEFS = [...RECORDED_BELIEFS, "unknown"] as const;

export type Belief = (typeof BELIEFS)[number];
