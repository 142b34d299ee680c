/**
 * The folder of a sweep or a search that came to its end, for whoever gives the same command again: nothing is left to
 * do, and what it came to is told once more.
 */
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { fileFailureText } from "../../base/file-failure.ts";
import { UserError } from "../../base/user-error.ts";
import type { PlanLogHead } from "../../measure/plan-log.ts";
import { type AnyHead, plansDifference } from "../../measure/plans-difference.ts";
import type { SearchResult } from "../../measure/search-result.ts";
import type { SweepResult } from "../../measure/sweep-result.ts";
import { SEARCH, SWEEP } from "../../measure/sweep-schema.ts";
import { cutText } from "../../report/text-cleaning.ts";
import type { PlansReporter } from "../../report/sweep/plans-reporter.ts";
import { SEARCH_REPORTS } from "../../report/sweep/search-reports.ts";
import { SWEEP_REPORTS } from "../../report/sweep/sweep-reports.ts";
import { combinationsOf } from "../../scenario/knob.ts";
import { textOfFile } from "../regular-file.ts";
import { writeWhole } from "../whole-file.ts";
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
  return { ...withReports(folder, result as Result, reports), wasOver: true };
}

/**
 * The end of a sweep or a search that its folder tells of where no log lies in it, with its reports made anew; undefined
 * where the folder is of neither. Throws a `UserError` where its JSON is not what a sweep or a search writes.
 */
export function recordedPlans(folder: string): PlansOfFolder | undefined {
  const sweep = recorded(folder, "sweep");
  if (sweep !== undefined) return { of: "sweep", end: withReports(folder, sweep as SweepResult, SWEEP_REPORTS) };
  const search = recorded(folder, "find");
  if (search === undefined) return undefined;
  return { of: "find", end: withReports(folder, search as SearchResult, SEARCH_REPORTS) };
}

/** What was found, as at the end of a command. */
export type PlansOfFolder =
  | { readonly of: "sweep"; readonly end: ManyPlansEnd<SweepResult> }
  | { readonly of: "find"; readonly end: ManyPlansEnd<SearchResult> };

/**
 * Writes those reports that are not there as they are to be. No lock is needed, so that a folder can be read-only where
 * none is: whoever else writes in it writes the same, and each file is replaced whole.
 */
function withReports<Result>(
  folder: string,
  result: Result,
  reports: readonly PlansReporter<Result>[],
): ManyPlansEnd<Result> {
  const files: string[] = [];
  const unwritten: string[] = [];
  for (const { fileName, render } of reports) {
    const path = join(folder, fileName);
    const text = render(result);
    try {
      if (textOfFile(path) !== text) writeWhole(path, text);
      files.push(path);
    } catch (error) {
      unwritten.push(`${fileName} cannot be written: ${fileFailureText(error)}`);
    }
  }
  return { result, folder, files, unwritten, canGoOn: false };
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

/** The result of a sweep or a search that came to its end. */
function finishedResult(folder: string, of: PlanLogHead["of"]): SweepResult | SearchResult | undefined {
  // Where there is a log, something is missing.
  if (hasPlanLog(folder)) return undefined;
  const result = resultIn(textOfFile(join(folder, `${of}.json`)), of);
  if (result === undefined) return undefined;
  // Somebody has taken its log away: then nothing tells what of it could still be planned.
  const [first = ""] = "reasons" in result ? result.reasons : result.sentences;
  return /^The (?:sweep|search) was stopped before its end/.test(first) ? undefined : result;
}

function recorded(folder: string, of: PlanLogHead["of"]): SweepResult | SearchResult | undefined {
  const text = textOfFile(join(folder, `${of}.json`));
  if (text === undefined) return undefined;
  const result = resultIn(text, of);
  if (result !== undefined) return result;
  throw new UserError({
    file: folder,
    seen: `has a ${of}.json that is not what this otafleet writes at the end of a ${of === "find" ? "search" : "sweep"}`,
    expected: "name a folder as otafleet plan --sweep or --find has left it",
  });
}

/** As it stands in the text, its keys in their order: equal results give equal bytes. */
function resultIn(text: string | undefined, of: PlanLogHead["of"]): SweepResult | SearchResult | undefined {
  const value = parsed(text);
  if (of === "find") return SEARCH.safeParse(value).success ? (value as SearchResult) : undefined;
  if (!SWEEP.safeParse(value).success) return undefined;
  const sweep = value as SweepResult;
  return isInOrder(sweep) ? sweep : undefined;
}

/** Whether what stands in the order of something else is as long as that: tables are drawn by it. */
function isInOrder({ knobs, figures, points, missing }: SweepResult): boolean {
  // Counted first: a file of a few lines may name more combinations than fit into memory.
  if (knobs.reduce((product, { values }) => product * values.length, 1) !== points.length) return false;
  const combinations = combinationsOf(knobs);
  return (
    points.every(({ values }, place) => isDeepStrictEqual(values, combinations[place])) &&
    points.every((point) => [point, ...point.runs].every((each) => each.figures.length === figures.length)) &&
    points.every(({ runs }) => runs.every(({ doneShares = figures }) => doneShares.length === figures.length)) &&
    knobs.every(({ values, sizes = values }) => sizes.length === values.length) &&
    missing.every(({ values }) => values.length === knobs.length)
  );
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}
