/** A plot of timeline columns over fleet time: lines over their area, or areas that stand on each other. */
import { area, curveStepAfter, line } from "d3-shape";
import type { RunResult, Timelines } from "../../measure/run-result.ts";
import { fleetStartMs, instantText } from "../duration-text.ts";
import { html, type Html, pathData } from "./html-text.ts";
import { instantTicks, valueAxis } from "./plot-axis.ts";
import { CANVAS, hoverColumn, plotFrame } from "./plot-frame.ts";
import { table } from "./table.ts";
import { type ColumnKind, type Step, stepsOf, stepText } from "./timeline-steps.ts";

export interface PlottedColumn {
  readonly label: string;
  readonly tone: string;
  readonly values: readonly number[];
}

export interface TimelinePlot {
  readonly title: string;
  readonly summary: string;
  readonly kind: ColumnKind;
  readonly columns: readonly PlottedColumn[];
  readonly text: (value: number) => string;
  readonly axis: "any" | "whole" | "binary";
  /** Behind the values of the axis, where a label says it of those under the pointer: `/s`. */
  readonly per?: "/s" | "/min";
  readonly isStacked?: boolean;
  /** Top of the axis at least; 0 = as the values are. */
  readonly mostAtLeast?: number;
}

/** The axis of fleet time that columns stand over. */
export interface TimelineFrame {
  readonly timelines: Pick<Timelines, "bucketUs" | "startUs" | "buckets">;
  readonly clock: Pick<RunResult["clock"], "start">;
}

/** A point of a path: the bucket's place from 0 to 1, and the values between which it is filled. */
interface Point {
  readonly x: number;
  readonly low: number;
  readonly high: number;
}

export function timelinePlot(plot: TimelinePlot, { timelines, clock }: TimelineFrame): Html {
  const fromMs = startMs(clock.start) + timelines.startUs / 1000;
  const bucketMs = timelines.bucketUs / 1000;
  const untilMs = fromMs + timelines.buckets * bucketMs;
  const layers = plot.isStacked === true ? stacked(plot.columns) : plot.columns.map(({ values }) => flat(values));
  const highest = layers.flat().reduce((most, { high }) => Math.max(most, high), plot.mostAtLeast ?? 0);
  const axis = valueAxis(highest, (value) => `${plot.text(value)}${value === 0 ? "" : (plot.per ?? "")}`, plot.axis);
  const steps = stepsOf(timelines);
  const when = (step: Step): string => instantText(fromMs + step.from * bucketMs, bucketMs < 60_000);
  const said = (column: PlottedColumn, step: Step): string => stepText(column.values, step, plot.kind, plot.text);
  return plotFrame({
    title: plot.title,
    summary: plot.summary,
    legend: plot.columns,
    xTicks: instantTicks(fromMs, untilMs),
    yTicks: axis.ticks,
    paths: plot.columns.map((column, index) => drawn(layers[index] ?? [], axis.most, column.tone, plot)),
    marks: steps.map((step) =>
      hoverColumn(
        step.from / timelines.buckets,
        step.until / timelines.buckets,
        `${when(step)}: ${plot.columns.map((column) => `${said(column, step)} ${column.label}`).join(", ")}`,
      ),
    ),
    dataTable: table<Step>({
      caption: plot.title,
      isCaptionHidden: true,
      rows: steps,
      columns: [
        { head: "From", kind: "head", cell: when },
        ...plot.columns.map((column) => ({
          head: column.label,
          kind: "number" as const,
          cell: (step: Step) => said(column, step),
        })),
      ],
    }),
  });
}

/** Fleet time 0 as epoch milliseconds; a start that cannot be read makes an axis from 1970, not a broken page. */
function startMs(clockStart: string): number {
  const epochMs = fleetStartMs(clockStart);
  return Number.isNaN(epochMs) ? 0 : epochMs;
}

function flat(values: readonly number[]): Point[] {
  return values.map((high, index) => ({ x: index / values.length, low: 0, high }));
}

function stacked(columns: readonly PlottedColumn[]): Point[][] {
  const under: number[] = [];
  return columns.map(({ values }) =>
    values.map((value, index) => {
      const low = under[index] ?? 0;
      under[index] = low + value;
      return { x: index / values.length, low, high: low + value };
    }),
  );
}

/** Each bucket is as wide as it lasted, so the last one ends at the right edge. */
function drawn(layer: readonly Point[], most: number, tone: string, { isStacked }: TimelinePlot): Html {
  const last = layer.at(-1);
  if (last === undefined) return html``;
  // A step that stays where it was needs no point: a week of a quiet fleet is a handful of them.
  const turns = layer.filter(
    ({ low, high }, index) => low !== layer[index - 1]?.low || high !== layer[index - 1]?.high,
  );
  const points = [...turns, { ...last, x: 1 }];
  const y = (value: number): number => CANVAS - (value / most) * CANVAS;
  const filled = area<Point>()
    .x(({ x }) => x * CANVAS)
    .y0(({ low }) => y(low))
    .y1(({ high }) => y(high))
    .curve(curveStepAfter)
    .digits(1);
  const stroke = line<Point>()
    .x(({ x }) => x * CANVAS)
    .y(({ high }) => y(high))
    .curve(curveStepAfter)
    .digits(1);
  const isStack = isStacked === true;
  return html`<path class="area ${isStack ? "solid " : ""}tone-${tone}" d="${pathData(filled(points))}" />${
      isStack ? html`` : html`<path class="line tone-${tone}" d="${pathData(stroke(points))}" />`
    }`;
}
