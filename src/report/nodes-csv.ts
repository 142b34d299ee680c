/**
 * `nodes.csv`: RFC 4180, one line a node. The columns that are a function of scenario and seed come first; outcome
 * and final version close them, being equal for every number of workers in a race-free run. Belief and times follow.
 */
import { type Cell, cellText } from "./csv-cell.ts";
import { CsvLines } from "./csv-lines.ts";
import type { NodeReportRow } from "./node-row.ts";
import type { Reporter, ReportInput } from "./reporter.ts";

/** Header and content of one column. */
interface Column {
  readonly header: string;
  readonly cell: (row: NodeReportRow) => Cell;
}

/** Columns that do not depend on the number of workers, nor (in a race-free scenario) on the driver. */
export const STABLE_COLUMNS: readonly Column[] = [
  { header: "index", cell: (row) => row.index },
  { header: "id", cell: (row) => row.id },
  { header: "fileId", cell: (row) => row.fileId },
  { header: "name", cell: (row) => row.name },
  { header: "cohort", cell: (row) => row.cohort },
  { header: "zone", cell: (row) => row.zone },
  { header: "generation", cell: (row) => row.generation },
  { header: "chip", cell: (row) => row.chip },
  { header: "hardware", cell: (row) => row.hardware },
  { header: "project", cell: (row) => row.project },
  { header: "firstVersion", cell: (row) => row.firstVersion },
  { header: "throughputBytesPerSecond", cell: (row) => row.throughputBytesPerSecond },
  { header: "latencyUs", cell: (row) => row.latencyUs },
  { header: "flashBytesPerSecond", cell: (row) => row.flashBytesPerSecond },
  { header: "bootUs", cell: (row) => row.bootUs },
  { header: "autofetchPhase", cell: (row) => row.autofetchPhase },
  { header: "startsOfflineForUs", cell: (row) => row.startsOfflineForUs },
  { header: "defects", cell: (row) => row.defects.join(" ") },
  { header: "faultsDrawn", cell: (row) => row.faultsDrawn.join(" ") },
  { header: "job", cell: (row) => row.job },
  { header: "outcome", cell: (row) => row.outcome },
  { header: "finalVersion", cell: (row) => row.finalVersion },
];

const RUN_COLUMNS: readonly Column[] = [
  { header: "regressed", cell: (row) => row.isRegressed },
  { header: "unfinishedAs", cell: (row) => row.unfinishedAs },
  { header: "reason", cell: (row) => row.reason },
  { header: "reachable", cell: (row) => row.isReachable },
  { header: "settled", cell: (row) => row.isSettled },
  { header: "onlineAtEnd", cell: (row) => row.isOnlineAtEnd },
  { header: "belief", cell: (row) => row.belief },
  { header: "saidSuccess", cell: (row) => row.saidSuccess },
  { header: "attempts", cell: (row) => row.attempts },
  { header: "stage", cell: (row) => row.stage ?? "" },
  { header: "releasedAtUs", cell: (row) => row.releasedAtUs ?? null },
  { header: "offeredAtUs", cell: (row) => row.offeredAtUs },
  { header: "downloadStartedAtUs", cell: (row) => row.downloadStartedAtUs },
  { header: "confirmedAtUs", cell: (row) => row.confirmedAtUs },
  { header: "reportedAtUs", cell: (row) => row.reportedAtUs },
];

const COLUMNS: readonly Column[] = [...STABLE_COLUMNS, ...RUN_COLUMNS];

const LINE_END = "\r\n";

export const nodesCsv: Reporter = {
  name: "nodes",
  fileName: "nodes.csv",
  render: (input) => [...pieces(input)].join(""),
  pieces,
};

function* pieces({ nodes, result }: ReportInput): Generator<string> {
  const tags = Object.entries(result.tags);
  yield `${[...COLUMNS.map(({ header }) => header), ...tags.map(([name]) => cellText(`tag.${name}`))].join(",")}${LINE_END}`;
  // On each line, so that the tables of several runs can be put together and still be told apart.
  const ending = `${tags.map(([, value]) => `,${cellText(value)}`).join("")}${LINE_END}`;
  const lines = new CsvLines();
  for (const row of nodes) {
    writeLine(lines, row, ending);
    if (lines.isFull) yield lines.piece();
  }
  yield lines.piece();
}

function writeLine(lines: CsvLines, row: NodeReportRow, ending: string): void {
  let isFirst = true;
  for (const { cell } of COLUMNS) {
    if (!isFirst) lines.comma();
    isFirst = false;
    lines.cell(cell(row));
  }
  lines.raw(ending);
}
