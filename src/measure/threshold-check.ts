/**
 * Holds a threshold against a run. What cannot be judged cannot pass: a percentile above the share that is done is
 * infinite, one from too few samples is no number, and an invalid metric says nothing.
 */
import { unreachable } from "../base/assert.ts";
import { howMany } from "../base/how-many.ts";
import type { Distribution } from "./distribution.ts";
import { invalidBecause } from "./generator-health.ts";
import { samplesNeeded } from "./histogram.ts";
import type { MeasuredMetric } from "./measured-metric.ts";
import type { MetricName } from "./metrics.ts";
import type { Outcomes } from "./outcome.ts";
import type { OutcomeCounts, Percentile, RolloutResult, ThresholdResult, TruthResult } from "./run-result.ts";
import type { RunState } from "./run-state.ts";
import type { Comparison, CountedName, RolloutCount, Threshold } from "./threshold.ts";

/** What thresholds are held against. */
export interface Measured {
  readonly state: RunState;
  readonly metrics: Readonly<Record<MetricName, MeasuredMetric>>;
  readonly outcomes: Outcomes;
  readonly truth: TruthResult;
  /** By job; undefined = it is not released in stages. */
  readonly rollouts: readonly (RolloutResult | undefined)[];
}

/** What came out, or why nothing did. */
type Actual =
  | number
  | {
      readonly because: string;
      readonly verdict: "failed" | "cannot pass";
      readonly word: Exclude<Percentile, number>;
    };

/** What a threshold's left side comes to, whatever its limit is. */
export function valueOf(threshold: Threshold, measured: Measured): Percentile {
  const actual = actualOf(threshold, measured);
  return typeof actual === "number" ? actual : actual.word;
}

/**
 * The share of its nodes that are done at the end, 0 to 1, where the left side is of a duration over nodes: how far it
 * came that was not reached. null = it is of something else.
 */
export function doneShareOf(threshold: Threshold, { metrics }: Pick<Measured, "metrics">): number | null {
  if (threshold.on.kind !== "metric") return null;
  const distribution = distributionOf(metrics[threshold.on.name], threshold);
  return isOfNodes(distribution) ? distribution.histogram.count / distribution.size : null;
}

/** Whether a series counts nodes that are not done, and has any. */
export function isOfNodes({ population, size }: Distribution): boolean {
  return population !== "samples" && size > 0;
}

/** Judges one threshold. */
export function checkThreshold(threshold: Threshold, measured: Measured): ThresholdResult {
  const { metric, expression, limit, unit } = threshold;
  const actual = actualOf(threshold, measured);
  if (typeof actual !== "number") {
    return {
      metric,
      expression,
      verdict: actual.verdict,
      actual: null,
      limit,
      unit,
      difference: null,
      because: actual.because,
    };
  }
  const holds = compare(actual, threshold.comparison, limit);
  const invalid =
    threshold.on.kind === "metric" ? invalidBecause(measured.state, measured.metrics[threshold.on.name]) : "";
  const because =
    invalid !== ""
      ? invalid
      : holds
        ? ""
        : `${metric}: ${expression} does not hold: it is ${unit === "us" ? `${actual} us` : shortest(actual, limit)}`;
  const verdict = invalid !== "" ? "cannot pass" : holds ? "passed" : "failed";
  return { metric, expression, verdict, actual, limit, unit, difference: actual - limit, because };
}

/** Four significant digits, or as many more as it takes to stay on the same side of the limit: 0.8666... is 0.8667. */
function shortest(actual: number, limit: number): number {
  for (let digits = 4; digits < 17; digits++) {
    const rounded = Number(actual.toPrecision(digits));
    if (Math.sign(rounded - limit) === Math.sign(actual - limit)) return rounded;
  }
  return actual;
}

function actualOf(threshold: Threshold, measured: Measured): Actual {
  if (threshold.on.kind === "counted") return countedActual(threshold, threshold.on.name, measured);
  const metric = measured.metrics[threshold.on.name];
  const distribution = distributionOf(metric, threshold);
  const { aggregation } = threshold;
  const { histogram } = distribution;
  switch (aggregation.kind) {
    case "percentile":
      return percentileActual(threshold, distribution, aggregation.share);
    case "med":
      return percentileActual(threshold, distribution, 0.5);
    case "count":
    case "rate":
      return histogram.count;
    case "min":
      return histogram.min ?? noSamples(threshold);
    case "avg":
      return distribution.isComplete ? (histogram.mean ?? noSamples(threshold)) : notReached(threshold, distribution);
    case "max":
      return distribution.isComplete ? (histogram.max ?? noSamples(threshold)) : notReached(threshold, distribution);
    default:
      return unreachable(aggregation);
  }
}

