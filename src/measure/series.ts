/** One distribution as a result tells it: counts, extremes, percentiles, and over whom. */

/** A percentile in the metric's unit, or why there is none. `not reached`: above the share that is done. */
export type Percentile = number | "no samples" | "too few" | "not reached";

/** Which nodes or samples a series is over. */
export type Population = "samples" | "targeted" | "reachable";

/** One distribution, over one population. Exact: count, min, max, mean. To 3 digits: the percentiles. */
export interface Series {
  readonly population: Population;
  /** Nodes of the population, or samples; what a percentile's share is a share of. */
  readonly size: number;
  readonly count: number;
  /** null = no samples. */
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  readonly p50: Percentile;
  readonly p75: Percentile;
  readonly p90: Percentile;
  readonly p95: Percentile;
  readonly p99: Percentile;
  readonly p999: Percentile;
}
