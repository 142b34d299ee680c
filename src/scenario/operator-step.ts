/** One step of an operator's course: what a driver carries out. `atUs`: the fleet time at which it is meant to be done. */
import type { InstantUs } from "../base/instant.ts";
import type { OperatorEffect } from "../measure/event-record.ts";
import type { TimelineStep } from "./job-timeline.ts";
import type { StopReason } from "./rollout-policy.ts";
import type { TimelineAct } from "./timeline.ts";

export type OperatorStep =
  | Exclude<TimelineStep, { readonly kind: "cancel" }>
  /** `hasUnreleased`: whoever was not released yet is cancelled with the job, even where the backend is done with it. */
  | {
      readonly kind: "cancel";
      readonly job: number;
      readonly hasUnreleased: boolean;
      /** Of the timeline, which goes on record with what came of it; undefined = the job's own cancel. */
      readonly entry: number | undefined;
      readonly atUs: InstantUs;
    }
  /** Read what is on record for each batch of these jobs, and tell `looked`. */
  | { readonly kind: "look"; readonly jobs: readonly number[]; readonly atUs: InstantUs }
  /** Make a job of the backend for these nodes. With the first batch the job of the scenario begins. */
  | {
      readonly kind: "release";
      readonly job: number;
      readonly stage: number;
      readonly nodes: Uint32Array;
      readonly isFirst: boolean;
      readonly atUs: InstantUs;
    }
  /** The stop rule fired, `hits` of `of` on record: cancel whatever was released. */
  | {
      readonly kind: "stop";
      readonly job: number;
      readonly reason: StopReason;
      readonly hits: number;
      readonly of: number;
      readonly atUs: InstantUs;
    }
  /**
   * An entry of the timeline falls due: it goes on record with its effect. An upload that has one is carried out; steps
   * of the job follow where there are any, and outages and power cuts are known before the run and befall it by
   * themselves.
   */
  | {
      readonly kind: "act";
      readonly act: TimelineAct["kind"];
      readonly job: number | undefined;
      readonly entry: number;
      readonly effect: OperatorEffect;
      /** Of a start: the step that makes the job follows, and what the backend answers to that is what came of the start. */
      readonly isFollowed: boolean;
      readonly atUs: InstantUs;
    };
