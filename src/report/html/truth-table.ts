/** Outcome against belief: the table that only a simulator can print. */
import { BELIEFS, type Belief } from "../../base/belief.ts";
import { type Outcome } from "../../measure/outcome-class.ts";
import type { TruthResult } from "../../measure/run-result.ts";
import { countText, counted } from "../count-text.ts";
import { OUTCOME_ORDER, OUTCOME_WORDS } from "../outcome-words.ts";
import type { ReportInput } from "../reporter.ts";
import { isAnyBeliefKnown, TRUTH_CELL_WORDS, type TruthCell, truthCellOf } from "../truth-cell.ts";
import { html, type Html, NOTHING } from "./html-text.ts";
import { swatch } from "./outcome-bar.ts";
import { badge } from "./section.ts";
import { table, type Column } from "./table.ts";

const SIGNS: Readonly<Record<TruthCell, string>> = {
  agrees: "=",
  wrong: "✕",
  unaware: "?",
  behind: "…",
  "not told": "–",
};

export function truthBlock({ result, nodes }: ReportInput): Html {
  const { truth } = result;
  return html`${headline(truth)}
    <p class="quiet">Rows: what the node really came to. Columns: what the backend has on record.</p>
    ${matrix(truth)} ${legend(truth)}
    ${namedNodes("False successes", truth.falseSuccessNodes, truth.falseSuccess, nodes)}
    ${namedNodes("Misled", truth.misledNodes, truth.misled, nodes)}`;
}

function headline({
  matrix: cells,
  falseSuccess,
  misled,
  disbelieved,
  unreported,
  installedAfterCancel,
}: TruthResult): Html {
  const lines = [
    !isAnyBeliefKnown(cells)
      ? badge("warn", "what the backend believes is not known: a false success would not be seen")
      : falseSuccess === 0
        ? badge("good", "no false success")
        : badge(
            "bad",
            `${counted(falseSuccess, "false success", "false successes")}: the backend says success, the node neither runs the image nor ever said so`,
          ),
    misled === 0
      ? NOTHING
      : badge("warn", `${counted(misled, "node")} misled it: they said success and do not run the image`),
    disbelieved === 0
      ? NOTHING
      : badge(
          "warn",
          `${countText(disbelieved)} disbelieved: they said success and were acknowledged, and the backend has something else on record`,
        ),
    unreported === 0
      ? NOTHING
      : badge("warn", `${countText(unreported)} unreported: they run the image, their last word was lost`),
    installedAfterCancel === 0
      ? NOTHING
      : badge("warn", `${countText(installedAfterCancel)} installed after the cancel`),
  ];
  return html`<p class="badges">${lines}</p>`;
}

function matrix({ matrix: cells }: TruthResult): Html {
  const rows = OUTCOME_ORDER.filter((outcome) => BELIEFS.some((belief) => cells[outcome][belief] > 0));
  const beliefs = BELIEFS.filter((belief) => OUTCOME_ORDER.some((outcome) => cells[outcome][belief] > 0));
  const columns: Column<Outcome>[] = beliefs.map((belief) => ({
    head: belief,
    kind: "number",
    cell: (outcome) => cellOf(outcome, belief, cells[outcome][belief]),
  }));
  return html`<div class="truth">
    ${table<Outcome>({
      caption: "Outcome of the nodes against the belief of the backend",
      isCaptionHidden: true,
      empty: "No node was targeted.",
      rows,
      columns: [
        { head: "Node \\ backend", kind: "head", cell: (row) => html`${swatch(row)}${OUTCOME_WORDS[row].label}` },
        ...columns,
      ],
    })}
  </div>`;
}

function cellOf(outcome: Outcome, belief: Belief, count: number): Html {
  const kind = truthCellOf(outcome, belief);
  if (count === 0) return html`<span class="zero">0</span>`;
  return html`<span class="cell ${kind.replace(" ", "-")}"
    ><span aria-hidden="true">${SIGNS[kind]}</span> ${countText(count)}<span class="unseen">
      (${TRUTH_CELL_WORDS[kind].label})</span
    ></span
  >`;
}

function legend({ matrix: cells }: TruthResult): Html {
  const totals = new Map<TruthCell, number>();
  for (const outcome of OUTCOME_ORDER) {
    for (const belief of BELIEFS) {
      const kind = truthCellOf(outcome, belief);
      totals.set(kind, (totals.get(kind) ?? 0) + cells[outcome][belief]);
    }
  }
  const shown = [...totals].filter(([, count]) => count > 0);
  return html`<dl class="legend-list">
    ${shown.map(
      ([kind, count]) =>
        html`<div>
          <dt>
            <span class="cell ${kind.replace(" ", "-")}"
              ><span aria-hidden="true">${SIGNS[kind]}</span> ${countText(count)}</span
            >
            ${TRUTH_CELL_WORDS[kind].label}
          </dt>
          <dd>${TRUTH_CELL_WORDS[kind].meaning}</dd>
        </div> `,
    )}
  </dl>`;
}

function namedNodes(title: string, indices: readonly number[], count: number, nodes: ReportInput["nodes"]): Html {
  if (indices.length === 0) return NOTHING;
  const wanted = new Set(indices);
  const names = new Map<number, string>();
  for (const { index, id, name } of nodes) {
    if (wanted.has(index)) names.set(index, name === "" ? id : `${id} (${name})`);
    if (names.size === wanted.size) break;
  }
  const more =
    count > indices.length ? html`<li>and ${countText(count - indices.length)} more, see nodes.csv</li>` : NOTHING;
  return html`<details>
    <summary>${title}: which nodes</summary>
    <ul class="names">
      ${indices.map(
        (index) =>
          html`<li>${index}${names.has(index) ? html`: <code>${names.get(index) ?? ""}</code>` : NOTHING}</li>`,
      )}${more}
    </ul>
  </details>`;
}
