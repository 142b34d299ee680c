/** The trace of a node, whole: who it is and how it was born, and each step of its life. */
import type { Belief } from "../base/belief.ts";
import type { InstantUs } from "../base/instant.ts";
import type { Outcome, Unfinished } from "../measure/outcome-class.ts";
import type { ShownRow, TraceStep } from "../node/trace-step.ts";
import type { Birth } from "../node/virtual-node.ts";
import type { Cohort } from "./cohort.ts";

export interface TraceHead {
  readonly schema: "otafleet/trace";
  readonly version: 1;
  /** Of otafleet, for whoever replays it with another. */
  readonly otafleet: string;
  readonly scenario: string;
  readonly seed: number;
  /** UTC at fleet instant 0, milliseconds since 1970. */
  readonly startUtcMs: number;
  /** Fleet seconds in a wall second, which the watchdogs of a live node know; absent = 1, as in every plan. */
  readonly speed?: number;
  /** Kind of backend. */
  readonly adapter: string;
  readonly node: TracedNode;
  /** The node alone: what it shares with its cohort, its own zone, image and release in the place of the mixtures. */
  readonly cohort: Cohort;
  /** Numbers of books are those of a table with this node alone. */
  readonly birth: Birth;
  /** Its row before the first step. */
  readonly row: ShownRow;
}

export interface TracedNode {
  readonly index: number;
  /** As the backend knows it. */
  readonly id: string;
  /** As its fleet file knows it; "" = it is from none. */
  readonly fileId: string;
  /** POSIX rule of its zone. */
  readonly zoneRule: string;
}

/** What a job had come to for the node when plan or run ended. */
export interface TracedJob {
  readonly name: string;
  /** As offers have them: one that is released in stages is several of the backend's. */
  readonly ids: readonly string[];
  /** Undefined = the node is no target of it. */
  readonly outcome: Outcome | undefined;
  /** Why it gave up, refused or fell back, as it is known; "" = it did not, or nobody knows. */
  readonly reason: string;
  /** What it was at where it is not done. */
  readonly unfinished: Unfinished;
  /** What the backend has on record; undefined = nobody could say. */
  readonly belief: Belief | undefined;
  readonly hasBegun: boolean;
  /** False: no stage of its rollout has come to the node. */
  readonly isReleased: boolean;
  /** It was online while the job was there. */
  readonly isReachable: boolean;
}

export interface Trace {
  readonly head: TraceHead;
  readonly steps: readonly TraceStep[];
  readonly jobs: readonly TracedJob[];
  readonly driver: "live" | "virtual";
  readonly endedAtUs: InstantUs;
  /** Why plan or run ended, as a part of a sentence. */
  readonly endedBecause: string;
}
