/** Every metric's histogram as other programs read it: buckets to 3 digits, and beside them what is exact. */
import { measureMetrics } from "./measured-metric.ts";
import type { Histogram } from "./histogram.ts";
import { METRICS } from "./metrics.ts";
import type { MetricClock } from "./run-result.ts";
import type { RunState } from "./run-state.ts";

/** The samples of one metric, in microseconds; of all nodes, or of one cohort. Never empty. */
export interface MetricHistogram {
  readonly metric: string;
  /** undefined = all nodes. */
  readonly cohort: string | undefined;
  readonly clock: MetricClock;
  /** Exact, while buckets that were encoded and decoded know a maximum only to 3 digits. */
  readonly count: number;
  readonly min: number;
  readonly max: number;
  /** HdrHistogram's compressed form (V2), in base64. */
  readonly buckets: string;
}

/** The histograms of all metrics that have samples; of cohorts where there are several. Changes nothing of the state. */
export function metricHistograms(state: RunState): readonly MetricHistogram[] {
  const measured = measureMetrics(state);
  try {
    return METRICS.flatMap(({ name, clock }) => {
      const { total, cohorts } = measured.byName[name];
      const parts = cohorts.length > 1 ? cohorts : [];
      return [
        ...encoded(name, clock, undefined, total.histogram),
        ...parts.flatMap((part) => encoded(name, clock, part.name, part.total.histogram)),
      ];
    });
  } finally {
    measured.destroy();
  }
}

function encoded(
  metric: string,
  clock: MetricClock,
  cohort: string | undefined,
  histogram: Histogram,
): readonly MetricHistogram[] {
  const { count, min, max } = histogram;
  if (min === null || max === null) return [];
  return [{ metric, cohort, clock, count, min, max, buckets: histogram.encode() }];
}
