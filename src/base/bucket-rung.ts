import { NEVER, type InstantUs } from "./instant.ts";

/** Into so many a bucket is divided. */
const FINER = 256;

/** Buckets of equal width, one behind the other, of which the first ones have been opened: a rung of `BucketQueue`. */
export class BucketRung {
  /** By bucket: its list; 0 = empty. */
  readonly lists: Uint32Array;
  /** A power of two of microseconds, so that dividing by it is exact and a time lies in one bucket only. */
  readonly #widthUs: number;
  /** The last bucket holds all that lies beyond, too. */
  readonly #isEndless: boolean;
  fromUs: InstantUs = 0;
  untilUs: InstantUs;
  /** The bucket that was opened last; -1 = none. */
  #open = 0;

  private constructor(buckets: number, widthUs: number, isEndless: boolean) {
    this.lists = new Uint32Array(buckets);
    this.#widthUs = widthUs;
    this.#isEndless = isEndless;
    this.untilUs = isEndless ? NEVER : buckets * widthUs;
  }

  /** The first of a ladder, with its first bucket open. */
  static over(buckets: number, spanUs: number): BucketRung {
    return new BucketRung(buckets, 2 ** Math.max(0, Math.ceil(Math.log2(spanUs / buckets))), true);
  }

  /** Whether its buckets are wider than the time that is told apart. */
  get isDivisible(): boolean {
    return this.#widthUs > 1;
  }

  /** Buckets in place of one of this rung's; at first of its first, the first of them open. */
  divided(): BucketRung {
    const buckets = Math.min(FINER, this.#widthUs);
    return new BucketRung(buckets, this.#widthUs / buckets, false);
  }

  /** From now on its buckets are in place of the one that begins at this instant, and none is open. */
  beginAt(fromUs: InstantUs): void {
    this.fromUs = fromUs;
    this.untilUs = fromUs + this.lists.length * this.#widthUs;
    this.#open = -1;
  }

  /** The bucket of an instant that lies in this rung. */
  bucketOf(timeUs: InstantUs): number {
    const bucket = Math.floor((timeUs - this.fromUs) / this.#widthUs);
    return bucket < this.lists.length ? bucket : this.lists.length - 1;
  }

  /** Whether all buckets have been opened. */
  get isOver(): boolean {
    return this.#open === this.lists.length - 1;
  }

  /** Opens the next bucket; answers its list, which is not the bucket's any more. */
  openNext(): number {
    const bucket = ++this.#open;
    const list = this.lists[bucket] as number;
    this.lists[bucket] = 0;
    return list;
  }

  get openFromUs(): InstantUs {
    return this.fromUs + this.#open * this.#widthUs;
  }

  get openUntilUs(): InstantUs {
    return this.#isEndless && this.isOver ? NEVER : this.fromUs + (this.#open + 1) * this.#widthUs;
  }
}
