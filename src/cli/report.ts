/** `otafleet report`: from a folder to its result, once more: of a run, a plan, a sweep or a search. */
import { rewriteReports } from "../engine/recompute.ts";
import { rewritePlans } from "../engine/sweep/plans-folder.ts";
import { painterOf } from "./console.ts";
import { ConsoleView, QUIET_WATCHER } from "./live-view.ts";
import { tellPlans } from "./many-plans.ts";
import { searchTold, sweepTold } from "./plans-told.ts";
import { type EndFlags, tellEnd } from "./run-end.ts";

/** Flags as they were typed. */
export type ReportFlags = EndFlags;

/** Computes a result anew, writes its reports and answers the exit code of its verdict. */
export async function report(folder: string, flags: ReportFlags): Promise<number> {
  const plans = rewritePlans(folder);
  if (plans !== undefined)
    return tellPlans(plans.of === "sweep" ? sweepTold(plans.end) : searchTold(plans.end), flags, undefined);
  const paint = painterOf(process.stderr, flags.color);
  const view =
    flags.quiet === true
      ? undefined
      : await ConsoleView.on({ stream: process.stderr, paint, nowMs: () => performance.now() });
  try {
    const { result, files } = await rewriteReports(folder, view ?? QUIET_WATCHER);
    view?.close();
    return tellEnd({ result, folder, files, unwritten: [] }, flags);
  } finally {
    view?.close();
  }
}
