/** How evenly a job's downloads began, and how long it took until so many targets were done. */
import { MINUTE_US } from "../base/instant.ts";
import { PAIR } from "./columns.ts";
import type { F64Column } from "../base/field-table.ts";
import { nearestRank } from "./histogram.ts";
import type { Staggering } from "./run-result.ts";
import type { RunState } from "./run-state.ts";

/** Fewer starts have no shape. */
const STARTS_NEEDED = 20;

const DONE_SHARES = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, p100: 1 } as const;

/** Every job's staggering. */
export function staggerings(state: RunState): readonly Staggering[] {
  // One array for all instants of all jobs: of ten million nodes each takes 80 MB.
  const room = new Float64Array(state.columns.nodes);
  return state.plan.jobs.map(({ name }, job) => staggering(state, job, name, room));
}

function staggering(state: RunState, job: number, name: string, room: Float64Array): Staggering {
  const doneUs = doneUsOf(state, job, instants(state, job, state.columns.confirmedAtUs, room));
  const starts = instants(state, job, state.columns.startAtUs, room);
  return {
    job: name,
    starts: starts.length,
    fullestMinute: fullestMinute(starts),
    peakPerMean: starts.length < STARTS_NEEDED ? null : peakPerMean(starts),
    uniformDistance: starts.length < STARTS_NEEDED ? null : distanceToUniform(starts),
    doneUs,
  };
}

/** @param confirmed ascending, fleet microseconds */
function doneUsOf(state: RunState, job: number, confirmed: Float64Array): Staggering["doneUs"] {
  const { nodes, pairBits } = state.columns;
  let targeted = 0;
  for (let pair = job * nodes; pair < (job + 1) * nodes; pair++) targeted += pairBits.get(pair) & PAIR.targeted;
  const createdAtUs = state.createdAtUs[job]!;
  const doneAt = (share: number): number | null => {
    const rank = nearestRank(share, targeted);
    return targeted === 0 || rank > confirmed.length ? null : Math.round(confirmed[rank - 1]! - createdAtUs);
  };
  return Object.fromEntries(
    Object.entries(DONE_SHARES).map(([name, share]) => [name, doneAt(share)]),
  ) as unknown as Staggering["doneUs"];
}

/** Starts in the fullest minute of fleet time; `starts` ascending. */
export function fullestMinute(starts: Float64Array): number {
  let [peak, inMinute, minute] = [0, 0, -1];
  for (const at of starts) {
    const own = Math.floor(at / MINUTE_US);
    inMinute = own === minute ? inMinute + 1 : 1;
    minute = own;
    peak = Math.max(peak, inMinute);
  }
  return peak;
}

/**
 * The fullest bucket of 60 s over the mean bucket, between the instants at which 5 % and 95 % had begun: a few early
 * birds and the last stragglers would stretch the span and make any herd look mild.
 *
 * @param starts ascending, fleet microseconds
 */
export function peakPerMean(starts: Float64Array): number {
  const from = starts[nearestRank(0.05, starts.length) - 1]!;
  const until = starts[nearestRank(0.95, starts.length) - 1]!;
  const buckets = Math.floor((until - from) / MINUTE_US) + 1;
  let peak = 0;
  let inBucket = 0;
  let bucket = 0;
  let total = 0;
  for (const at of starts) {
    if (at < from || at > until) continue;
    const own = Math.floor((at - from) / MINUTE_US);
    inBucket = own === bucket ? inBucket + 1 : 1;
    bucket = own;
    total += 1;
    peak = Math.max(peak, inBucket);
  }
  return peak / (total / buckets);
}

/**
 * The Kolmogorov-Smirnov distance of the starts to a uniform spread between the first and the last: 0 = even,
 * towards 1 = all at once.
 *
 * @param starts ascending, fleet microseconds
 */
export function distanceToUniform(starts: Float64Array): number {
  const first = starts[0]!;
  const span = starts.at(-1)! - first;
  if (span <= 0) return 1;
  let distance = 0;
  starts.forEach((at, index) => {
    const even = (at - first) / span;
    distance = Math.max(distance, Math.abs((index + 1) / starts.length - even), Math.abs(even - index / starts.length));
  });
  return distance;
}

/** When the job's targets reached something, ascending, in the array that is given; those that did not are left out. */
function instants({ columns }: RunState, job: number, of: F64Column, room: Float64Array): Float64Array {
  const { nodes, pairBits } = columns;
  let count = 0;
  for (let pair = job * nodes; pair < (job + 1) * nodes; pair++) {
    const atUs = of.get(pair);
    if (!Number.isNaN(atUs) && (pairBits.get(pair) & PAIR.targeted) !== 0) room[count++] = atUs;
  }
  return room.subarray(0, count).sort();
}
