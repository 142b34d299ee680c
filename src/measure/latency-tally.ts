/**
 * Histograms that are filled while records stream by, one a metric and cohort: the total is their merge. Durations
 * that begin with a job are not here; they are computed at the end, from the instants in the columns.
 */
import { Histogram } from "./histogram.ts";
import { METRICS } from "./metrics.ts";

/** Sampled latencies of one reduction. */
export class LatencyTally {
  readonly #cohorts: number;
  readonly #latencies: (Histogram | undefined)[];
  /** The same durations by the fleet's clock, where that is compressed. */
  readonly #raw: (Histogram | undefined)[];
  /** How late the generator was with what it measured, by metric. */
  readonly #lateness: (Histogram | undefined)[];
  /** Latencies that were shorter than the lateness within them: a part longer than its whole. */
  partsOverWhole = 0;

  constructor(cohorts: number) {
    this.#cohorts = cohorts;
    this.#latencies = Array.from({ length: METRICS.length * cohorts });
    this.#raw = Array.from({ length: METRICS.length * cohorts });
    this.#lateness = Array.from({ length: METRICS.length });
  }

  /** Takes a latency in whole microseconds. */
  record(metric: number, cohort: number, latencyUs: number): void {
    const at = metric * this.#cohorts + cohort;
    (this.#latencies[at] ??= new Histogram()).record(latencyUs);
  }

  /** Takes a wall latency and how much of it was the generator's own lateness. */
  recordWall(metric: number, cohort: number, latencyUs: number, latenessUs: number): void {
    this.record(metric, cohort, latencyUs);
    this.recordLateness(metric, latenessUs);
    if (latenessUs > latencyUs) this.partsOverWhole += 1;
  }

  recordLateness(metric: number, latenessUs: number): void {
    (this.#lateness[metric] ??= new Histogram()).record(latenessUs);
  }

  recordRaw(metric: number, cohort: number, durationUs: number): void {
    const at = metric * this.#cohorts + cohort;
    (this.#raw[at] ??= new Histogram()).record(durationUs);
  }

  latency(metric: number, cohort: number): Histogram | undefined {
    return this.#latencies[metric * this.#cohorts + cohort];
  }

  raw(metric: number, cohort: number): Histogram | undefined {
    return this.#raw[metric * this.#cohorts + cohort];
  }

  lateness(metric: number): Histogram | undefined {
    return this.#lateness[metric];
  }

  merge(other: LatencyTally): void {
    mergeInto(this.#latencies, other.#latencies);
    mergeInto(this.#raw, other.#raw);
    mergeInto(this.#lateness, other.#lateness);
    this.partsOverWhole += other.partsOverWhole;
  }

  /** Gives all buckets back. */
  destroy(): void {
    for (const histogram of [...this.#latencies, ...this.#raw, ...this.#lateness]) histogram?.destroy();
  }
}

function mergeInto(into: (Histogram | undefined)[], from: readonly (Histogram | undefined)[]): void {
  from.forEach((histogram, at) => {
    if (histogram !== undefined) (into[at] ??= new Histogram()).merge(histogram);
  });
}
