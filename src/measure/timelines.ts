/** Columns over fleet time, made of what was tallied by bucket. */
import { PAIR } from "./columns.ts";
import type { Outcomes } from "./outcome.ts";
import type { Peaks, Timelines } from "./run-result.ts";
import type { RunState } from "./run-state.ts";
import { TALLY } from "./timeline-tally.ts";

/** All timelines up to the end of the run; what was drained after it is in the last bucket. */
export function timelines(state: RunState, outcomes: Outcomes, endedAtUs: number): Timelines {
  const { tally } = state;
  const used = Math.min(tally.buckets, Math.floor(Math.max(0, endedAtUs) / tally.widthUs) + 1);
  const events = (column: number) => upTo(tally.column(column), used);
  const running = (column: number) => runningTotals(events(column));
  return {
    bucketUs: tally.widthUs,
    startUs: 0,
    buckets: used,
    nodesOnline: running(TALLY.online),
    downloadsInFlight: running(TALLY.inFlight),
    downloadsAtOnce: tally.seconds.downloadsByBucket(tally.widthUs, used),
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
    expired: running(TALLY.expired),
    cancelled: runningTotals(cancellations(state, outcomes, used)),
  };
}

/**
 * By job, running totals of the targets that had confirmed its image by the end of each bucket, whatever became of them
 * afterwards: what completion is of. A sum over several jobs says of none how it gets on.
 */
export function confirmedByJob({ tally, columns, plan }: RunState, used: number): readonly (readonly number[])[] {
  return plan.jobs.map((_, job) => {
    const changes = Array.from({ length: used }, () => 0);
    for (let pair = job * columns.nodes; pair < (job + 1) * columns.nodes; pair++) {
      const atUs = columns.confirmedAtUs.get(pair);
      if (Number.isNaN(atUs) || (columns.pairBits.get(pair) & PAIR.targeted) === 0) continue;
      const bucket = Math.min(used - 1, Math.max(0, Math.floor(atUs / tally.widthUs)));
      changes[bucket] = (changes[bucket] ?? 0) + 1;
    }
    return runningTotals(changes);
  });
}

/** The fullest second of each kind of load, or the fullest longer step where the run lasted too long for seconds. */
export function peaks({ tally: { seconds } }: RunState): Peaks {
  return {
    stepUs: seconds.widthUs,
    connects: seconds.peakOf("connects"),
    fetches: seconds.peakOf("fetches"),
    offers: seconds.peakOf("offers"),
    downloadsStarted: seconds.peakOf("started"),
    statuses: seconds.peakOf("statuses"),
    downloadsInFlight: seconds.peakOfDownloads(),
  };
}

/**
 * Who never began is cancelled from the cancel on. Until the end nobody knows who that is, for a node with an offer may
 * begin after it; so it is counted of the outcomes, not of the records as they come.
 */
function cancellations({ tally, cancelledAtUs }: RunState, outcomes: Outcomes, used: number): number[] {
  const changes = Array.from({ length: used }, () => 0);
  cancelledAtUs.forEach((atUs, ofJob) => {
    if (Number.isNaN(atUs)) return;
    const bucket = Math.min(used - 1, Math.max(0, Math.floor(atUs / tally.widthUs)));
    changes[bucket]! += outcomes.countsOfJob(ofJob).cancelled;
  });
  return changes;
}

function upTo(column: Float64Array, used: number): number[] {
  // Indexed, as an iterator of a typed array costs more than the rest of a small fleet's timelines.
  const kept: number[] = [];
  for (let bucket = 0; bucket < used; bucket++) kept.push(column[bucket]!);
  for (let bucket = used; bucket < column.length; bucket++) kept[used - 1]! += column[bucket]!;
  return kept;
}

function runningTotals(changes: readonly number[]): number[] {
  let total = 0;
  return changes.map((change) => (total += change));
}
