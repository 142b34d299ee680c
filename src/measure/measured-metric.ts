/**
 * All metrics of a run, as distributions in total and by cohort. Durations that begin with a job are computed here,
 * from the instants in the columns: the job's own instant may have reached the reducer in any order.
 */
import { PAIR } from "./columns.ts";
import { COMPRESSION_MAX, composedUs } from "./composed-time.ts";
import { Distribution, p95OfSamples } from "./distribution.ts";
import type { F64Column } from "../base/field-table.ts";
import { Histogram } from "./histogram.ts";
import { METRICS, METRIC_NUMBER, type Metric, type MetricName } from "./metrics.ts";
import type { RunState } from "./run-state.ts";
import { isReachable } from "./standing.ts";

/** One metric of a run. */
export interface MeasuredMetric {
  readonly metric: Metric;
  /** Over all samples, or over the targeted nodes. */
  readonly total: Distribution;
  /** Over the reachable nodes; undefined for samples. */
  readonly reachable: Distribution | undefined;
  readonly cohorts: readonly {
    readonly name: string;
    readonly total: Distribution;
    readonly reachable: Distribution;
  }[];
  /** By job, each over its own targets; empty for samples, which belong to no job. */
  readonly jobs: readonly { readonly name: string; readonly total: Distribution; readonly reachable: Distribution }[];
  /** By the fleet's clock alone; undefined where the clock is not compressed, and for wall metrics. */
  readonly raw: Distribution | undefined;
  /** Raw / composed at p95; null where it cannot be said. */
  readonly compression: number | null;
}

/** Every metric of a run. `destroy` gives the histograms back. */
export interface MeasuredMetrics {
  readonly byName: Readonly<Record<MetricName, MeasuredMetric>>;
  destroy(): void;
}

/** Computes every metric; the state is not changed. */
export function measureMetrics(state: RunState): MeasuredMetrics {
  const owned: Histogram[] = [];
  const make = () => {
    const histogram = new Histogram();
    owned.push(histogram);
    return histogram;
  };
  const sizes = populationSizes(state, () => true);
  const asked = populationSizes(state, (job) => state.plan.jobs[job]?.needsApproval === true);
  const all = METRICS.map((metric) => measureMetric(state, metric, metric.name === "approval" ? asked : sizes, make));
  const byName = Object.fromEntries(all.map((measured) => [measured.metric.name, measured]));
  return {
    byName: byName as Record<MetricName, MeasuredMetric>,
    destroy: () => owned.forEach((histogram) => histogram.destroy()),
  };
}

/** Whether the clock was compressed too hard for a metric to mean anything. */
export function isCompressedTooHard(measured: MeasuredMetric): boolean {
  return measured.compression !== null && measured.compression > COMPRESSION_MAX;
}

/** How many pairs of node and job a population has: by cohort, and by job. */
interface Sizes {
  readonly targeted: Float64Array;
  readonly reachable: Float64Array;
  readonly targetedOfJob: Float64Array;
  readonly reachableOfJob: Float64Array;
}

function populationSizes({ columns, plan }: RunState, isIn: (job: number) => boolean): Sizes {
  const targeted = new Float64Array(plan.cohorts.length);
  const reachable = new Float64Array(plan.cohorts.length);
  const targetedOfJob = new Float64Array(plan.jobs.length);
  const reachableOfJob = new Float64Array(plan.jobs.length);
  for (let pair = 0; pair < columns.pairBits.length; pair++) {
    const bits = columns.pairBits.get(pair);
    const job = Math.floor(pair / columns.nodes);
    if ((bits & PAIR.targeted) === 0 || !isIn(job)) continue;
    const cohort = columns.cohortOf.get(pair % columns.nodes);
    targeted[cohort]! += 1;
    targetedOfJob[job]! += 1;
    if (!isReachable(bits)) continue;
    reachable[cohort]! += 1;
    reachableOfJob[job]! += 1;
  }
  return { targeted, reachable, targetedOfJob, reachableOfJob };
}

