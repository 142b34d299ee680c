/** The same outcomes by cohort, by zone and by job. */
import { OUTCOMES } from "../../measure/outcome-class.ts";
import type { GroupResult, JobResult, OutcomeCounts, RunResult, Series } from "../../measure/run-result.ts";
import { countText, counted, shareText } from "../count-text.ts";
import { durationText, percentileText } from "../duration-text.ts";
import { OUTCOME_ORDER, OUTCOME_WORDS } from "../outcome-words.ts";
import { html, type Html, NOTHING } from "./html-text.ts";
import { outcomeBar } from "./outcome-bar.ts";
import { table, type Column } from "./table.ts";

/** Rows of a long table that stand open: a screen of them. */
const ROWS_OPEN = 8;

/** @param areUpdates whether each node counts once for every job */
export function groupTable(title: "Cohort" | "Zone", all: readonly GroupResult[], areUpdates: boolean): Html {
  const groups = all.filter(({ nodes }) => nodes > 0);
  const empty = all.length - groups.length;
  const words = title.toLowerCase();
  const without =
    empty === 0 ? NOTHING : html`<p class="quiet">${counted(empty, `${words} has`, `${words}s have`)} no node.</p>`;
  // A fold for one or two rows would hide more than it spares.
  if (groups.length <= ROWS_OPEN + 2) return html`${groupRows(title, groups, areUpdates)}${without}`;
  const byNodes = [...groups].sort((a, b) => b.nodes - a.nodes);
  const rest = byNodes.slice(ROWS_OPEN);
  return html`<p class="quiet">The ${ROWS_OPEN} ${words}s with the most nodes; the others are folded.</p>
    ${groupRows(title, byNodes.slice(0, ROWS_OPEN), areUpdates)}
    <details class="long">
      <summary>${counted(rest.length, `more ${words}`)}</summary>
      ${groupRows(title, rest, areUpdates)}
    </details>
    ${without}`;
}

function groupRows(title: "Cohort" | "Zone", groups: readonly GroupResult[], areUpdates: boolean): Html {
  const updates: Column<GroupResult> = {
    head: "Updates",
    kind: "number",
    cell: (row) => countText(row.outcomes.targeted),
  };
  return table<GroupResult>({
    caption: `Outcomes by ${title.toLowerCase()}, and completion over all targets of each`,
    isCaptionHidden: true,
    isStacking: true,
    rows: groups,
    columns: [
      { head: title, kind: "head", cell: (row) => row.name },
      { head: "Nodes", kind: "number", cell: (row) => countText(row.nodes) },
      ...(areUpdates ? [updates] : []),
      { head: "Outcomes", cell: (row) => outcomeBar(row.outcomes) },
      { head: "Success", kind: "number", cell: (row) => shareText(row.outcomes.success, row.outcomes.targeted) },
      ...outcomeColumns<GroupResult>(groups, (row) => row.outcomes),
      ...completionColumns<GroupResult>(),
    ],
  });
}

function completionColumns<Row extends { readonly completion: Series }>(): Column<Row>[] {
  return (["p50", "p95"] as const).map((key) => ({
    head: `Completion ${key}`,
    kind: "number",
    cell: (row) => percentileText(row.completion[key]),
  }));
}

/** The jobs of the run, a row each. */
export function jobTable({ jobs }: RunResult): Html {
  const at = (us: number | null): string => (us === null ? "never" : durationText(us));
  const isAnyCancelled = jobs.some(({ cancelledAtUs }) => cancelledAtUs !== null);
  const cancelled: Column<JobResult> = {
    head: "Cancelled after",
    kind: "number",
    cell: (row) => at(row.cancelledAtUs),
  };
  return table<JobResult>({
    caption: "Jobs",
    isCaptionHidden: true,
    isStacking: true,
    empty: "The run had no job.",
    rows: jobs,
    columns: [
      { head: "Job", kind: "head", cell: (row) => row.name },
      { head: "Targeted", kind: "number", cell: (row) => countText(row.outcomes.targeted) },
      { head: "Outcomes", cell: (row) => outcomeBar(row.outcomes) },
      { head: "Success", kind: "number", cell: (row) => shareText(row.outcomes.success, row.outcomes.targeted) },
      ...outcomeColumns<JobResult>(jobs, (row) => row.outcomes),
      ...completionColumns<JobResult>(),
      { head: "Created after", kind: "number", cell: (row) => at(row.createdAtUs) },
      ...(isAnyCancelled ? [cancelled] : []),
    ],
  });
}

/** More columns would be wider than the page. */
const OUTCOME_COLUMNS_MAX = 3;

/** Only outcomes that any row has, or all of them in words in one column; success stands by itself as a share. */
function outcomeColumns<Row>(rows: readonly Row[], countsOf: (row: Row) => OutcomeCounts): Column<Row>[] {
  const present = OUTCOME_ORDER.filter(
    (outcome) => outcome !== "success" && rows.some((row) => countsOf(row)[outcome] > 0),
  );
  if (present.length > OUTCOME_COLUMNS_MAX) {
    const list = (counts: OutcomeCounts): string =>
      present
        .filter((outcome) => counts[outcome] > 0)
        .map((outcome) => `${countText(counts[outcome])} ${OUTCOME_WORDS[outcome].label}`)
        .join(", ");
    return [{ head: "Others", cell: (row) => html`<span class="others">${list(countsOf(row))}</span>` }];
  }
  return present.map((outcome) => ({
    head: OUTCOME_WORDS[outcome].label,
    kind: "number",
    cell: (row) => zeroQuiet(countsOf(row)[outcome]),
  }));
}

function zeroQuiet(count: number): Html {
  return count === 0 ? html`<span class="zero">0</span>` : html`${countText(count)}`;
}

/** The colours of all outcomes that the tables below use. */
export function outcomeLegend(outcomes: OutcomeCounts): Html {
  const present = OUTCOME_ORDER.filter((outcome) => outcomes[outcome] > 0 && OUTCOMES.includes(outcome));
  if (present.length === 0) return NOTHING;
  return html`<ul class="legend" aria-label="Colours of the bars">
    ${present.map(
      (outcome) =>
        html`<li><span class="swatch tone-${outcome}" aria-hidden="true"></span>${OUTCOME_WORDS[outcome].label}</li>`,
    )}
  </ul>`;
}
