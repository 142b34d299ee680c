/**
 * The folder of a sweep or a search that came to its end, for whoever gives the same command again: nothing is left to
 * do, and what it came to is told once more.
 */
import { join } from "node:path";
import { fileFailureText } from "../../base/file-failure.ts";
import { UserError } from "../../base/user-error.ts";
import type { PlanLogHead } from "../../measure/plan-log.ts";
import { type AnyHead, plansDifference } from "../../measure/plans-difference.ts";
import type { SearchResult } from "../../measure/search-result.ts";
import type { SweepResult } from "../../measure/sweep-result.ts";
import { SEARCH, SWEEP } from "../../measure/sweep-schema.ts";
import { cutText } from "../../report/text-cleaning.ts";
import type { PlansReporter } from "../../report/sweep/plans-reporter.ts";
import { textOfFile } from "../regular-file.ts";
import { writeWhole } from "../whole-file.ts";
import { FolderLock } from "./folder-lock.ts";
import { hasPlanLog } from "./plan-log-file.ts";
import type { ManyPlansEnd } from "./sweep-options.ts";

/** What a folder is asked for. */
export interface FinishedWish<Result> {
  readonly head: PlanLogHead;
  readonly reports: readonly PlansReporter<Result>[];
}

/**
 * The end that the same command came to in this folder, with its reports as they were; undefined where there is none.
 * Throws a `UserError` with what differs where another command came to its end there.
 */
export function finishedPlans<Result>(folder: string, wish: FinishedWish<Result>): ManyPlansEnd<Result> | undefined {
  const { head, reports } = wish;
  const result = finishedResult(folder, head.of);
  if (result === undefined) return undefined;
  refuseOthers(folder, head, result);
  const lock = FolderLock.take(folder);
  try {
    const files = reports.map(({ fileName, render }) => {
      const path = join(folder, fileName);
      writeWhole(path, render(result as Result));
      return path;
    });
    return { result: result as Result, folder, files, unwritten: [], canGoOn: false, wasOver: true };
  } catch (error) {
    const seen = `cannot be written: ${fileFailureText(error)}`;
    throw new UserError({ file: folder, seen, expected: "make the folder writable, with room on its disk" });
  } finally {
    lock.release();
  }
}

/** What `clock.start: now` meant to the sweep or search that came to its end in a folder; see `nowOfPlansIn`. */
export function nowOfFinishedIn(folder: string): number | undefined {
  return finishedResult(folder, "sweep")?.nowMs ?? finishedResult(folder, "find")?.nowMs;
}

/** Throws a `UserError` with what differs, unless both are the same. */
export function refuseOthers(folder: string, own: PlanLogHead, theirs: AnyHead): void {
  const differences = plansDifference(theirs, own.of === "sweep" ? own.sweep : own.search);
  if (differences.length > 0) throw otherPlans(folder, plansOfAnother(own.of), differences);
}

/** Of a command, what its plans are of in words. */
export function plansOfAnother(of: PlanLogHead["of"]): string {
  return `the plans of another ${of === "find" ? "search" : "sweep"}`;
}

/** Where a folder holds something else than what the command asks for. */
export function otherPlans(folder: string, what: string, differences: readonly string[]): UserError {
  const how = differences.length === 0 ? "" : ` (${differences.map((told) => cutText(told)).join("; ")})`;
  return new UserError({
    field: "-o",
    seen: `${folder} has ${what} in it${how}`,
    expected: `name a folder that is new or empty; to go on in it, repeat its own command with scenario, images and otafleet as they were`,
  });
}

/** As it stands in the file, its keys in their order: equal results give equal bytes. */
function finishedResult(folder: string, of: PlanLogHead["of"]): SweepResult | SearchResult | undefined {
  // Where there is a log, something is missing.
  if (hasPlanLog(folder)) return undefined;
  const value = parsed(textOfFile(join(folder, `${of}.json`)));
  if (!(of === "sweep" ? SWEEP : SEARCH).safeParse(value).success) return undefined;
  const result = value as SweepResult | SearchResult;
  // Somebody has taken its log away: then nothing tells what of it could still be planned.
  const [first = ""] = "reasons" in result ? result.reasons : result.sentences;
  return /^The (?:sweep|search) was stopped before its end/.test(first) ? undefined : result;
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}
