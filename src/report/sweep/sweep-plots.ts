/** One plot a figure: over the first knob's values, a line for each of the second, small ones for each of the others. */
import { sizeOf } from "../../measure/figure-spread.ts";
import type { FigureName } from "../../measure/figures.ts";
import type { SweepPoint, SweepResult } from "../../measure/sweep-result.ts";
import {
  type FigureFormat,
  figureText,
  formatOf,
  medianText,
  numberText,
  spreadPart,
  spreadText,
} from "../figure-text.ts";
import { type BandPlot, bandPlot, type BandPoint, type BandSeries, SERIES_MAX } from "../html/band-plot.ts";
import { html, type Html, NOTHING } from "../html/html-text.ts";
import { table } from "../html/table.ts";
import { pointText } from "./sweep-answers.ts";
import { shortValues } from "./sweep-names.ts";

/** Longer labels of an axis would touch each other. */
const LABEL_UNITS_MAX = 14;

/** Plots of all figures. */
export function sweepPlots(sweep: SweepResult): Html {
  const [first] = sweep.knobs;
  if (first === undefined) return html`<p class="quiet">Nothing was turned, so there is nothing to draw.</p>`;
  const multiples = multiplesOf(sweep);
  const plotsOf = (figure: FigureName, place: number): readonly Html[] =>
    multiples.map((multiple) => bandPlot(plotOf(sweep, figure, place, multiple)));
  if (multiples.length === 1) return html`<div class="plots">${sweep.figures.flatMap(plotsOf)}</div>`;
  return html`${sweep.figures.map(
    (figure, place) =>
      html`<h3 class="multiples">${figure.title}</h3>
        <p class="quiet">${capital(figure.meaning)}.</p>
        <div class="plots">${plotsOf(figure, place)}</div>`,
  )}`;
}

/** A setting of the third and further knobs, with its points. */
interface Multiple {
  readonly values: readonly string[];
  readonly points: readonly SweepPoint[];
}

function multiplesOf({ points }: SweepResult): readonly Multiple[] {
  const byKey = new Map<string, Multiple>();
  for (const point of points) {
    const values = point.values.slice(2);
    const key = JSON.stringify(values);
    byKey.set(key, { values, points: [...(byKey.get(key)?.points ?? []), point] });
  }
  return [...byKey.values()];
}

function plotOf(sweep: SweepResult, figure: FigureName, place: number, { values, points }: Multiple): BandPlot {
  const [first, second] = sweep.knobs;
  const format = formatOf(figure, sweep);
  const xValues = first?.values ?? [];
  const labels = shortValues(xValues, LABEL_UNITS_MAX);
  const pointAt = (x: string, line: string | undefined): SweepPoint | undefined =>
    points.find((point) => point.values[0] === x && (line === undefined || point.values[1] === line));
  const lines = second?.values ?? [undefined];
  const series = lines.map((line): BandSeries => ({
    label: line === undefined ? figure.title : `${second?.path ?? ""} ${line}`,
    points: xValues.map((x, at) => bandPointOf(pointAt(x, line), place, (at + 0.5) / xValues.length)),
  }));
  const unseen = lines.length - SERIES_MAX;
  return {
    title: values.length === 0 ? figure.title : pointText(values, sweep.knobs.slice(2)),
    summary: summaryOf(sweep, figure, values.length === 0, unseen),
    series,
    xTicks: labels.map((text, at) => ({ share: (at + 0.5) / labels.length, text })),
    hover: xValues.map((x) => {
      const told = lines.map((line) => {
        const name = line === undefined ? "" : `${line}: `;
        return `${name}${spreadText(pointAt(x, line)?.figures[place] ?? null, format)}`;
      });
      return `${first?.path ?? ""} ${x}: ${told.join(", ")}`;
    }),
    text: (value) => numberText(value, format),
    axis: axisOf(format),
    dataTable: numbers(sweep, figure, place, points),
  };
}

function summaryOf(sweep: SweepResult, figure: FigureName, isAlone: boolean, unseen: number): string {
  const [first, second] = sweep.knobs;
  const lines = second === undefined ? "" : `, a line for each ${second.path}`;
  const more = unseen > 0 ? ` (the first ${SERIES_MAX}; the others are in the table)` : "";
  const what = isAlone ? `${capital(figure.meaning)}. ` : "";
  const band = sweep.seeds.length === 1 ? "" : " Line: median over seeds; band: least to most.";
  return `${what}Over ${first?.path ?? ""}${lines}${more}.${band}`;
}

function bandPointOf(point: SweepPoint | undefined, place: number, share: number): BandPoint | undefined {
  const spread = point?.figures[place];
  if (spread === undefined || spread === null) return undefined;
  const [least, median, most] = [sizeOf(spread.least), sizeOf(spread.median), sizeOf(spread.most)];
  if (least === undefined || median === undefined || most === undefined) return undefined;
  return { share, least, median, most };
}

/** How a figure's axis is divided. */
export function axisOf({ unit, bytes }: FigureFormat): BandPlot["axis"] {
  if (unit === "us") return "duration";
  if (unit === "count") return "whole";
  const isBinary = unit === "bytes" ? bytes !== "decimal" : unit === "bytesPerSecond" && bytes === "binary";
  return isBinary ? "binary" : "any";
}

function numbers(sweep: SweepResult, figure: FigureName, place: number, points: readonly SweepPoint[]): Html {
  const format = formatOf(figure, sweep);
  const cell = (which: "least" | "median" | "most") => (point: SweepPoint) => {
    const spread = point.figures[place];
    if (spread === undefined || spread === null) return NOTHING;
    return which === "median" ? medianText(spread, format) : figureText(spreadPart(spread, which), format);
  };
  return table<SweepPoint>({
    caption: figure.title,
    isCaptionHidden: true,
    rows: points,
    columns: [
      { head: "Combination", kind: "head", cell: ({ values }) => pointText(values, sweep.knobs) },
      { head: "Median", kind: "number", cell: cell("median") },
      { head: "Least", kind: "number", cell: cell("least") },
      { head: "Most", kind: "number", cell: cell("most") },
    ],
  });
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
