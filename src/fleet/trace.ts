/** The trace of a node, whole: who it is and how it was born, and each step of its life. */
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

export interface Trace {
  readonly head: TraceHead;
  readonly steps: readonly TraceStep[];
}
