/** The scenario's thresholds, combination by combination. */
import type { ThresholdResult } from "../../measure/run-result.ts";
import type { SweepPoint, SweepResult } from "../../measure/sweep-result.ts";
import { html, type Html } from "../html/html-text.ts";
import { badge } from "../html/section.ts";
import { type Column, table } from "../html/table.ts";
import { actualText } from "../threshold-distance.ts";
import { pointText } from "./sweep-answers.ts";

/** A table with a column for each threshold. */
export function thresholdsByPoint(sweep: SweepResult): Html {
  const columns = namesOf(sweep.points).map((name): Column<SweepPoint> => ({
    head: name,
    cell: (point) => thresholdCell(name, point),
  }));
  return table<SweepPoint>({
    caption: "Each threshold under each combination: in how many seeds it holds, and what came out",
    isCaptionHidden: true,
    isStacking: true,
    rows: sweep.points,
    columns: [{ head: "Combination", kind: "head", cell: ({ values }) => pointText(values, sweep.knobs) }, ...columns],
  });
}

/** A knob may be a threshold itself, so that not every point has the same. */
function namesOf(points: readonly SweepPoint[]): readonly string[] {
  return [...new Set(points.flatMap(({ runs }) => runs.flatMap(({ thresholds }) => thresholds.map(nameOf))))];
}

function nameOf({ metric, expression }: ThresholdResult): string {
  return `${metric} ${expression}`;
}

function thresholdCell(name: string, { runs }: SweepPoint): Html {
  if (runs.length === 0) return badge("quiet", "not planned");
  const found = runs.flatMap(({ thresholds }) => thresholds.filter((threshold) => nameOf(threshold) === name));
  if (found.length === 0) return badge("quiet", "not set");
  const kept = found.filter(({ verdict }) => verdict === "passed").length;
  const texts = [...new Set(found.map(actualText))];
  const tone = kept === found.length ? "good" : "bad";
  const words =
    kept === found.length ? "holds" : kept === 0 ? "does not hold" : `holds in ${kept} of ${found.length} seeds`;
  return html`<div>${badge(tone, words)}<span class="meaning">${texts.slice(0, TEXTS_MAX).join(", ")}</span></div>`;
}

/** What came out under each seed, where seeds differ; more are in the JSON. */
const TEXTS_MAX = 5;
