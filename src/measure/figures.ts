/**
 * The figures by which runs are set side by side: what one would say of a rollout on the phone, and the left side of
 * any threshold beside them.
 */
import { nearestWord } from "../base/nearest-word.ts";
import { isLeftSide, parseLeftSide } from "./left-side.ts";
import { firmwareShare, stopAtUs, wouldHit } from "./rollout-figures.ts";
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
  /** Whether it may or must name a job, as in `rollout.stop.at{job:spring}`. */
  readonly job?: "may" | "must";
  readonly of: (result: RunResult, job: string | undefined) => FigureValue;
}

/** When a rollout was stopped. */
export const STOP_FIGURE = "rollout.stop.at";

/** Whom a rollout in stages would have hit that nothing stops. */
export const WOULD_HIT_FIGURE = "rollout.wouldHit";

/** How long the step is, a run's own peaks say; a figure's words stand over runs of every length. */
const IN_THE_FULLEST_SECOND =
  "in the fullest second; where a run lasts longer than 12 days, on average in its fullest 2 s or more";

/** Figures that are taken of a result as it is. */
const OWN: readonly OwnFigure[] = [
  {
    name: "peak.fetches",
    title: "Peak fetch rate",
    unit: "perSecond",
    meaning: `questions of nodes for an update, ${IN_THE_FULLEST_SECOND}`,
    of: ({ peaks }) => perSecond(peaks, peaks.fetches),
  },
  {
    name: "peak.connects",
    title: "Peak connect rate",
    unit: "perSecond",
    meaning: `connections of nodes, without the ramp of a fleet that runs already, ${IN_THE_FULLEST_SECOND}`,
    of: ({ peaks }) => perSecond(peaks, peaks.connects),
  },
  {
    name: "peak.downloads",
    title: "Peak downloads in flight",
    unit: "count",
    meaning: "downloads that went on in the same second; in the same 2 s or more where a run lasts longer than 12 days",
    of: ({ peaks }) => peaks.downloadsInFlight.count,
  },
  {
    name: "peak.egress",
    title: "Peak egress",
    unit: "bytesPerSecond",
    meaning:
      "image bytes a second at most; without a model of the CDN, the average of the timeline's fullest step, counted when attempts end, and single seconds have more",
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
    meaning:
      "egress, messages, connections over the whole run and jobs, at the scenario's prices or at list prices; waiting for the last nodes costs connections",
    of: ({ cost }) => cost?.total ?? "not told",
  },
  {
    name: STOP_FIGURE,
    title: "Stopped after",
    unit: "us",
    meaning: "time from the first batch of a rollout in stages until its stop rule fired",
    job: "may",
    of: stopAtUs,
  },
  {
    name: WOULD_HIT_FIGURE,
    title: "Would be hit without a stop",
    unit: "count",
    meaning:
      "targets that the image's defects and their own faults would end badly if every stage were released and all took the image; at most so many where a defect strikes later than the first boot",
    job: "may",
    of: wouldHit,
  },
  {
    name: "firmware",
    title: "End on the image",
    unit: "share",
    meaning: "share of all nodes that run the job's image at the end, whatever they ran in between",
    job: "must",
    of: firmwareShare,
  },
  {
    name: "firmware.before",
    title: "End as before",
    unit: "share",
    meaning: "share of all nodes that run at the end what they ran before the run",
    of: (result) => firmwareShare(result, undefined),
  },
];

/** Left sides that have a name in words, of all of a run or of a part. */
const TITLES: Readonly<Record<string, Pick<FigureName, "title" | "meaning">>> = {
  "completion{population:reachable}.p(95)": {
    title: "95 % of reachable nodes done",
    meaning: "time from the job's start until 95 % of the nodes that were ever connected had confirmed the image",
  },
  "completion.p(95)": {
    title: "95 % of all targets done",
    meaning:
      "time from the job's start until 95 % of all targets, those that were never online included, had confirmed the image",
  },
  "rollout.released.rate": {
    title: "Released before the stop",
    meaning: "share of the targets that a rollout in stages had been released to when it was stopped, or at its end",
  },
  "rollout.hit.rate": {
    title: "Share hit before the stop",
    meaning:
      "share of the targets that had rolled back, failed or bricked when a rollout in stages was stopped, or at its end",
  },
  "rollout.hit.count": {
    title: "Hit before the stop",
    meaning:
      "nodes that had rolled back, failed or bricked when a rollout in stages was stopped, or at its end, but for those that a second offer before the reboot rolled back",
  },
  "outcome.success.rate": { title: "Success", meaning: "share of all targets that run the image and confirmed it" },
};

/** What the choice of figures goes by. */
export interface FiguredJob {
  readonly name: string;
  /** How it is released; `stoppable`: in stages, with a rule that stops it. */
  readonly release: "at once" | "in stages" | "stoppable";
}

/** Of more jobs than these the table would have more columns than anybody reads. */
const JOBS_MAX = 4;

