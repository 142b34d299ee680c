/**
 * The completion curve: which share was done so long after the first job began, of all targets and of the reachable; with
 * several jobs a curve for each, as a sum of their updates is done when none of them is.
 */
import { curveStepAfter, line } from "d3-shape";
import type { RunResult, Staggering } from "../../measure/run-result.ts";
import { countText, percentText } from "../count-text.ts";
import { cutText } from "../text-cleaning.ts";
import { durationText } from "../duration-text.ts";
import { jobsInStages } from "../rollout-words.ts";
import { isOverJobs } from "../update-words.ts";
import { html, type Html, pathData } from "./html-text.ts";
import { elapsedTicks } from "./plot-axis.ts";
import { CANVAS, hoverColumn, percent, plotFrame } from "./plot-frame.ts";
import { stageMarks } from "./stage-tables.ts";
import { table } from "./table.ts";
import { type Step, stepsOf } from "./timeline-steps.ts";

/** The shares that promises are made of. */
const MARKED = [0.5, 0.9, 0.95] as const;

const Y_TICKS = [0, 0.25, 0.5, 0.75, 0.9, 0.95, 1].map((share) => ({ share, text: percentText(share) }));

interface Curve {
  readonly label: string;
  readonly tone: string;
  readonly size: number;
  /** Share done after each bucket. */
  readonly shares: readonly number[];
}

export function completionPlot(result: RunResult): Html {
  const { timelines, jobs, outcomes } = result;
  const created = jobs.flatMap(({ createdAtUs }) => (createdAtUs === null ? [] : [createdAtUs]));
  if (created.length === 0 || timelines.buckets === 0)
    return html`<p class="quiet">No job began, so there is no curve.</p>`;
  const beganUs = created.reduce((least, at) => Math.min(least, at), Infinity);
  const spanUs = timelines.startUs + timelines.buckets * timelines.bucketUs - beganUs;
  if (spanUs <= 0) return html`<p class="quiet">The run ended as the job began, so there is no curve.</p>`;
  /** When a bucket ended, from the job's start. */
  const endUs = (bucket: number): number => timelines.startUs + (bucket + 1) * timelines.bucketUs - beganUs;
  const ofJobs = curvesOfJobs(result);
  const curves: readonly Curve[] =
    ofJobs.length > 0
      ? ofJobs
      : [
          curveOf("targeted", "targeted", outcomes.targeted, timelines.confirmed),
          curveOf("reachable", "reachable", outcomes.reachable, timelines.confirmed),
        ];
  const steps = stepsOf(timelines).filter(({ until }) => endUs(until - 1) > 0);
  const said = (curve: Curve, step: Step): string => percentText(curve.shares[step.until - 1] ?? 0);
  const when = (step: Step): string => durationText(endUs(step.until - 1));
  return plotFrame({
    title: "Share done over time",
    summary: summaryOf(curves, jobs.length - ofJobs.length, ofJobs.length > 0, jobsInStages(jobs).length > 0),
    tall: true,
    legend: curves.map(({ label, tone, size }) => ({
      tone,
      label: ofJobs.length > 0 ? `${label}, of ${countText(size)}` : `of ${countText(size)} ${label}`,
    })),
    xTicks: elapsedTicks(spanUs),
    yTicks: Y_TICKS,
    paths: curves.map((curve) => drawn(curve, endUs, spanUs)),
    marks: [
      ...stageMarks(result, beganUs, spanUs),
      ...curves.flatMap((curve) => marksOf(curve, endUs, spanUs)),
      ...steps.map((step) =>
        hoverColumn(
          Math.max(0, endUs(step.from - 1)) / spanUs,
          endUs(step.until - 1) / spanUs,
          `after ${when(step)}: ${curves.map((curve) => (ofJobs.length > 0 ? `${curve.label} ${said(curve, step)}` : `${said(curve, step)} of ${curve.label}`)).join(", ")}`,
        ),
      ),
    ],
    below: doneTable(result.staggering, result.clock.driver),
    dataTable: table<Step>({
      caption: "Share done by time since the first job began",
      isCaptionHidden: true,
      rows: steps,
      columns: [
        { head: "After", kind: "head", cell: when },
        ...curves.map((curve) => ({
          head: ofJobs.length > 0 ? curve.label : `of ${curve.label}`,
          kind: "number" as const,
          cell: (step: Step) => said(curve, step),
        })),
      ],
    }),
  });
}

