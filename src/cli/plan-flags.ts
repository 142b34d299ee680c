/** What may be typed behind `otafleet plan`. */
import type { EndFlags } from "./run-end.ts";
import type { ManyPlansFlags, ScenarioFlags } from "./scenario-file.ts";

/** Flags as they were typed. */
export interface PlanFlags extends ScenarioFlags, EndFlags, ManyPlansFlags {
  readonly out?: string;
  readonly trace?: string;
  readonly traceOut?: string;
  /** Of sweeps and searches. */
  readonly workers?: string;
}
