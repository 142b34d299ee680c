/** What the operator of a run does beside its jobs' own times, resolved: `timeline:` of a scenario. */
import type { Condition } from "./condition.ts";

/** One entry; either `atUs` or `when` is there. Durations are microseconds of fleet time. */
export interface TimelineRule {
  readonly atUs: number | undefined;
  readonly when: Condition | undefined;
  /** From the moment at which the operator sees the condition. */
  readonly afterUs: number;
  /** Done at once, in order. */
  readonly acts: readonly TimelineAct[];
}

export type TimelineAct =
  /** `job` by its name. `upload`: the job's image comes to the backend now, not before the run. */
  | { readonly kind: "start" | "pause" | "resume" | "cancel" | "upload"; readonly job: string }
  | { readonly kind: "restart" | "stop"; readonly forMs: number }
  /** Empty = all. */
  | {
      readonly kind: "powerCut";
      readonly cohorts: readonly string[];
      readonly zones: readonly string[];
      readonly forUs: number;
    };
