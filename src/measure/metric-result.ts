/** One metric in `result.json`. */
import { invalidBecause } from "./generator-health.ts";
import type { MeasuredMetric } from "./measured-metric.ts";
import type { MetricResult } from "./run-result.ts";
import type { RunState } from "./run-state.ts";

/** What was measured, and why it is not to be used, if it is not. */
export function metricResult(state: RunState, measured: MeasuredMetric): MetricResult {
  const { metric, total, reachable, raw, compression, cohorts, jobs } = measured;
  const because = invalidBecause(state, measured);
  return {
    unit: metric.unit,
    clock: metric.clock,
    meaning: metric.meaning,
    ...total.series(),
    isValid: because === "",
    invalidBecause: because,
    badSamples: total.histogram.badSamples,
    outOfRange: total.histogram.outOfRange,
    reachable: reachable?.series() ?? null,
    raw: raw?.series() ?? null,
    compression,
    cohorts: Object.fromEntries(cohorts.map((cohort) => [cohort.name, cohort.total.series()])),
    jobs: Object.fromEntries(jobs.map((job) => [job.name, job.total.series()])),
  };
}