/** Columns where none are asked for, in the order in which one asks: what if it is bad, when, how well, how dear, how hard. */
export function defaultFigures(jobs: readonly FiguredJob[]): readonly string[] {
  return [
    ...figuresOfStops(jobs),
    ...(jobs.length > 1 ? figuresOfJobs(jobs) : FIGURES_OF_ONE_JOB),
    "failures",
    "cost",
    "peak.fetches",
    "peak.connects",
    "peak.downloads",
    "peak.egress",
    "egress",
  ];
}

const FIGURES_OF_ONE_JOB: readonly string[] = [
  "completion{population:reachable}.p(95)",
  "completion.p(95)",
  "outcome.success.rate",
];

/** Those of a scenario with one job, which goes to all its targets at once. */
export const DEFAULT_FIGURES: readonly string[] = defaultFigures([]);

/** A sum over updates of several jobs says of none when it is done, and of no node what it ends on. */
function figuresOfJobs(jobs: readonly FiguredJob[]): readonly string[] {
  const told = jobs.slice(0, JOBS_MAX);
  return [
    ...told.map(({ name }) => `completion{job:${name},population:reachable}.p(95)`),
    ...told.map(({ name }) => `firmware{job:${name}}`),
    "firmware.before",
  ];
}

function figuresOfStops(jobs: readonly FiguredJob[]): readonly string[] {
  const stoppable = jobs.filter(({ release }) => release === "stoppable").slice(0, JOBS_MAX);
  const staged = jobs.some(({ release }) => release !== "at once");
  if (stoppable.length === 0) return staged ? ["rollout.hit.count"] : [];
  return stoppable.flatMap(({ name }) => {
    const of = jobs.length === 1 ? "" : `{job:${name}}`;
    return [`${STOP_FIGURE}${of}`, `rollout.released${of}.rate`, `rollout.hit${of}.count`, `${WOULD_HIT_FIGURE}${of}`];
  });
}

/** Reads a figure's name. Every mistake of it, or the figure. */
export function parseFigure(text: string, known: KnownNames): Figure | readonly ThresholdMistake[] {
  const asked = text.trim();
  const [, ownName = "", tags] = /^([^{}]*?)(?:\{([^{}]*)\})?$/.exec(asked) ?? [];
  const own = OWN.find(({ name }) => name === ownName);
  if (own !== undefined) return ownFigure(asked, own, tags, known);
  if (!isLeftSide(asked)) return [unknownFigure(asked)];
  const threshold = parseLeftSide(asked, known);
  if (!("on" in threshold)) return threshold;
  return { name: asked, ...wordsOf(asked, threshold), unit: threshold.unit, from: { kind: "threshold", threshold } };
}

/** `95 % of reachable nodes done, hotfix`: a part is called after the whole. */
function wordsOf(asked: string, { on, tags }: Threshold): Pick<FigureName, "title" | "meaning"> {
  const { cohort, zone, job, population } = tags;
  const part = cohort ?? zone ?? job;
  const taken = asked.slice(asked.lastIndexOf("}") + 1);
  const whole = `${on.name}${population === "reachable" ? "{population:reachable}" : ""}${taken}`;
  const words = part === undefined ? TITLES[asked] : taken === asked ? undefined : TITLES[whole];
  if (words === undefined) return { title: asked, meaning: "as in a threshold" };
  return part === undefined ? words : { title: `${words.title}, ${part}`, meaning: `${words.meaning}; of ${part}` };
}

function ownFigure(
  asked: string,
  { job: takes, of, title, meaning, unit, name }: OwnFigure,
  tags: string | undefined,
  { jobs }: KnownNames,
): Figure | readonly ThresholdMistake[] {
  const mistake = (expected: string): readonly ThresholdMistake[] => [
    { in: "expression", seen: `"${asked}"`, expected },
  ];
  if (tags === undefined) {
    if (takes === "must") return mistake(`must name a job, such as ${name}{job:${jobs[0] ?? "NAME"}}`);
    return { name: asked, title, unit, meaning, from: { kind: "result", of: (result) => of(result, undefined) } };
  }
  if (takes === undefined) return mistake(`must be without tags: ${name} is told of the whole run`);
  const [, job] = /^\s*job\s*:\s*(.*?)\s*$/.exec(tags) ?? [];
  if (job === undefined) return mistake(`must be of a job, such as ${name}{job:${jobs[0] ?? "NAME"}}`);
  if (!jobs.includes(job)) return mistake(`must name one of ${jobs.slice(0, JOBS_NAMED_MAX).join(", ")}`);
  const ofJob = (result: RunResult): FigureValue => of(result, job);
  return {
    name: asked,
    title: `${title}, ${job}`,
    unit,
    meaning: `${meaning}; of ${job}`,
    from: { kind: "result", of: ofJob },
  };
}

/** More names in one line are read by nobody. */
const JOBS_NAMED_MAX = 12;

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
