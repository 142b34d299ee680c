/** How many offers a broker gives out in a second: seen where one job is pushed to many nodes at once. */
import { percentileOf } from "./fitted-shape.ts";
import type { RateFit } from "./bandwidth-fit.ts";

/** Fewer would be told by the first moments of a burst, in which buffers take all. */
const BURST_MIN = 200;
/** A quieter moment than this ends a burst. */
const BURST_GAP_US = 1_000_000;
/** A burst that is over sooner went into buffers. */
const BURST_US_MIN = 50_000;

/** What could be said of the rate. */
export interface PushFit {
  readonly fanOut: RateFit | undefined;
  readonly noFanOutBecause: string;
}

/** @param pushes by job: when each offer arrived, ascending, microseconds of wall time */
export function fitPushes(pushes: readonly Float64Array[]): PushFit {
  const bursts = pushes.map(firstBurst).filter((burst) => burst.length >= BURST_MIN && lengthOf(burst) >= BURST_US_MIN);
  if (bursts.length === 0) {
    const most = pushes.reduce((size, each) => Math.max(size, firstBurst(each).length), 0);
    return {
      fanOut: undefined,
      noFanOutBecause: `no job was pushed to ${BURST_MIN} nodes or more at once (at most ${most}), or it was over at once`,
    };
  }
  // The middle of a burst: its begin goes into buffers, at its end the last few come one by one.
  const rates = bursts.flatMap(tenths);
  const sorted = Float64Array.from(rates).sort();
  const [low, perSecond, high] = [0.25, 0.5, 0.75].map((share) => percentileOf(sorted, share)) as [
    number,
    number,
    number,
  ];
  const samples = bursts.reduce((sum, burst) => sum + burst.length, 0);
  return { fanOut: { perSecond, samples, spread: (high - low) / 2 / perSecond }, noFanOutBecause: "" };
}

function firstBurst(sorted: Float64Array): Float64Array {
  const end = sorted.findIndex((atUs, place) => place > 0 && atUs - sorted[place - 1]! > BURST_GAP_US);
  return end === -1 ? sorted : sorted.subarray(0, end);
}

function lengthOf(burst: Float64Array): number {
  return burst.at(-1)! - burst[0]!;
}

/** Offers a second in each tenth of a burst, the first and the last left out. */
function tenths(burst: Float64Array): number[] {
  return Array.from({ length: 8 }, (_, tenth) => {
    const [from, until] = [1, 2].map((more) => Math.floor(((tenth + more) * (burst.length - 1)) / 10)) as [
      number,
      number,
    ];
    return ((until - from) / Math.max(1, burst[until]! - burst[from]!)) * 1_000_000;
  });
}
