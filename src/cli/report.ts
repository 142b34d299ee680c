/** `otafleet report`: from a folder to its result, once more: of a run, or of a sweep or search that was stopped. */
import { rewriteReports } from "../engine/recompute.ts";
import { rewritePlans } from "../engine/sweep/plans-folder.ts";
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
  const { result, files } = await rewriteReports(folder);
  return tellEnd({ result, folder, files, unwritten: [] }, flags);
}