function measureMetric(state: RunState, metric: Metric, sizes: Sizes, make: () => Histogram): MeasuredMetric {
  const number = METRIC_NUMBER[metric.name as MetricName];
  const { cohorts, jobs } = state.plan;
  const histograms = cohorts.map(make);
  const ofJobs = metric.over === "nodes" ? jobs.map(make) : [];
  const rawHistogram = metric.clock === "composed" && state.columns.hasWaits ? make() : undefined;
  if (metric.over === "nodes") recordSinceJob(state, metric.name as MetricName, histograms, ofJobs, rawHistogram);
  cohorts.forEach((_, cohort) => {
    const sampled = state.latencies.latency(number, cohort);
    if (sampled !== undefined) histograms[cohort]?.merge(sampled);
    const raw = state.latencies.raw(number, cohort);
    if (raw !== undefined) rawHistogram?.merge(raw);
  });
  const all = make();
  for (const histogram of histograms) all.merge(histogram);
  const sum = (counts: Float64Array) => counts.reduce((total, count) => total + count, 0);
  const population = metric.over === "nodes" ? "targeted" : "samples";
  return {
    metric,
    total: new Distribution(all, population, sum(sizes.targeted)),
    reachable: metric.over === "nodes" ? new Distribution(all, "reachable", sum(sizes.reachable)) : undefined,
    cohorts: histograms.map((histogram, cohort) => ({
      name: cohorts[cohort]!.name,
      total: new Distribution(histogram, population, sizes.targeted[cohort]),
      reachable: new Distribution(
        histogram,
        metric.over === "nodes" ? "reachable" : "samples",
        sizes.reachable[cohort],
      ),
    })),
    jobs: ofJobs.map((histogram, job) => ({
      name: jobs[job]!.name,
      total: new Distribution(histogram, "targeted", sizes.targetedOfJob[job]),
      reachable: new Distribution(histogram, "reachable", sizes.reachableOfJob[job]),
    })),
    raw: rawHistogram === undefined ? undefined : new Distribution(rawHistogram, population, sum(sizes.targeted)),
    compression: rawHistogram === undefined ? null : compressionOf(rawHistogram, all),
  };
}

function compressionOf(raw: Histogram, composed: Histogram): number | null {
  const rawUs = p95OfSamples(raw);
  const composedAtP95 = p95OfSamples(composed);
  return rawUs === null || composedAtP95 === null || composedAtP95 === 0 ? null : rawUs / composedAtP95;
}

function recordSinceJob(
  state: RunState,
  name: MetricName,
  histograms: readonly Histogram[],
  ofJobs: readonly Histogram[],
  raw: Histogram | undefined,
): void {
  const { columns } = state;
  const [instants, waits] = milestone(state, name);
  for (let pair = 0; pair < instants.length; pair++) {
    if (!Number.isFinite(instants.get(pair)) || (columns.pairBits.get(pair) & PAIR.targeted) === 0) continue;
    const since = durationSinceJobUs(state, pair, instants, waits);
    if (since === undefined) continue;
    const us = Math.round(since.composedUs);
    histograms[columns.cohortOf.get(pair % columns.nodes)]?.record(us);
    ofJobs[Math.floor(pair / columns.nodes)]?.record(us);
    raw?.record(Math.round(since.rawUs));
  }
}

/**
 * How long after its job a pair reached a milestone; undefined = not, or the job was never created.
 *
 * @param waits what the node had waited for the backend by then; undefined = the step is none of the node's
 */
export function durationSinceJobUs(
  state: RunState,
  pair: number,
  instants: F64Column,
  waits: Float64Array | undefined,
): { readonly rawUs: number; readonly composedUs: number } | undefined {
  const { columns, plan } = state;
  const rawUs = instants.get(pair) - state.createdAtUs[Math.floor(pair / columns.nodes)]!;
  if (!Number.isFinite(rawUs)) return undefined;
  if (!columns.hasWaits || waits === undefined) return { rawUs, composedUs: rawUs };
  return { rawUs, composedUs: composedUs(rawUs, waits[pair]! - columns.jobWaited[pair]!, plan.speed) };
}

/** The instants, and the waits up to them, of a metric that begins with a job. */
function milestone({ columns }: RunState, name: MetricName): readonly [F64Column, Float64Array | undefined] {
  switch (name) {
    case "approval":
      return [columns.approvedAtUs, undefined];
    case "offer":
      return [columns.offerAtUs, columns.offerWaited];
    case "stagger":
      return [columns.startAtUs, columns.startWaited];
    case "reported":
      return [columns.reportedAtUs, columns.reportedWaited];
    default:
      return [columns.confirmedAtUs, columns.confirmedWaited];
  }
}