function curveOf(label: string, tone: string, size: number, confirmed: readonly number[]): Curve {
  return { label, tone, size, shares: confirmed.map((done) => (size === 0 ? 0 : Math.min(1, done / size))) };
}

/** Lines beyond these could not be told apart. */
const JOBS_MAX = 8;

/** Of several jobs a curve for each, over all its targets; none where there is one, or a result that tells none. */
function curvesOfJobs(result: RunResult): readonly Curve[] {
  if (!isOverJobs(result)) return [];
  return result.jobs.slice(0, JOBS_MAX).flatMap(({ name, outcomes, confirmed }, place) => {
    const label = cutText(name, NAME_UNITS_MAX);
    return confirmed === undefined ? [] : [curveOf(label, `series-${place}`, outcomes.targeted, confirmed)];
  });
}

/** Of a job's name that is shown. */
const NAME_UNITS_MAX = 40;

/** @param unseen jobs without a line */
function summaryOf(curves: readonly Curve[], unseen: number, areJobs: boolean, hasStages: boolean): string {
  const end = ({ label, shares }: Curve): string => {
    const share = percentText(shares.at(-1) ?? 0);
    return areJobs ? `${label} ${share}` : `${share} of ${label}`;
  };
  const ends = curves.map(end).join(", ");
  const more = areJobs && unseen > 0 ? ` (the first ${curves.length} jobs; the others are in the table)` : "";
  const what = areJobs
    ? `Share of each job’s targets that had confirmed its image${more}, by fleet time since the first job began.`
    : "Share of nodes that had confirmed the image, by fleet time since the job began.";
  const areOne = !areJobs && curves.every(({ size }) => size === curves[0]?.size);
  const same = areOne ? " Every target was reachable, so both lines are one." : "";
  return `${what} At the end: ${ends}.${same} Dots mark 50, 90 and 95 %.${hasStages ? " Dashed lines mark where stages begin, a red one where a rule stopped them." : ""}`;
}

function drawn(curve: Curve, endUs: (bucket: number) => number, spanUs: number): Html {
  const points = curve.shares.flatMap((share, bucket) => {
    const at = endUs(bucket);
    const isLast = bucket === curve.shares.length - 1;
    return at < 0 || (share === curve.shares[bucket - 1] && !isLast) ? [] : [{ x: at / spanUs, share }];
  });
  const path = line<{ x: number; share: number }>()
    .x(({ x }) => x * CANVAS)
    .y(({ share }) => (1 - share) * CANVAS)
    .curve(curveStepAfter)
    .digits(1);
  return html`<path class="line tone-${curve.tone}" d="${pathData(path([{ x: 0, share: 0 }, ...points]))}" />`;
}

/** A dot where the curve meets each promised share, with a line down to the time. */
function marksOf(curve: Curve, endUs: (bucket: number) => number, spanUs: number): Html[] {
  return MARKED.flatMap((share) => {
    const bucket = curve.shares.findIndex((done) => done >= share);
    if (bucket < 0) return [];
    const [x, y] = [percent(Math.max(0, endUs(bucket)) / spanUs), percent(1 - share)];
    return [
      html`<line class="drop tone-${curve.tone}" x1="${x}" x2="${x}" y1="${y}" y2="100%" /><circle
          class="dot tone-${curve.tone}"
          cx="${x}"
          cy="${y}"
          r="4"
        />`,
    ];
  });
}

/** Under a plan nobody waits for a real backend, so its times are those of the metric `completion`; live they are raw. */
function doneTable(jobs: readonly Staggering[], driver: RunResult["clock"]["driver"]): Html {
  const keys = ["p50", "p90", "p95", "p99", "p100"] as const;
  return table<Staggering>({
    caption: `Time until so many of all targets were done${driver === "live" ? ", raw: as the fleet’s clock ran; the metric completion is composed" : ", as in the metric completion"}`,
    isStacking: true,
    rows: jobs,
    columns: [
      { head: "Job", kind: "head", cell: ({ job }) => job },
      ...keys.map((key) => ({
        head: `${key.slice(1)} %`,
        kind: "number" as const,
        cell: ({ doneUs }: Staggering) => {
          const us = doneUs[key];
          return us === null ? html`<span class="word">not reached</span>` : durationText(us);
        },
      })),
    ],
  });
}
