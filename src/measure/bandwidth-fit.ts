/**
 * What a server of images gave: to one connection at most, and to all together. A download that went as fast as its
 * own node could tells nothing of the server; one that was slower met a limit. Whether that was the connection's own
 * or everybody's shows in what the slow ones have in common: their rate, or the sum of all rates at a moment.
 */
import { percentileOf } from "./fitted-shape.ts";

/** One download that came to its end: from its first byte to its last, by wall time. */
export interface Transfer {
  readonly fromUs: number;
  readonly untilUs: number;
  readonly bytes: number;
  /** What its node could take at most, bytes a second of wall time. */
  readonly ownBytesPerSecond: number;
}

/** A rate that was fitted: how many transfers it rests on, and how far they lie about it. */
export interface RateFit {
  readonly perSecond: number;
  readonly samples: number;
  /** Half of the middle half's width, as a share of the rate. */
  readonly spread: number;
}

/** What could be said of the server. */
export interface BandwidthFit {
  readonly perConnection: RateFit | undefined;
  readonly noPerConnectionBecause: string;
  readonly egress: RateFit | undefined;
  readonly noEgressBecause: string;
  /** The most that was seen, bytes a second: limits lie no lower. */
  readonly connectionMost: number;
  readonly totalMost: number;
}

/** Longer than its node needs by this share and this time: what clocks and pacing cost is no limit of a server. */
const SLOW_TIMES = 1.1;
const SLOW_US = 10_000;
const SLOW_MIN = 20;
/** A total below this share of what all could take together is starved. */
const STARVED = 0.8;
/** Rates within this share of each other are one rate. */
const ALIKE = 0.1;

/** Fits limits to transfers, in any order. */
export function fitBandwidth(transfers: readonly Transfer[]): BandwidthFit {
  const usable = transfers.filter(({ fromUs, untilUs, bytes }) => untilUs > fromUs && bytes > 0);
  const slow = usable.map(isSlow);
  const rates = usable.map(rateOf);
  const steps = stepsOf(usable, rates, Infinity);
  const connectionMost = rates.reduce((most, rate) => Math.max(most, rate), 0);
  const totalMost = steps.reduce((most, { total }) => Math.max(most, total), 0);
  const nothing = { perConnection: undefined, egress: undefined, connectionMost, totalMost };
  const slowCount = slow.filter(Boolean).length;
  if (slowCount < Math.max(SLOW_MIN, usable.length / 50)) {
    const because = `${slowCount} of ${usable.length} downloads were slower than their nodes`;
    return { ...nothing, noPerConnectionBecause: because, noEgressBecause: because };
  }
  const perConnection = commonRate(rates.filter((_, at) => slow[at]));
  const egress = commonTotal(stepsOf(usable, rates, perConnection?.perSecond ?? Infinity));
  // As many at once all the time: each had its share of the whole, or its own limit, and nobody can tell which.
  if (perConnection !== undefined && egress === undefined && isConstant(steps)) {
    const because = "as many downloads ran all the time: what each got may be its own limit or its share of all";
    return { ...nothing, noPerConnectionBecause: because, noEgressBecause: because };
  }
  return {
    ...nothing,
    perConnection,
    noPerConnectionBecause: perConnection === undefined ? "the slow downloads have no rate in common" : "",
    egress,
    noEgressBecause: egress === undefined ? "all downloads together were never held up" : "",
  };
}

function rateOf({ fromUs, untilUs, bytes }: Transfer): number {
  return (bytes / (untilUs - fromUs)) * 1_000_000;
}

function isSlow({ fromUs, untilUs, bytes, ownBytesPerSecond }: Transfer): boolean {
  const ownUs = (bytes / ownBytesPerSecond) * 1_000_000;
  return untilUs - fromUs > ownUs * SLOW_TIMES + SLOW_US;
}

/** The rate that the fastest of the slow have in common; undefined where they have none. */
function commonRate(rates: readonly number[]): RateFit | undefined {
  const sorted = Float64Array.from(rates).sort();
  const top = percentileOf(sorted, 0.95);
  const alike = sorted.filter((rate) => Math.abs(rate - top) <= ALIKE * top);
  if (alike.length < Math.max(SLOW_MIN, sorted.length / 5)) return undefined;
  return rateFit(alike, alike.length);
}

/** A stretch of time in which the same downloads ran. */
interface Step {
  readonly us: number;
  readonly count: number;
  /** Bytes a second: what all got, and what they could have taken. */
  readonly total: number;
  readonly wanted: number;
  /** The download whose begin or end comes before it, and the one behind. */
  readonly edges: readonly [number, number];
}

/** @param capBytes what one download gets at most */
function stepsOf(transfers: readonly Transfer[], rates: readonly number[], capBytes: number): readonly Step[] {
  const events = transfers.flatMap(({ fromUs, untilUs }, at) => [
    { us: fromUs, at, change: 1 },
    { us: untilUs, at, change: -1 },
  ]);
  events.sort((a, b) => a.us - b.us || a.change - b.change || a.at - b.at);
  const steps: Step[] = [];
  let [count, total, wanted, sinceUs, before] = [0, 0, 0, 0, 0];
  for (const { us, at, change } of events) {
    if (count > 0 && us > sinceUs) steps.push({ us: us - sinceUs, count, total, wanted, edges: [before, at] });
    [sinceUs, before] = [us, at];
    count += change;
    // Sums that come back to nothing begin anew, so that rounding does not add up.
    total = count === 0 ? 0 : total + change * (rates[at] ?? 0);
    wanted = count === 0 ? 0 : wanted + change * Math.min(transfers[at]?.ownBytesPerSecond ?? 0, capBytes);
  }
  return steps;
}

/** The total that starved moments have in common; undefined where none was starved. */
function commonTotal(steps: readonly Step[]): RateFit | undefined {
  const starved = steps.filter(({ count, total, wanted }) => count >= 2 && total < STARVED * wanted);
  const samples = new Set(starved.flatMap(({ edges }) => edges)).size;
  if (samples < SLOW_MIN || lengthOf(starved) < lengthOf(steps) / 20) return undefined;
  return rateFit(weighted(starved.map(({ us, total }) => ({ us, value: total }))), samples);
}

function lengthOf(steps: readonly Step[]): number {
  return steps.reduce((sum, { us }) => sum + us, 0);
}

/** Values, each as often as it lasted. */
function weighted(values: readonly { readonly us: number; readonly value: number }[]): Float64Array {
  const sorted = values.toSorted((a, b) => a.value - b.value);
  const allUs = sorted.reduce((sum, { us }) => sum + us, 0);
  const shares = 1_000;
  let [at, passedUs] = [0, 0];
  return Float64Array.from({ length: shares }, (_, share) => {
    const wantedUs = ((share + 0.5) / shares) * allUs;
    while (at < sorted.length - 1 && passedUs + (sorted[at]?.us ?? 0) < wantedUs) passedUs += sorted[at++]?.us ?? 0;
    return sorted[at]?.value ?? 0;
  });
}

function rateFit(sorted: Float64Array, samples: number): RateFit {
  const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => percentileOf(sorted, share));
  const perSecond = middle ?? 0;
  return { perSecond, samples, spread: perSecond > 0 ? ((high ?? 0) - (low ?? 0)) / 2 / perSecond : 0 };
}

/** Whether hardly ever more or fewer downloads ran at once. */
function isConstant(steps: readonly Step[]): boolean {
  const counts = weighted(steps.map(({ us, count }) => ({ us, value: count })));
  return percentileOf(counts, 0.9) <= percentileOf(counts, 0.1) * 1.2;
}
