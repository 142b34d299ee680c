/**
 * The figures by which runs are set side by side: what one would say of a rollout on the phone, and the left side of
 * any threshold beside them.
 */
import { nearestWord } from "../base/nearest-word.ts";
import { isLeftSide, parseLeftSide } from "./left-side.ts";
import type { Peaks, Percentile, RunResult } from "./run-result.ts";
import type { Peak } from "./second-counts.ts";
import type { KnownNames, Threshold, ThresholdMistake } from "./threshold.ts";

/** A figure's unit. `money`: of the result's currency. */
export type FigureUnit = "us" | "share" | "count" | "perSecond" | "bytes" | "bytesPerSecond" | "money";

/** What a figure came to, or why it has no value. `not told`: nothing in the scenario makes one. */
export type FigureValue = Percentile | "not told";

/** What a figure is called and means. */
export interface FigureName {
  /** As it is asked for. */
  readonly name: string;
  readonly title: string;
  readonly unit: FigureUnit;
  readonly meaning: string;
}

/** A figure, ready to be taken of a run. */
export interface Figure extends FigureName {
  readonly from:
    | { readonly kind: "result"; readonly of: (result: RunResult) => FigureValue }
    | { readonly kind: "threshold"; readonly threshold: Threshold };
}

interface OwnFigure extends FigureName {
  readonly of: (result: RunResult) => FigureValue;
}

/** Figures that are taken of a result as it is. */
const OWN: readonly OwnFigure[] = [
  {
    name: "peak.fetches",
    title: "Peak fetch rate",
    unit: "perSecond",
    meaning: "questions of nodes for an update, in the fullest second",
    of: ({ peaks }) => perSecond(peaks, peaks.fetches),
  },
  {
    name: "peak.connects",
    title: "Peak connect rate",
    unit: "perSecond",
    meaning: "connections of nodes in the fullest second, without the ramp of a fleet that runs already",
    of: ({ peaks }) => perSecond(peaks, peaks.connects),
  },
  {
    name: "peak.downloads",
    title: "Peak downloads in flight",
    unit: "count",
    meaning: "downloads that went on in the same second",
    of: ({ peaks }) => peaks.downloadsInFlight.count,
  },
  {
    name: "peak.egress",
    title: "Peak egress",
    unit: "bytesPerSecond",
    meaning:
      "image bytes a second at most; without a model of the CDN, those of the timeline's fullest step, counted when attempts end",
    of: ({ model, ...result }) => model?.downloads.egressPeakBytesPerSecond ?? peakRate(result, result.timelines.bytes),
  },
  {
    name: "failures",
    title: "Failed updates",
    unit: "count",
    meaning: "updates that ended rolled back, rejected, failed or bricked",
    of: ({ outcomes }) => outcomes.rolledBack + outcomes.rejected + outcomes.failed + outcomes.bricked,
  },
  {
    name: "egress",
    title: "Egress",
    unit: "bytes",
    meaning: "image bytes that left the image server",
    of: ({ backend, counters }) => backend["imageBytesServed"] ?? counters["image bytes received"] ?? "not told",
  },
  {
    name: "cost",
    title: "Cost",
    unit: "money",
    meaning: "egress, messages, connections and jobs at the scenario's prices, or at list prices",
    of: ({ cost }) => cost?.total ?? "not told",
  },
];

/** Left sides that have a name in words. */
const TITLES: Readonly<Record<string, Pick<FigureName, "title" | "meaning">>> = {
  "completion{population:reachable}.p(95)": {
    title: "95 % of reachable nodes done",
    meaning: "time from the job's start until 95 % of the nodes that were ever connected had confirmed the image",
  },
  "completion.p(95)": {
    title: "Completion p95",
    meaning: "time from the job's start until 95 % of all targets had confirmed the image",
  },
  "rollout.hit.count": {
    title: "Hit before the stop",
    meaning:
      "nodes that had rolled back, failed or bricked when a rollout in stages was stopped, or at its end, but for those that a second offer before the reboot rolled back",
  },
  "outcome.success.rate": { title: "Success", meaning: "share of all targets that run the image and confirmed it" },
};

/** Columns where none are asked for, in the order in which one asks: when, how well, how dear, how hard. */
export const DEFAULT_FIGURES: readonly string[] = [
  "completion{population:reachable}.p(95)",
  "completion.p(95)",
  "outcome.success.rate",
  "failures",
  "cost",
  "peak.fetches",
  "peak.connects",
  "peak.downloads",
  "peak.egress",
  "egress",
];

/** Goes before them where a job is rolled out in stages. */
export const STAGED_FIGURE = "rollout.hit.count";

/** Reads a figure's name. Every mistake of it, or the figure. */
export function parseFigure(text: string, known: KnownNames): Figure | readonly ThresholdMistake[] {
  const asked = text.trim();
  const own = OWN.find(({ name }) => name === asked);
  if (own !== undefined) {
    const { of, ...name } = own;
    return { ...name, from: { kind: "result", of } };
  }
  if (!isLeftSide(asked)) return [unknownFigure(asked)];
  const threshold = parseLeftSide(asked, known);
  if (!("on" in threshold)) return threshold;
  const { title, meaning } = TITLES[asked] ?? { title: asked, meaning: "as in a threshold" };
  return { name: asked, title, unit: threshold.unit, meaning, from: { kind: "threshold", threshold } };
}

function unknownFigure(asked: string): ThresholdMistake {
  const names = OWN.map(({ name }) => name);
  const nearest = nearestWord(asked, names);
  const meant = nearest === undefined ? "" : `did you mean ${nearest}? `;
  const expected = `${meant}must be one of ${names.join(", ")}, or the left side of a threshold such as completion.p(95)`;
  return { in: "expression", seen: asked === "" ? "an empty name" : `"${asked}"`, expected };
}

function perSecond({ stepUs }: Peaks, { count }: Peak): number {
  return (count * 1e6) / stepUs;
}

function peakRate({ timelines }: Pick<RunResult, "timelines">, events: readonly number[]): number {
  return timelines.bucketUs > 0 ? (largestOf(events) * 1e6) / timelines.bucketUs : 0;
}

/** Of thousands of entries, so no spread into arguments. */
function largestOf(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}
