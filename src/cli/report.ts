/** `otafleet report`: from a run's folder to its result, once more. */
import { rewriteReports } from "../engine/recompute.ts";
import { type EndFlags, tellEnd } from "./run-end.ts";

/** Flags as they were typed. */
export type ReportFlags = EndFlags;

/** Computes a result anew, writes its reports and answers the exit code of its verdict. */
export async function report(folder: string, flags: ReportFlags): Promise<number> {
  const { result, files } = await rewriteReports(folder);
  return tellEnd({ result, folder, files, unwritten: [] }, flags);
}
