/** Counts by bucket of fleet time. Everything is a whole number that is added, so shards merge in any order. */
import { type RunPlan, bucketWidthUs } from "./run-plan.ts";
import { COUNTED, SecondCounts } from "./second-counts.ts";

/** Columns that are counted. `online` and `inFlight` hold changes; the rest events. */
export const TALLIES = [
  "online",
  "inFlight",
  "connects",
  "fetches",
  "offers",
  "started",
  "finished",
  "bytes",
  "statuses",
  // Changes of the number of pairs whose outcome is so far:
  "bricked",
  "success",
  "rolledBack",
  "rejected",
  "expired",
  "failed",
] as const;

/** Number of each column. */
export const TALLY = Object.fromEntries(TALLIES.map((name, number) => [name, number])) as Readonly<
  Record<(typeof TALLIES)[number], number>
>;

/** Columns of which the fullest second is told, by their number here; -1 = it is not. */
const BY_SECOND = TALLIES.map((name) => (COUNTED as readonly string[]).indexOf(name));
const { inFlight } = TALLY;
const ENDED = COUNTED.indexOf("ended");

/** The counts of one reduction. */
export class TimelineTally {
  readonly seconds: SecondCounts;
  readonly widthUs: number;
  readonly buckets: number;
  readonly #counts: Float64Array;

  constructor(plan: RunPlan) {
    this.widthUs = bucketWidthUs(plan.endUs);
    // One bucket more: acknowledgements are drained after the end, and fall into it.
    this.buckets = Math.floor(plan.endUs / this.widthUs) + 1;
    this.#counts = new Float64Array(this.buckets * TALLIES.length);
    this.seconds = new SecondCounts(plan.endUs);
  }

  /** Adds a whole number to a column at an instant of fleet time; before 0 and behind the end are the outer buckets. */
  add(column: number, atUs: number, amount: number): void {
    let bucket = Math.floor(atUs / this.widthUs);
    if (!(bucket >= 0)) bucket = 0;
    else if (bucket >= this.buckets) bucket = this.buckets - 1;
    this.#counts[column * this.buckets + bucket]! += amount;
    const bySecond = BY_SECOND[column]!;
    if (bySecond >= 0) this.seconds.add(bySecond, atUs);
    else if (column === inFlight && amount < 0) this.seconds.add(ENDED, atUs);
  }

  merge(other: TimelineTally): void {
    for (let at = 0; at < this.#counts.length; at++) this.#counts[at]! += other.#counts[at]!;
    this.seconds.merge(other.seconds);
  }

  /** A column as it was counted, one number a bucket. */
  column(column: number): Float64Array {
    return this.#counts.subarray(column * this.buckets, (column + 1) * this.buckets);
  }
}
