/** What is left of a live run when its coordinator is done: what its result, its folder and a trace are made of. */
import type { TraceStep } from "../node/trace-step.ts";
import type { StoredFacts } from "./stored-facts.ts";

/** How a run ended, and what the backend believes. */
export interface LiveRunEnd {
  readonly facts: StoredFacts;
  readonly beliefs: readonly (Uint8Array | undefined)[];
  /** The life of the node that was to be traced; undefined = its worker died, or none was. */
  readonly tracedSteps: readonly TraceStep[] | undefined;
  /** By job: the backend's ids of it. */
  readonly jobIds: readonly (readonly string[] | undefined)[];
}
