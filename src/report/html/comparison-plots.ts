/** The curves of two runs over each other: the first broad and pale, the second a line on it. */
import type { Curve } from "../../measure/paired-timelines.ts";
import type { Comparison } from "../../measure/comparison.ts";
import { countText, percentText, significantText } from "../count-text.ts";
import { durationText } from "../duration-text.ts";
import { html, type Html } from "./html-text.ts";
import { type TimelineFrame, timelinePlot } from "./timeline-plot.ts";
import type { ColumnKind } from "./timeline-steps.ts";

interface ComparedPlot {
  readonly title: string;
  readonly summary: string;
  readonly kind: ColumnKind;
  readonly curve: Curve;
  readonly text: (value: number) => string;
  readonly axis: "any" | "whole";
}

/** The plots, in the order in which one asks. */
export function comparisonPlots(comparison: Comparison): Html {
  const { timelines, first, second } = comparison;
  const buckets = timelines.curves[0]?.first.length ?? 0;
  if (buckets === 0) return html`<p class="quiet">Neither run has a timeline.</p>`;
  // Of a plan and a run the run has the day that was lived.
  const isSecond = first.driver === "virtual" && second.driver === "live";
  const shown = isSecond ? second : first;
  const frame: TimelineFrame = {
    timelines: { bucketUs: timelines.bucketUs, startUs: 0, buckets },
    clock: { start: shown.clockStart },
  };
  const plots = plotsOf(comparison).map(({ title, summary, kind, curve, text, axis }) =>
    timelinePlot(
      {
        title,
        summary,
        kind,
        text,
        axis,
        columns: [
          { label: `first (${driverText(first.driver)})`, tone: "first", values: curve.first },
          { label: `second (${driverText(second.driver)})`, tone: "second", values: curve.second },
        ],
      },
      frame,
    ),
  );
  const whose = isSecond ? "second" : "first";
  const day = first.clockStart === second.clockStart ? "" : ` of the ${whose} run (the other began at another time)`;
  const steps = durationText(timelines.bucketUs);
  const about = `Fleet time, in UTC${day}, in steps of ${steps}. A run that ended sooner stays where it stood.`;
  return html`<p class="quiet">${about}</p>
    <div class="plots">${plots}</div>`;
}

/** `12 /s`. */
function perSecondText(value: number): string {
  return `${significantText(value)} /s`;
}

function driverText(driver: "live" | "virtual"): string {
  return driver === "virtual" ? "planned" : "live";
}

function plotsOf({ timelines, targeted }: Comparison): readonly ComparedPlot[] {
  const curveOf = (name: string): Curve => {
    const known = timelines.curves.find((curve) => curve.name === name);
    return known ?? { name, kind: "events", first: [], second: [] };
  };
  const shares = (name: string): Curve => {
    const curve = curveOf(name);
    const of = (values: readonly number[], whole: number): readonly number[] =>
      values.map((value) => (whole === 0 ? 0 : Math.min(1, value / whole)));
    return { ...curve, first: of(curve.first, targeted.first), second: of(curve.second, targeted.second) };
  };
  const rates = (name: string): Curve => {
    const curve = curveOf(name);
    const perSecond = (values: readonly number[]): readonly number[] =>
      values.map((count) => (count * 1_000_000) / timelines.bucketUs);
    return { ...curve, first: perSecond(curve.first), second: perSecond(curve.second) };
  };
  const share = { kind: "total", text: percentText, axis: "any" } as const;
  const rate = { kind: "events", text: perSecondText, axis: "any", summary: "Per second of fleet time." } as const;
  const level = { kind: "level", text: countText, axis: "whole" } as const;
  return [
    { ...share, title: "Completion", summary: "Share of the targets that had confirmed.", curve: shares("confirmed") },
    { ...share, title: "Rolled back", summary: "Share of the targets.", curve: shares("rolledBack") },
    { ...rate, title: "Fetch rate", curve: rates("fetches") },
    { ...rate, title: "Downloads started", curve: rates("downloadsStarted") },
    {
      ...level,
      title: "Downloads in flight",
      summary: "At the end of each step.",
      curve: curveOf("downloadsInFlight"),
    },
    { ...rate, title: "Statuses", curve: rates("statuses") },
    { ...level, title: "Nodes online", summary: "At the end of each step.", curve: curveOf("nodesOnline") },
    { ...rate, title: "Connects", curve: rates("connects") },
  ];
}
