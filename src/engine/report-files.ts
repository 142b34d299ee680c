/** From what is known of a run to its result and the texts of its reports. */
import { seedOf } from "../base/random.ts";
import { loadNames } from "../fleet/node-names.ts";
import type { RunFacts } from "../measure/run-facts.ts";
import type { ResultAndHistograms } from "../measure/result.ts";
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

/** Every report. `onNode` hears, while they are walked, which node's lines are made. */
export async function reportFiles(
  document: RunDocument,
  state: RunState,
  facts: RunFacts,
  { result, histograms }: ResultAndHistograms,
  onNode: (node: number) => void = () => {},
): Promise<readonly ReportFile[]> {
  const names = await loadNames(seedOf(document.scenario.seed));
  const nodes = reportRows(document, state, facts, names, onNode);
  const { command, startedAt } = document;
  const input = { result, nodes, histograms, startedAt, command };
  return REPORTERS.map((reporter) => ({ name: reporter.fileName, pieces: rendered(reporter, input) }));
}

function* rendered(reporter: Reporter, input: ReportInput): Generator<string> {
  if (reporter.pieces === undefined) yield reporter.render(input);
  else yield* reporter.pieces(input);
}
