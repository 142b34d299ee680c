/**
 * A plot over the values of a knob: for each series the median over seeds as a line, and the range from the least to
 * the most as a band. What was never reached lies above every number, so its band is open at the top.
 */
import { area, line } from "d3-shape";
import { SECOND_US } from "../../base/instant.ts";
import { html, type Html, NOTHING, pathData } from "./html-text.ts";
import { elapsedTicks, valueAxis, type ValueAxis } from "./plot-axis.ts";
import { CANVAS, hoverColumn, percent, plotFrame, type Tick } from "./plot-frame.ts";

/** A figure of one point: a number, Infinity for what was never reached. */
export interface BandPoint {
  /** 0 to 1, from the left. */
  readonly share: number;
  readonly least: number;
  readonly median: number;
  readonly most: number;
}

export interface BandSeries {
  readonly label: string;
  /** Ascending by share; undefined = there is no value, and the line breaks. */
  readonly points: readonly (BandPoint | undefined)[];
}

export interface BandPlot {
  readonly title: string;
  readonly summary: string;
  readonly series: readonly BandSeries[];
  readonly xTicks: readonly Tick[];
  /** What is told under the pointer, one text a tick. */
  readonly hover: readonly string[];
  readonly text: (value: number) => string;
  readonly axis: "any" | "whole" | "binary" | "duration";
  /** Top of the axis at least; a share never needs more than 1. */
  readonly mostAtLeast?: number;
  /** A line across the plot, with what it is. */
  readonly limit?: { readonly value: number; readonly label: string } | undefined;
  readonly dataTable: Html;
  readonly tall?: boolean;
}

/** Lines beyond these could not be told apart. */
export const SERIES_MAX = 8;

export function bandPlot(plot: BandPlot): Html {
  const shown = plot.series.slice(0, SERIES_MAX);
  const numbers = shown.flatMap(({ points }) =>
    points.flatMap((point) => (point === undefined ? [] : [point.least, point.median, point.most])),
  );
  const finite = [...numbers, plot.limit?.value ?? 0, plot.mostAtLeast ?? 0].filter(Number.isFinite);
  const isNever = numbers.some((value) => value === Infinity);
  const top = finite.reduce((most, value) => Math.max(most, value), 0);
  // Room above the largest number for what has none.
  const axis = axisTo(isNever ? top * 1.2 : top, plot);
  const y = (value: number): number => CANVAS - (Math.min(value, axis.most) / axis.most) * CANVAS;
  const steps = plot.xTicks.length;
  return plotFrame({
    title: plot.title,
    summary: plot.summary,
    legend: shown.map(({ label }, place) => ({ tone: `series-${place}`, label })),
    xTicks: plot.xTicks,
    yTicks: isNever ? [...axis.ticks.filter(({ share }) => share < 0.93), { share: 1, text: "never" }] : axis.ticks,
    paths: shown.flatMap((series, place) => drawn(series, `series-${place}`, y)),
    marks: [
      limitLine(plot.limit, axis.most),
      ...shown.flatMap(({ points }, place) => dots(points, `series-${place}`, y)),
      ...plot.xTicks.map(({ share }, place) => {
        const from = place === 0 ? 0 : (share + (plot.xTicks[place - 1]?.share ?? 0)) / 2;
        const until = place === steps - 1 ? 1 : (share + (plot.xTicks[place + 1]?.share ?? 1)) / 2;
        return hoverColumn(from, until, plot.hover[place] ?? "");
      }),
    ],
    dataTable: plot.dataTable,
    tall: plot.tall ?? false,
  });
}

/** Durations have ticks at whole minutes or hours, whatever they are in microseconds. */
function axisTo(top: number, { axis, text }: BandPlot): ValueAxis {
  if (axis !== "duration") return valueAxis(top, text, axis);
  const most = top > 0 ? top * 1.05 : SECOND_US;
  return { most, ticks: elapsedTicks(most) };
}

/** Runs of neighbours that have a value: between two runs the line breaks. */
function runsOf(points: readonly (BandPoint | undefined)[]): BandPoint[][] {
  const runs: BandPoint[][] = [[]];
  for (const point of points) {
    if (point === undefined) runs.push([]);
    else runs.at(-1)?.push(point);
  }
  return runs.filter((run) => run.length > 0);
}

function drawn({ points }: BandSeries, tone: string, y: (value: number) => number): Html[] {
  const band = area<BandPoint>()
    .x(({ share }) => share * CANVAS)
    .y0(({ least }) => y(least))
    .y1(({ most }) => y(most))
    .digits(1);
  const middle = line<BandPoint>()
    .x(({ share }) => share * CANVAS)
    .y(({ median }) => y(median))
    .digits(1);
  return runsOf(points).map(
    (run) =>
      html`<path class="area tone-${tone}" d="${pathData(band(run))}" /><path
          class="line tone-${tone}"
          d="${pathData(middle(run))}"
        />`,
  );
}

/** A dot at each median, and a stroke over the range, which a band of one point would not show. */
function dots(points: readonly (BandPoint | undefined)[], tone: string, y: (value: number) => number): Html[] {
  return points.flatMap((point) => {
    if (point === undefined) return [];
    const x = percent(point.share);
    const at = (value: number): string => percent(y(value) / CANVAS);
    return [
      html`<line class="range tone-${tone}" x1="${x}" x2="${x}" y1="${at(point.least)}" y2="${at(point.most)}" /><circle
          class="dot tone-${tone}"
          cx="${x}"
          cy="${at(point.median)}"
          r="4"
        />`,
    ];
  });
}

function limitLine(limit: BandPlot["limit"], most: number): Html {
  if (limit === undefined) return NOTHING;
  const y = percent(1 - Math.min(1, limit.value / most));
  return html`<line class="limit" x1="0" x2="100%" y1="${y}" y2="${y}" /><text
      class="limit-text"
      x="100%"
      y="${y}"
      dy="-5"
      >${limit.label}</text
    >`;
}
