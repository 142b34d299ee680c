/** Every promise of the scenario, and how far off it was. */
import type { ThresholdResult } from "../../measure/run-result.ts";
import { readableSentence } from "../duration-text.ts";
import { actualText, distanceText } from "../threshold-distance.ts";
import { html, type Html, NOTHING } from "./html-text.ts";
import { badge } from "./section.ts";
import { table } from "./table.ts";

export function thresholdTable(thresholds: readonly ThresholdResult[]): Html {
  return table<ThresholdResult>({
    caption: "Thresholds, what came out, and how far that is from the limit",
    isCaptionHidden: true,
    isStacking: true,
    empty: "The scenario has no thresholds: only laws, checks and the truth could fail this run.",
    rows: thresholds,
    columns: [
      { head: "Threshold", kind: "head", cell: (row) => html`${row.metric} <code>${row.expression}</code>` },
      { head: "Result", cell: (row) => verdictBadge(row.verdict) },
      { head: "Came out", kind: "number", cell: (row) => actualText(row) },
      { head: "How far off", cell: distanceCell },
    ],
  });
}

function verdictBadge(verdict: ThresholdResult["verdict"]): Html {
  return badge(verdict === "passed" ? "good" : verdict === "failed" ? "bad" : "warn", verdict);
}

function distanceCell(row: ThresholdResult): Html {
  // A number's own sentence would only repeat it in raw microseconds.
  const isSaid = row.because === "" || (row.verdict === "failed" && row.actual !== null);
  const gauge = row.actual === null || row.limit <= 0 ? NOTHING : gaugeOf(row.actual / row.limit, row.verdict);
  return html`<div>
    ${gauge}${distanceText(row)}${isSaid ? NOTHING : html`<span class="because">${readableSentence(row.because)}</span>`}
  </div>`;
}

/** Actual against the limit, the limit standing at two thirds of the width. */
function gaugeOf(ratio: number, verdict: ThresholdResult["verdict"]): Html {
  const width = Math.min(100, (ratio * 200) / 3).toFixed(1);
  const tone = verdict === "passed" ? "good" : "bad";
  return html`<svg class="gauge ${tone}" aria-hidden="true">
    <rect class="track" width="100%" height="6" y="3" rx="3" />
    <rect class="filled" width="${width}%" height="6" y="3" rx="3" />
    <line x1="66.7%" x2="66.7%" y1="0" y2="12" />
  </svg>`;
}