/** The series that a threshold on a metric is held against. */
export function distributionOf(metric: MeasuredMetric, { tags }: Threshold): Distribution {
  const isReachable = tags.population === "reachable";
  const part =
    metric.cohorts.find(({ name }) => name === tags.cohort) ?? metric.jobs.find(({ name }) => name === tags.job);
  if (part !== undefined) return isReachable ? part.reachable : part.total;
  return isReachable ? (metric.reachable ?? metric.total) : metric.total;
}

function percentileActual(threshold: Threshold, distribution: Distribution, share: number): Actual {
  const value: Percentile = distribution.percentile(share);
  switch (value) {
    case "no samples":
      return noSamples(threshold);
    case "too few":
      return {
        verdict: "cannot pass",
        word: "too few",
        because: `${threshold.metric}: ${threshold.expression} has too few samples: ${distribution.size}, and ${samplesNeeded(share)} are needed`,
      };
    case "not reached":
      return notReached(threshold, distribution);
    default:
      return value;
  }
}

function noSamples({ metric, expression }: Threshold): Actual {
  return { verdict: "cannot pass", word: "no samples", because: `${metric}: ${expression} has no samples` };
}

function notReached({ metric, expression }: Threshold, { histogram, size, population }: Distribution): Actual {
  const because = `${metric}: ${expression} was not reached: ${histogram.count} of ${howMany(size, `${population} node`)} ${histogram.count === 1 ? "is" : "are"} done`;
  return { verdict: "failed", word: "not reached", because };
}

function countedActual(threshold: Threshold, name: CountedName, measured: Measured): Actual {
  if (isOfRollouts(name)) return rolloutActual(threshold, name, measured);
  const counts = partOf(threshold, measured);
  const count = name.startsWith("truth.") ? truthCount(name, measured, counts) : outcomeCount(name, counts);
  if (threshold.aggregation.kind === "count") return count;
  return counts.targeted === 0 ? noSamples(threshold) : count / counts.targeted;
}

function isOfRollouts(name: CountedName): name is RolloutCount {
  return name.startsWith("rollout.");
}

/** Over the targets of the jobs that are released in stages, or of the one that is named. */
function rolloutActual(threshold: Threshold, name: RolloutCount, { state, outcomes, rollouts }: Measured): Actual {
  const key = name.slice("rollout.".length) as "released" | "downloaded" | "hit";
  const jobs = state.plan.jobs.flatMap((job, number) => {
    const rollout = rollouts[number];
    const isMeant = threshold.tags.job === undefined || threshold.tags.job === job.name;
    return rollout === undefined || !isMeant ? [] : [{ number, count: rollout.byThen[key] }];
  });
  if (jobs.length === 0) {
    const because = `${threshold.metric}: ${threshold.expression} is on a job without a rollout in stages`;
    return { verdict: "cannot pass", word: "no samples", because };
  }
  const count = jobs.reduce((sum, job) => sum + job.count, 0);
  if (threshold.aggregation.kind === "count") return count;
  return count / outcomes.counts((job) => jobs.some(({ number }) => number === job)).targeted;
}

/** The counts of the part of a run that a threshold is on. */
export function partOf({ tags }: Threshold, { state, outcomes }: Measured): OutcomeCounts {
  const { plan, columns } = state;
  const cohort = plan.cohorts.findIndex(({ name }) => name === tags.cohort);
  const zone = plan.zoneNames.indexOf(tags.zone ?? "");
  const ownJob = plan.jobs.findIndex(({ name }) => name === tags.job);
  return outcomes.counts(
    (job, node) =>
      (tags.cohort === undefined || columns.cohortOf.get(node) === cohort) &&
      (tags.zone === undefined || plan.zoneOf[node] === zone) &&
      (tags.job === undefined || job === ownJob),
  );
}

function outcomeCount(name: CountedName, counts: OutcomeCounts): number {
  const [, outcome = "", state] = name.split(".");
  if (state !== undefined) {
    const by = counts.unfinishedBy[state as keyof OutcomeCounts["unfinishedBy"]];
    return by.online + by.offline;
  }
  return counts[outcome as "regressed"];
}

function truthCount(name: CountedName, { truth }: Measured, counts: OutcomeCounts): number {
  switch (name) {
    case "truth.falseSuccess":
      return truth.falseSuccess;
    case "truth.misled":
      return truth.misled;
    case "truth.unreported":
      return counts.unreported;
    default:
      return counts.installedAfterCancel;
  }
}

/** Whether a value keeps a limit. */
export function compare(actual: number, comparison: Comparison, limit: number): boolean {
  switch (comparison) {
    case "<":
      return actual < limit;
    case "<=":
      return actual <= limit;
    case ">":
      return actual > limit;
    case ">=":
      return actual >= limit;
    case "==":
      return actual === limit;
    case "!=":
      return actual !== limit;
    default:
      return unreachable(comparison);
  }
}
