/**
 * Durations in whole microseconds at 3 significant digits. hdr-histogram-js holds the buckets; what it would take in
 * silence is counted here instead: it stores NaN as 0 and cuts 1.5 to 1, and a histogram that was encoded and decoded
 * forgets its exact maximum (700,000 comes back as 700,415). So count, minimum, maximum and sum stand beside it, exact.
 */
// The package's face makes formatters for its texts when it is loaded, and with them all that Node knows of languages.
import { encodeIntoCompressedBase64 } from "hdr-histogram-js/dist/encoding.js";
import { initWebAssemblySync, WasmHistogram } from "hdr-histogram-js/dist/wasm/index.js";
import { assert } from "../base/assert.ts";
import { DAY_US } from "../base/instant.ts";
import { ExactSum } from "./exact-sum.ts";

/** The largest duration that is held, in microseconds: 115 days, which is more than a run's 85. Larger ones are counted. */
const RANGE_MAX_US = 115 * DAY_US;

/** Loads the histograms' WebAssembly engine; once in each thread, before the first `new Histogram`. */
export async function readyHistograms(): Promise<void> {
  // The other way to load it asks whether it was given a fetched `Response`, for which Node loads all of its `fetch`.
  initWebAssemblySync();
}

/**
 * Samples below which a percentile is not printed: 1 / (1 - share), so that at least one sample lies above it.
 * p50 needs 2, p95 20, p99 100, p99.9 1,000.
 *
 * @param share 0 to 1
 */
export function samplesNeeded(share: number): number {
  if (share >= 1) return 1;
  // 1 / (1 - 0.9) is 10.000000000000002 in doubles, and nobody means 11.
  return Math.max(1, Math.ceil(1 / (1 - share) - 1e-6));
}

/** Whether `size` samples are too few to speak of this percentile (share 0 to 1). */
export function tooFew(share: number, size: number): boolean {
  return size < samplesNeeded(share);
}

/** The rank (from 1) of a percentile by nearest rank: the least rank that has at least this share at or below it. */
export function nearestRank(share: number, size: number): number {
  // 0.07 * 100 is 7.000000000000001 in doubles, which is rank 7.
  return Math.min(size, Math.max(1, Math.ceil(share * size - size * 1e-12)));
}

/** A distribution of durations. `destroy` it: its buckets lie in WebAssembly memory, which nothing collects. */
export class Histogram {
  #buckets: WasmHistogram | undefined;
  readonly #sum = new ExactSum();
  #count = 0;
  #min = Infinity;
  #max = -Infinity;
  #badSamples = 0;
  #outOfRange = 0;
  // A run of equal samples is one entry: with fixed latencies most samples equal the one before.
  #lastValue = 0;
  #lastTimes = 0;
  /** What was found of ranks since the last sample: each search is through all buckets, and populations share them. */
  #found: Map<number, number> | undefined;

  /** Takes one sample: a whole number of microseconds from 0. Anything else is counted as bad, beyond the range as such. */
  record(valueUs: number): void {
    if (valueUs === this.#lastValue && this.#lastTimes !== 0) {
      this.#lastTimes += 1;
      return;
    }
    if (!Number.isInteger(valueUs) || valueUs < 0) this.#badSamples += 1;
    else if (valueUs > RANGE_MAX_US) this.#outOfRange += 1;
    else {
      this.#settle();
      this.#lastValue = valueUs;
      this.#lastTimes = 1;
    }
  }

  /** Adds every sample of another histogram; the order of merging changes nothing. */
  merge(other: Histogram): void {
    this.#settle();
    other.#settle();
    this.#badSamples += other.#badSamples;
    this.#outOfRange += other.#outOfRange;
    if (other.#count === 0) return;
    this.#found = undefined;
    this.#hdr().add(other.#hdr());
    this.#sum.addSum(other.#sum);
    this.#count += other.#count;
    this.#min = Math.min(this.#min, other.#min);
    this.#max = Math.max(this.#max, other.#max);
  }

  /** Samples held: exact. */
  get count(): number {
    return this.#count + this.#lastTimes;
  }

  /** Samples that were no whole number from 0. */
  get badSamples(): number {
    return this.#badSamples;
  }

  /** Samples beyond `RANGE_MAX_US`. */
  get outOfRange(): number {
    return this.#outOfRange;
  }

  /** Exact; null = no samples. */
  get min(): number | null {
    this.#settle();
    return this.#count === 0 ? null : this.#min;
  }

  /** Exact; null = no samples. */
  get max(): number | null {
    this.#settle();
    return this.#count === 0 ? null : this.#max;
  }

  /** From the exact sum; null = no samples. */
  get mean(): number | null {
    this.#settle();
    return this.#count === 0 ? null : this.#sum.value / this.#count;
  }

  /** The exact sum of all samples. */
  get sum(): ExactSum {
    this.#settle();
    return this.#sum;
  }

  /** Samples that the buckets hold, for the law that none is lost between the two. */
  get bucketCount(): number {
    this.#settle();
    return this.#buckets?.totalCount ?? 0;
  }

  /** The sample of a rank (1 = least, `count` = greatest), at most 0.1 % too large; first and last are exact. */
  atRank(rank: number): number {
    this.#settle();
    assert(rank >= 1 && rank <= this.#count, "a rank is one of the samples'", rank);
    if (rank === 1) return this.#min;
    if (rank === this.#count || this.#min === this.#max) return this.#max;
    const known = this.#found?.get(rank);
    if (known !== undefined) return known;
    const edge = this.#hdr().getValueAtPercentile((rank / this.#count) * 100);
    // A bucket answers with its upper edge, which may lie above the largest sample.
    const value = Math.min(this.#max, Math.max(this.#min, edge));
    this.#found ??= new Map();
    this.#found.set(rank, value);
    return value;
  }

  /** The buckets in HdrHistogram's own compressed form (V2, base64), for `.hlog` files and other tools. */
  encode(): string {
    this.#settle();
    return encodeIntoCompressedBase64(this.#hdr());
  }

  /** Gives the buckets' memory back. It must not be used afterwards. */
  destroy(): void {
    this.#buckets?.destroy();
    this.#buckets = undefined;
  }

  #settle(): void {
    const times = this.#lastTimes;
    if (times === 0) return;
    const value = this.#lastValue;
    this.#found = undefined;
    this.#hdr().recordValueWithCount(value, times);
    this.#addToSum(value, times);
    this.#count += times;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
    this.#lastTimes = 0;
  }

  #addToSum(value: number, times: number): void {
    if (value * times < 2 ** 51) this.#sum.add(value, times);
    else for (let left = times; left > 0; left -= 64) this.#sum.add(value, Math.min(64, left));
  }

  #hdr(): WasmHistogram {
    // 8 and 16 bit buckets overflow and then answer 0; 32 bits hold four thousand million equal samples.
    this.#buckets ??= WasmHistogram.build({
      bitBucketSize: 32,
      autoResize: true,
      lowestDiscernibleValue: 1,
      highestTrackableValue: 2,
      numberOfSignificantValueDigits: 3,
    });
    return this.#buckets;
  }
}
