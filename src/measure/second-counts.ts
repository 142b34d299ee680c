/**
 * The fullest second of a run. A timeline's step can be half a minute, and a herd that comes within one second looks
 * tame there; servers are sized by the second. Whole numbers that are added, so shards merge in any order.
 */
import { SECOND_US } from "../base/instant.ts";

/**
 * More steps would take memory that a plan of a small fleet does not have otherwise: twelve days of seconds, 25 MB. Where
 * a run really reaches further, two neighbours become one step of twice the width, as often as it takes.
 */
const STEPS_MAX = 2 ** 20;
/** Room for four and a half hours to begin with; 400 KB. */
const STEPS_AT_FIRST = 2 ** 14;
/** Room grows by so much at a time: it is copied four times at most. */
const GROWTH = 4;

/** What is counted by the second. */
export const COUNTED = ["connects", "fetches", "offers", "started", "ended", "statuses"] as const;
export type Counted = (typeof COUNTED)[number];

const KINDS = COUNTED.length;
const STARTED = COUNTED.indexOf("started");
const ENDED = COUNTED.indexOf("ended");

/** A peak: how many there were in the fullest step, and when that step began; null = there were none. */
export interface Peak {
  readonly count: number;
  readonly atUs: number | null;
}

export class SecondCounts {
  /** What lies behind is drained. */
  readonly #endUs: number;
  readonly #stepsMax: number;
  #widthUs = SECOND_US;
  /** One number of each kind a step, step by step; a power of two of steps. */
  #counts: Uint32Array;
  /** Instants from here on are behind the room that there is, or behind the end. */
  #roomUntilUs: number;
  /** The last step in which anything was. */
  #last = -1;
  /** Downloads that went on already when fleet time began to pass. */
  #openAtBegin = 0;

  /**
   * @param endUs fleet time at which the run ends at the latest
   * @param stepsMax a power of two; less than usual is for tests
   */
  constructor(endUs: number, stepsMax = STEPS_MAX) {
    this.#endUs = (Math.floor(endUs / SECOND_US) + 1) * SECOND_US;
    this.#stepsMax = stepsMax;
    const steps = Math.min(STEPS_AT_FIRST, stepsMax);
    this.#counts = new Uint32Array(steps * KINDS);
    this.#roomUntilUs = Math.min(this.#endUs, steps * SECOND_US);
  }

  /**
   * A second, doubled until the steps that memory allows reach the last instant that was counted: it depends on what
   * happened alone, not on how long the run could have been, nor on the order in which it was told.
   */
  get widthUs(): number {
    return this.#widthUs;
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
    if (atUs >= this.#roomUntilUs) {
      if (atUs >= this.#endUs) return;
      this.#makeRoom(atUs);
    }
    const step = Math.floor(atUs / this.#widthUs);
    this.#counts[step * KINDS + column]! += 1;
    if (step > this.#last) this.#last = step;
  }

  #addAtBegin(column: number): void {
    if (column !== STARTED && column !== ENDED) return;
    this.#openAtBegin += column === STARTED ? 1 : -1;
    this.#last = Math.max(this.#last, 0);
  }

  merge(other: SecondCounts): void {
    this.#openAtBegin += other.#openAtBegin;
    if (other.#last < 0) return;
    while (this.#widthUs < other.#widthUs) this.#double();
    this.#makeRoom(other.#last * other.#widthUs);
    const perStep = this.#widthUs / other.#widthUs;
    for (let theirs = 0; theirs <= other.#last; theirs++) {
      const [into, from] = [Math.floor(theirs / perStep) * KINDS, theirs * KINDS];
      for (let kind = 0; kind < KINDS; kind++) this.#counts[into + kind]! += other.#counts[from + kind]!;
    }
    this.#last = Math.max(this.#last, Math.floor(other.#last / perStep));
  }

  /** So that the step of an instant has its place. */
  #makeRoom(atUs: number): void {
    while (atUs >= this.#stepsMax * this.#widthUs) this.#double();
    const needed = Math.floor(atUs / this.#widthUs) + 1;
    let steps = this.#counts.length / KINDS;
    if (needed > steps) {
      while (needed > steps) steps = Math.min(this.#stepsMax, steps * GROWTH);
      const counts = new Uint32Array(steps * KINDS);
      counts.set(this.#counts);
      this.#counts = counts;
    }
    this.#roomUntilUs = Math.min(this.#endUs, steps * this.#widthUs);
  }

  /** Two neighbours become one step. */
  #double(): void {
    const counts = this.#counts;
    const used = (this.#last + 1) * KINDS;
    for (let step = 0; step <= this.#last >> 1; step++) {
      for (let kind = 0; kind < KINDS; kind++) {
        const from = 2 * step * KINDS + kind;
        counts[step * KINDS + kind] = counts[from]! + counts[from + KINDS]!;
      }
    }
    this.#last >>= 1;
    counts.fill(0, (this.#last + 1) * KINDS, used);
    this.#widthUs *= 2;
    this.#roomUntilUs = Math.min(this.#endUs, (counts.length / KINDS) * this.#widthUs);
  }

  peakOf(what: Counted): Peak {
    const kind = COUNTED.indexOf(what);
    let most = 0;
    let fullest = -1;
    for (let step = 0; step <= this.#last; step++) {
      const count = this.#counts[step * KINDS + kind]!;
      if (count <= most) continue;
      most = count;
      fullest = step;
    }
    return { count: most, atUs: fullest === -1 ? null : fullest * this.#widthUs };
  }

  /** The step in which most downloads went on: those that had begun before and not ended, and those that began in it. */
  peakOfDownloads(): Peak {
    let peak: Peak = { count: 0, atUs: null };
    this.#eachStep((step, open) => {
      if (open > peak.count) peak = { count: open, atUs: step * this.#widthUs };
    });
    return peak;
  }

  /** The most downloads that went on in the same step of each bucket of a timeline; a bucket is as wide as a step or wider. */
  downloadsByBucket(bucketUs: number, buckets: number): number[] {
    const most = Array.from({ length: buckets }, () => 0);
    const bucketOf = (step: number): number => Math.min(buckets - 1, Math.floor((step * this.#widthUs) / bucketUs));
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
    const counts = this.#counts;
    let open = this.#openAtBegin;
    for (let step = 0; step <= this.#last; step++) {
      open += counts[step * KINDS + STARTED]!;
      take(step, open);
      open -= counts[step * KINDS + ENDED]!;
    }
    return open;
  }
}
