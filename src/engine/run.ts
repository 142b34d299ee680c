/** A run in real time, from the first check to the report. */
import type { RunEnd, RunOptions, RunWatcher } from "./run-options.ts";

/**
 * Runs a scenario on real sockets. Throws a `UserError` for what the user can mend before anything was sent, a
 * `BackendFailure` where the backend cannot be used; whatever happens later is in the result's verdict.
 */
export async function runScenario(options: RunOptions, watcher: RunWatcher): Promise<RunEnd> {
  throw new Error(`not there yet: ${options.scenario.name}, ${typeof watcher}`);
}
