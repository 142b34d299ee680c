/**
 * The fullest second of a run. A timeline's step can be half a minute, and a herd that comes within one second looks
 * tame there; servers are sized by the second. Whole numbers that are added, so shards merge in any order.
 */
import { SECOND_US } from "../base/instant.ts";

/** More steps would take memory that a plan of a small fleet does not have otherwise: twelve days of seconds. */
const STEPS_MAX = 2 ** 20;

/** What is counted by the second. */
export const COUNTED = ["connects", "fetches", "offers", "started", "ended", "statuses"] as const;
export type Counted = (typeof COUNTED)[number];

const STARTED = COUNTED.indexOf("started");
const ENDED = COUNTED.indexOf("ended");

/** A peak: how many there were in the fullest step, and when that step began; null = there were none. */
export interface Peak {
  readonly count: number;
  readonly atUs: number | null;
}

export class SecondCounts {
  /** A second; longer only where the run could be longer than twelve days. Whole seconds. */
  readonly widthUs: number;
  readonly #steps: number;
  readonly #counts: Uint32Array;
  /** The last step in which anything was. */
  #last = -1;
  /** Downloads that went on already when fleet time began to pass. */
  #openAtBegin = 0;

  /** @param endUs fleet time at which the run ends at the latest */
  constructor(endUs: number) {
    this.widthUs = Math.ceil((endUs / SECOND_US + 1) / STEPS_MAX) * SECOND_US;
    this.#steps = Math.floor(endUs / this.widthUs) + 1;
    this.#counts = new Uint32Array(this.#steps * COUNTED.length);
  }

  /**
   * One more at an instant of fleet time. What lies at its begin is the ramp of a fleet that runs already: fleet time
   * stands still meanwhile, so it is no load that a second of it ever saw; only its downloads may last into the first
   * second. What comes behind the end is drained.
   */
  add(column: number, atUs: number): void {
    if (!(atUs > 0)) {
      this.#addAtBegin(column);
      return;
    }
    const step = Math.floor(atUs / this.widthUs);
    if (step >= this.#steps) return;
    this.#counts[column * this.#steps + step]! += 1;
    if (step > this.#last) this.#last = step;
  }

  #addAtBegin(column: number): void {
    if (column !== STARTED && column !== ENDED) return;
    this.#openAtBegin += column === STARTED ? 1 : -1;
    this.#last = Math.max(this.#last, 0);
  }

  merge(other: SecondCounts): void {
    this.#openAtBegin += other.#openAtBegin;
    COUNTED.forEach((_, column) => {
      const from = column * this.#steps;
      for (let at = from; at <= from + other.#last; at++) this.#counts[at]! += other.#counts[at]!;
    });
    this.#last = Math.max(this.#last, other.#last);
  }

  peakOf(what: Counted): Peak {
    const counts = this.#column(what);
    let most = 0;
    let fullest = -1;
    for (let step = 0; step < counts.length; step++) {
      const count = counts[step]!;
      if (count <= most) continue;
      most = count;
      fullest = step;
    }
    return { count: most, atUs: fullest === -1 ? null : fullest * this.widthUs };
  }

  /** The step in which most downloads went on: those that had begun before and not ended, and those that began in it. */
  peakOfDownloads(): Peak {
    let peak: Peak = { count: 0, atUs: null };
    this.#eachStep((step, open) => {
      if (open > peak.count) peak = { count: open, atUs: step * this.widthUs };
    });
    return peak;
  }

  /** The most downloads that went on in the same second of each bucket of a timeline; a bucket is as wide as a step or wider. */
  downloadsByBucket(bucketUs: number, buckets: number): number[] {
    const most = Array.from({ length: buckets }, () => 0);
    const bucketOf = (step: number): number => Math.min(buckets - 1, Math.floor((step * this.widthUs) / bucketUs));
    const left = this.#eachStep((step, open) => {
      // In most seconds of a long run there are none, and no bucket has less.
      if (open === 0) return;
      const bucket = bucketOf(step);
      if (open > most[bucket]!) most[bucket] = open;
    });
    // Behind the last step nothing is counted, but what goes on goes on.
    return most.fill(left, this.#last < 0 ? 0 : bucketOf(this.#last) + 1);
  }

  /** Answers how many go on behind the last of them. */
  #eachStep(take: (step: number, open: number) => void): number {
    const [started, ended] = [this.#column("started"), this.#column("ended")];
    let open = this.#openAtBegin;
    for (let step = 0; step < started.length; step++) {
      open += started[step]!;
      take(step, open);
      open -= ended[step]!;
    }
    return open;
  }

  #column(what: Counted): Uint32Array {
    const column = COUNTED.indexOf(what);
    return this.#counts.subarray(column * this.#steps, column * this.#steps + this.#last + 1);
  }
}
