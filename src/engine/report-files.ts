/** From what is known of a run to its result and the texts of its reports. */
import { seedOf } from "../base/random.ts";
import { loadNames } from "../fleet/node-names.ts";
import { computeResult } from "../measure/result.ts";
import type { RunFacts } from "../measure/run-facts.ts";
import type { RunResult } from "../measure/run-result.ts";
import { REPORTERS } from "../report/reporters.ts";
import { reportRows } from "./report-rows.ts";
import type { RunBooks } from "./run-books.ts";
import type { RunDocument } from "./run-document.ts";

/** A report's file, not yet written. */
export interface ReportFile {
  readonly name: string;
  readonly text: string;
}

/** Computes the result, once the last record is in the books. */
export function resultOf(books: RunBooks, facts: RunFacts): RunResult {
  return computeResult(books.state, facts);
}

/** Renders every report. To be asked for after `resultOf`. */
export async function reportFiles(
  document: RunDocument,
  books: RunBooks,
  facts: RunFacts,
  result: RunResult,
): Promise<readonly ReportFile[]> {
  const names = await loadNames(seedOf(document.scenario.seed));
  const nodes = reportRows(document, books, facts, names);
  const input = { result, nodes, command: document.command };
  return REPORTERS.map(({ fileName, render }) => ({ name: fileName, text: render(input) }));
}
