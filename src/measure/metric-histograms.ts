/** Every metric's histogram as other programs read it: buckets to 3 digits, and beside them what is exact. */
import type { Histogram } from "./histogram.ts";
import type { MeasuredMetrics } from "./measured-metric.ts";
import { METRICS } from "./metrics.ts";
import type { MetricClock } from "./run-result.ts";

/** The samples of one metric, in microseconds; of all nodes, of one cohort, or of one job. Never empty. */
export interface MetricHistogram {
  readonly metric: string;
  /** undefined = all nodes. */
  readonly cohort: string | undefined;
  /** undefined = all jobs; never beside a cohort. */
  readonly job: string | undefined;
  readonly clock: MetricClock;
  /** Exact, while buckets that were encoded and decoded know a maximum only to 3 digits. */
  readonly count: number;
  readonly min: number;
  readonly max: number;
  /** HdrHistogram's compressed form (V2), in base64. */
  readonly buckets: string;
}

/** The histograms of all metrics that have samples; of cohorts and of jobs where there are several. */
export function encodedHistograms(metrics: MeasuredMetrics["byName"]): readonly MetricHistogram[] {
  return METRICS.flatMap(({ name, clock }) => {
    const { total, cohorts, jobs } = metrics[name];
    const parts = cohorts.length > 1 ? cohorts : [];
    const ofJobs = jobs.length > 1 ? jobs : [];
    return [
      ...encoded(name, clock, {}, total.histogram),
      ...parts.flatMap((part) => encoded(name, clock, { cohort: part.name }, part.total.histogram)),
      ...ofJobs.flatMap((part) => encoded(name, clock, { job: part.name }, part.total.histogram)),
    ];
  });
}

function encoded(
  metric: string,
  clock: MetricClock,
  { cohort, job }: { readonly cohort?: string; readonly job?: string },
  histogram: Histogram,
): readonly MetricHistogram[] {
  const { count, min, max } = histogram;
  if (min === null || max === null) return [];
  return [{ metric, cohort, job, clock, count, min, max, buckets: histogram.encode() }];
}
