/**
 * A histogram seen over a population. Over samples, a percentile's share is of the samples. Over nodes, it is of all
 * nodes of the population: one that is not done counts as infinite, so a percentile above the share that is done is
 * "not reached". Percentiles are by nearest rank; those of too few are not printed.
 */
import { type Histogram, nearestRank, tooFew } from "./histogram.ts";
import type { Percentile, Population, Series } from "./run-result.ts";

/** One series of a metric. */
export class Distribution {
  readonly histogram: Histogram;
  readonly population: Population;
  readonly #nodes: number;

  /** @param nodes the population's size; not read where the population is samples */
  constructor(histogram: Histogram, population: Population, nodes = 0) {
    this.histogram = histogram;
    this.population = population;
    this.#nodes = nodes;
  }

  /** What a percentile's share is a share of. */
  get size(): number {
    return this.population === "samples" ? this.histogram.count : this.#nodes;
  }

  /** Whether every node of the population is done; samples always are. */
  get isComplete(): boolean {
    return this.histogram.count >= this.size;
  }

  /** @param share 0 to 1 */
  percentile(share: number): Percentile {
    if (this.size === 0) return "no samples";
    if (tooFew(share, this.size)) return "too few";
    const rank = nearestRank(share, this.size);
    return rank > this.histogram.count ? "not reached" : this.histogram.atRank(rank);
  }

  /** The row of the result. */
  series(): Series {
    const { count, min, max, mean } = this.histogram;
    return {
      population: this.population,
      size: this.size,
      count,
      min,
      max,
      mean,
      p50: this.percentile(0.5),
      p75: this.percentile(0.75),
      p90: this.percentile(0.9),
      p95: this.percentile(0.95),
      p99: this.percentile(0.99),
      p999: this.percentile(0.999),
    };
  }
}

/** p95 of the samples there are, however few and whoever is not done; null = none. For judging the instrument. */
export function p95OfSamples(histogram: Histogram): number | null {
  return atShare(histogram, 0.95);
}

/** p99 of the samples there are, however few; null = none. For judging the instrument. */
export function p99OfSamples(histogram: Histogram): number | null {
  return atShare(histogram, 0.99);
}

function atShare(histogram: Histogram, share: number): number | null {
  return histogram.count === 0 ? null : histogram.atRank(nearestRank(share, histogram.count));
}
