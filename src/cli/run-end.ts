/** The end of a run, a plan or a report: what people read, what programs read, and the exit code. */
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { RunResult } from "../measure/run-result.ts";
import { consoleSummary, REASONS_SHOWN_MAX, type SummaryExtent } from "../report/console-summary.ts";
import { readableSentence } from "../report/duration-text.ts";
import { resultText } from "../report/json-report.ts";
import { VERDICT_WORDS } from "../report/outcome-words.ts";
import { PAGE_FILE } from "../report/reporter.ts";
import { harmlessLine } from "../report/text-cleaning.ts";
import { columnsOf, painterOf, tellPeople, tellPrograms } from "./console.ts";
import { EXIT, exitCodeOf } from "./exit-codes.ts";

/** How an end is to be told. */
export interface EndFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
  /** Left out: compact, or with `quiet` the verdict, why it did not pass, and where the report is. */
  readonly summary?: SummaryExtent;
  readonly color: boolean;
}

/** What has ended. */
export interface Ended {
  readonly result: RunResult;
  readonly folder: string | undefined;
  readonly files: readonly string[];
  /** What could not be written, as sentences. */
  readonly unwritten: readonly string[];
}

/** Tells the end of a run and answers the exit code of its verdict. */
export function tellEnd({ result, folder, files, unwritten }: Ended, flags: EndFlags): number {
  const page = files.find((path) => path.endsWith(PAGE_FILE));
  const paths = [
    // A terminal opens a link to a file; a bare path it would only show.
    ...(page === undefined ? [] : [["report", pathToFileURL(resolve(page)).href] as const]),
    ...(folder === undefined ? [] : [["folder", join(folder)] as const]),
  ];
  const paint = painterOf(process.stderr, flags.color);
  const isBrief = flags.quiet === true && flags.summary === undefined;
  const terminal = { paint, columns: columnsOf(process.stderr) };
  const lines = isBrief
    ? briefly(result, paths)
    : consoleSummary({ result, paths }, flags.summary ?? "compact", terminal);
  for (const line of lines) tellPeople(line);
  for (const sentence of unwritten) tellPeople(paint.bad(`otafleet: ${harmlessLine(sentence)}`));
  if (flags.json === true) tellPrograms(resultText(result));
  // For scripts: dir=$(otafleet run ...). In a terminal the summary has said it.
  else if (folder !== undefined && !process.stdout.isTTY) tellPrograms(`${folder}\n`);
  const exitCode = exitCodeOf(result.verdict);
  return exitCode === EXIT.passed && unwritten.length > 0 ? EXIT.incomplete : exitCode;
}

function briefly(
  { verdict, reasons, scenario }: RunResult,
  paths: readonly (readonly [name: string, path: string])[],
): string[] {
  const told = verdict === "passed" ? [] : reasons.slice(0, REASONS_SHOWN_MAX);
  return [
    `${VERDICT_WORDS[verdict].label.toUpperCase()}  ${harmlessLine(scenario.name, 60)}`,
    ...told.map((reason) => `  - ${harmlessLine(readableSentence(reason))}`),
    ...paths.map(([name, path]) => `${name.padEnd(8)}  ${harmlessLine(path)}`),
  ];
}
