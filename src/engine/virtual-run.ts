/** A run in virtual time: no socket, no wall clock; equal scenarios and seeds give equal bytes. */
import type { PlanOptions, RunEnd, RunWatcher } from "./run-options.ts";

/** Runs a scenario in virtual time and computes its result. Without `outDir` nothing is written. */
export async function planScenario(options: PlanOptions, watcher: RunWatcher): Promise<RunEnd> {
  throw new Error(`not there yet: ${options.scenario.name}, ${typeof watcher}`);
}
