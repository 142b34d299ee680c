/** From what is known of a run to its result and the texts of its reports. */
import { seedOf } from "../base/random.ts";
import { loadNames } from "../fleet/node-names.ts";
import { metricHistograms } from "../measure/metric-histograms.ts";
import type { RunFacts } from "../measure/run-facts.ts";
import type { RunResult } from "../measure/run-result.ts";
import type { RunState } from "../measure/run-state.ts";
import type { Reporter, ReportInput } from "../report/reporter.ts";
import { REPORTERS } from "../report/reporters.ts";
import { reportRows } from "./report-rows.ts";
import type { RunDocument } from "./run-document.ts";

/** A report's file, not yet written. */
export interface ReportFile {
  readonly name: string;
  /** Its text, rendered as it is walked. */
  readonly pieces: Iterable<string>;
}

/** Every report. To be asked for after `computeResult`. */
export async function reportFiles(
  document: RunDocument,
  state: RunState,
  facts: RunFacts,
  result: RunResult,
): Promise<readonly ReportFile[]> {
  const names = await loadNames(seedOf(document.scenario.seed));
  const nodes = reportRows(document, state, facts, names);
  const { command, startedAt } = document;
  const input = { result, nodes, histograms: metricHistograms(state), startedAt, command };
  return REPORTERS.map((reporter) => ({ name: reporter.fileName, pieces: rendered(reporter, input) }));
}

function* rendered(reporter: Reporter, input: ReportInput): Generator<string> {
  if (reporter.pieces === undefined) yield reporter.render(input);
  else yield* reporter.pieces(input);
}
