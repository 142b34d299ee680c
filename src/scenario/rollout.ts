/**
 * A rollout in stages, resolved: how an operator lets a job go to its targets bit by bit, and when it is stopped.
 * Durations are microseconds of fleet time, shares 0 to 1.
 */
export interface RolloutPlan {
  /** In order; the last one takes whoever is left. */
  readonly stages: readonly StagePlan[];
  /** How often the operator looks at what the backend has on record. */
  readonly lookUs: number;
  /** At most so many targets are released and not done; undefined = any number. */
  readonly inFlight: number | undefined;
  readonly rate: ReleaseRate | undefined;
  readonly stop: StopRule | undefined;
}

export interface StagePlan {
  /** Targets are released until so great a share of all has been; undefined = those of `cohorts`. */
  readonly share: number | undefined;
  readonly cohorts: readonly string[];
  /** The bake begins when this share of the stage's targets is done; undefined = when the last one is released. */
  readonly done: number | undefined;
  /** From there until the next stage may begin. */
  readonly bakeUs: number;
  /** After the bake a person lets the next stage go so much later; undefined = nobody is asked. */
  readonly approveAfterUs: number | undefined;
}

/** In any span of so long at most so many targets are released. */
export interface ReleaseRate {
  readonly targets: number;
  readonly perUs: number;
}

export interface StopRule {
  /** Of those that have reported, more than this share failed or refused; undefined = never. */
  readonly failedShare: number | undefined;
  /** Neither rule fires on fewer nodes than so many. */
  readonly of: number;
  /**
   * Of those that were released so long ago and have heard of the job, more than this share have not come to an end.
   * Source: AWS IoT Jobs' TIMED_OUT, which counts what is in progress for too long and nothing that was never heard of.
   */
  readonly silent: { readonly afterUs: number; readonly share: number } | undefined;
}

/** An operator of a real backend looks at a console; more often costs the backend, less often costs nodes. */
export const LOOK_DEFAULT = "10m";
