/** Columns over fleet time, made of what was tallied by bucket. */
import type { Timelines } from "./run-result.ts";
import type { RunState } from "./run-state.ts";
import { TALLY } from "./timeline-tally.ts";

/** All timelines up to the end of the run; what was drained after it is in the last bucket. */
export function timelines({ tally }: RunState, endedAtUs: number): Timelines {
  const used = Math.min(tally.buckets, Math.floor(Math.max(0, endedAtUs) / tally.widthUs) + 1);
  const events = (column: number) => upTo(tally.column(column), used);
  const running = (column: number) => runningTotals(events(column));
  return {
    bucketUs: tally.widthUs,
    startUs: 0,
    buckets: used,
    nodesOnline: running(TALLY.online),
    downloadsInFlight: running(TALLY.inFlight),
    connects: events(TALLY.connects),
    fetches: events(TALLY.fetches),
    offers: events(TALLY.offers),
    downloadsStarted: events(TALLY.started),
    downloadsFinished: events(TALLY.finished),
    bytes: events(TALLY.bytes),
    statuses: events(TALLY.statuses),
    confirmed: running(TALLY.success),
    rolledBack: running(TALLY.rolledBack),
    rejected: running(TALLY.rejected),
    failed: running(TALLY.failed),
    bricked: running(TALLY.bricked),
  };
}

function upTo(column: Float64Array, used: number): number[] {
  const kept = [...column.subarray(0, used)];
  kept[used - 1] = column.subarray(used - 1).reduce((sum, count) => sum + count, 0);
  return kept;
}

function runningTotals(changes: readonly number[]): number[] {
  let total = 0;
  return changes.map((change) => (total += change));
}
