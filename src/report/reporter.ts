/**
 * The contract of a reporter: a pure function from a run's result to one file's text. Equal inputs give equal bytes;
 * who writes the file is someone else's business. A new reporter is one file and one line in `reporters.ts`.
 */
import type { MetricHistogram } from "../measure/metric-histograms.ts";
import type { RunResult } from "../measure/run-result.ts";
import type { NodeReportRow } from "./node-row.ts";

/** Everything that a report is made of. */
export interface ReportInput {
  readonly result: RunResult;
  /** By index, then job; may be walked more than once. Empty = the rows are not known. */
  readonly nodes: Iterable<NodeReportRow>;
  /** Of every metric that has samples, in the order of `metrics.ts`. Empty = they are not known. */
  readonly histograms: readonly MetricHistogram[];
  /** ISO 8601 of UTC, wall time; "" under the virtual driver, which has none. */
  readonly startedAt: string;
  /** The command that repeats the run, as one would type it. */
  readonly command: string;
}

/** The report for people, whose place a command tells; it need not load what makes it. */
export const PAGE_FILE = "report.html";

export interface Reporter {
  readonly name: string;
  /** In the run's folder. */
  readonly fileName: string;
  render(input: ReportInput): string;
  /** The same text in pieces. For a report that has a line a node: a large fleet's would fit into no string. */
  pieces?(input: ReportInput): Iterable<string>;
}
