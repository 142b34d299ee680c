/** From a run's folder to its result, without the run. */
import type { RunResult } from "../measure/run-result.ts";

/** The result of the run in a folder; one that was killed is incomplete. Throws a `UserError` if it is no run's. */
export async function reportOf(folder: string): Promise<RunResult> {
  throw new Error(`not there yet: ${folder}`);
}

/** Computes the result anew and writes every report into the folder; answers the result and the paths. */
export async function rewriteReports(folder: string): Promise<{ result: RunResult; files: readonly string[] }> {
  throw new Error(`not there yet: ${folder}`);
}
