/** What records of an update change: download, slot, boot, confirmation, roll-back. */
import type { Reason } from "../node/report.ts";
import { type Columns, NODE, PAIR, STAGE, type Stage } from "./columns.ts";
import { END_REASON, endReason } from "./end-reason.ts";
import { BOOT_STATES, DOWNLOAD_ENDS, NO_JOB, POWER_CAUSES, type RecordKind } from "./event-record.ts";
import { type Fold, recordDuration, recordPhase } from "./link-folds.ts";
import { METRIC_NUMBER } from "./metrics.ts";
import type { RunState } from "./run-state.ts";
import { REASONS } from "./status-code.ts";
import { TALLY } from "./timeline-tally.ts";

const COMPLETE = DOWNLOAD_ENDS.indexOf("complete");
const PENDING_VERIFY = BOOT_STATES.indexOf("pending-verify");
const NEW = BOOT_STATES.indexOf("new");

/** By what took the power of a node whose image was not confirmed: it restarts itself where its wait was over. */
const BLOW_OF_POWER: readonly number[] = POWER_CAUSES.map(
  (cause) =>
    ({ restart: END_REASON.noConnection, "power loss": END_REASON.powerLost, crash: END_REASON.crashed })[cause],
);

/** Numbers of `cycle`: how an offer's whole story ended. Offers that ended for a reason are 16 + the reason. */
const CYCLE = { none: 0, rolledBack: 1, spent: 2, offerEnded: 16 } as const;

/** The stage in which an offer that ended for a reason leaves the pair; undefined = the reason does not end an offer. */
const STAGE_AFTER: Readonly<Partial<Record<Reason, Stage>>> = {
  "not JSON": STAGE.failed,
  "no job id": STAGE.failed,
  "no url": STAGE.failed,
  "no stream id": STAGE.failed,
  "window without end": STAGE.failed,
  "no clock": STAGE.delayed,
  "before validity": STAGE.delayed,
  "outside window": STAGE.delayed,
  "validity over": STAGE.expired,
  "project mismatch": STAGE.rejected,
  "same version": STAGE.rejected,
  "lower secure version": STAGE.rejected,
  "chip mismatch": STAGE.rejected,
};

/** One fold a kind. */
export const UPDATE_FOLDS = {
  "download started": (run, node, atUs, _detail, count, a, b) => {
    run.noteWaited(node, atUs, b);
    run.columns.nodeBits.setBits(node, NODE.downloading);
    beginPhase(run.columns, node, atUs, b);
    run.sojourns.started(atUs);
    run.tally.add(TALLY.started, atUs, 1);
    run.tally.add(TALLY.inFlight, atUs, 1);
    if (count < run.columns.jobs) downloadStarted(run, count, node, atUs, a, b);
  },
  "first byte": (run, node, _atUs, _detail, _count, a, b) => {
    run.latencies.recordWall(METRIC_NUMBER.first_byte, run.columns.cohortOf.get(node), a, b);
  },
  "download ended": (run, node, atUs, detail, count, a, b) => {
    run.noteWaited(node, atUs, b);
    const { nodeBits, phaseAtUs } = run.columns;
    const wasRunning = (nodeBits.get(node) & NODE.downloading) !== 0;
    nodeBits.clearBits(node, NODE.downloading);
    run.sojourns.ended(wasRunning ? phaseAtUs.get(node) : Number.NaN, atUs);
    run.imageBytesReceived += a;
    run.tally.add(TALLY.inFlight, atUs, -1);
    run.tally.add(TALLY.bytes, atUs, a);
    if (detail === COMPLETE) {
      run.tally.add(TALLY.finished, atUs, 1);
      recordPhase(run, METRIC_NUMBER.download, node, atUs, b);
    } else {
      run.imageBytesBroken += a;
      if (count < run.columns.jobs) stopped(run, count, node, atUs);
    }
  },
  "offer ended": (run, node, atUs, detail, count, _a, b) => {
    run.noteWaited(node, atUs, b);
    const reason = REASONS[detail];
    const after = reason === undefined ? undefined : STAGE_AFTER[reason];
    if (count >= run.columns.jobs || after === undefined) return;
    moveTo(run.columns, count, node, after);
    keepReason(run, count * run.columns.nodes + node, after === STAGE.delayed ? END_REASON.none : 1 + detail);
    if (after !== STAGE.delayed) endCycle(run.columns, count, node, CYCLE.offerEnded + detail);
    run.standing.update(count, node, atUs);
  },
  "attempts spent": (run, node, atUs, detail, count, _a, b) => {
    run.noteWaited(node, atUs, b);
    if (count >= run.columns.jobs) return;
    const { pairBits, nodes } = run.columns;
    pairBits.setBits(count * nodes + node, PAIR.spent);
    moveTo(run.columns, count, node, detail === 1 ? STAGE.retrying : STAGE.failed);
    endCycle(run.columns, count, node, CYCLE.spent);
    run.standing.update(count, node, atUs);
  },
  "image applied": (run, node, atUs, _detail, count, _a, b) => {
    run.noteWaited(node, atUs, b);
    run.columns.nodeBits.setBits(node, NODE.rebooting);
    beginPhase(run.columns, node, atUs, b);
    if (count >= run.columns.jobs) return;
    const { pairBits, nodes, hasStages, appliedAtUs } = run.columns;
    pairBits.clearBits(count * nodes + node, PAIR.secondOffer);
    if (hasStages && Number.isNaN(appliedAtUs[count * nodes + node]!)) appliedAtUs[count * nodes + node] = atUs;
    moveTo(run.columns, count, node, STAGE.applied);
    run.standing.update(count, node, atUs);
  },
  "powered off": (run, node, atUs, detail, _count, _a, b) => {
    run.noteWaited(node, atUs, b);
    const { nodeBits, stage, blow, jobs, nodes } = run.columns;
    if ((nodeBits.get(node) & NODE.testing) !== 0 && blow.get(node) === END_REASON.none)
      blow.set(node, BLOW_OF_POWER[detail] ?? END_REASON.none);
    nodeBits.setBits(node, NODE.interrupted);
    run.setOnline(node, atUs, false);
    for (let job = 0; job < jobs; job++) {
      if (stage.get(job * nodes + node) === STAGE.downloading) stopped(run, job, node, atUs);
    }
  },
  booted: (run, node, atUs, detail, count, _a, b) => {
    run.noteWaited(node, atUs, b);
    booted(run, node, atUs, detail, count, b);
  },
  confirmed: (run, node, atUs, _detail, count, _a, b) => {
    run.noteWaited(node, atUs, b);
    endSelfTest(run, node, atUs, b);
    if (count < run.columns.jobs) confirm(run, count, node, atUs);
  },
  "rolled back": (run, node, atUs, _detail, count, _a, b) => {
    run.noteWaited(node, atUs, b);
    const hasRun = (run.columns.nodeBits.get(node) & NODE.testing) !== 0;
    endSelfTest(run, node, atUs, b);
    if (count >= run.columns.jobs) return;
    const { pairBits, runs, reason, blow, nodes } = run.columns;
    const pair = count * nodes + node;
    const isSecond = (pairBits.get(pair) & PAIR.secondOffer) !== 0;
    const fell = blow.get(node) || endReason("rolled back");
    reason.set(pair, hasRun ? fell : isSecond ? END_REASON.secondOffer : END_REASON.noBoot);
    if (runs.get(node) === count) runs.set(node, NO_JOB);
    if ((pairBits.get(pair) & PAIR.confirmed) !== 0) pairBits.setBits(pair, PAIR.regressed);
    pairBits.set(pair, (pairBits.get(pair) | PAIR.rolledBack) & ~PAIR.reoffered);
    moveTo(run.columns, count, node, STAGE.rolledBack);
    endCycle(run.columns, count, node, CYCLE.rolledBack);
    run.standing.update(count, node, atUs);
    run.standing.noteRollBack(pair, atUs);
  },
  bricked: (run, node, atUs, _detail, _count, _a, b) => {
    run.noteWaited(node, atUs, b);
    const { nodeBits, runs, reason, blow, jobs, nodes } = run.columns;
    nodeBits.setBits(node, NODE.bricked | NODE.interrupted);
    if (runs.get(node) < jobs) reason.set(runs.get(node) * nodes + node, blow.get(node));
    runs.set(node, NO_JOB);
    run.setOnline(node, atUs, false);
    for (let job = 0; job < jobs; job++) run.standing.update(job, node, atUs);
  },
} as const satisfies Partial<Record<RecordKind, Fold>>;

/** Why a target did not get there. One that rolled back ends as that, whatever becomes of its later tries. */
export function keepReason({ columns }: RunState, pair: number, reason: number): void {
  if ((columns.pairBits.get(pair) & PAIR.rolledBack) === 0) columns.reason.set(pair, reason);
}

/** Marks a pair's image as confirmed. */
export function confirm(run: RunState, job: number, node: number, atUs: number): void {
  const columns = run.columns;
  const pair = job * columns.nodes + node;
  columns.runs.set(node, job);
  columns.stage.set(pair, STAGE.confirmed);
  columns.reason.set(pair, END_REASON.none);
  columns.pairBits.set(pair, (columns.pairBits.get(pair) | PAIR.confirmed) & ~PAIR.regressed);
  if (Number.isNaN(columns.confirmedAtUs.get(pair))) {
    columns.confirmedAtUs.set(pair, atUs);
    if (columns.hasWaits) columns.confirmedWaited[pair] = columns.waited[node]!;
  }
  run.standing.update(job, node, atUs);
}

function downloadStarted(run: RunState, job: number, node: number, atUs: number, fromByte: number, b: number): void {
  const columns = run.columns;
  const pair = job * columns.nodes + node;
  if (Number.isNaN(columns.startAtUs.get(pair))) {
    columns.startAtUs.set(pair, atUs);
    if (columns.hasWaits) columns.startWaited[pair] = b;
    if (!Number.isNaN(columns.offerAtUs.get(pair))) {
      const waitedUs = columns.hasWaits ? b - columns.offerWaited[pair]! : 0;
      recordDuration(run, METRIC_NUMBER.wait, node, atUs - columns.offerAtUs.get(pair), waitedUs);
    }
  }
  moveTo(columns, job, node, STAGE.downloading);
  if ((columns.nodeBits.get(node) & NODE.rebooting) !== 0) columns.pairBits.setBits(pair, PAIR.secondOffer);
  else columns.pairBits.clearBits(pair, PAIR.secondOffer);
  columns.pairBits.clearBits(pair, PAIR.spent | PAIR.finalAcked | PAIR.reoffered);
  columns.offersSince.set(pair, 0);
  columns.attempts.raise(pair);
  // A download that goes on from a later byte than ever before gets somewhere: its cycle is not the same again.
  if (fromByte > columns.resumedFrom.get(pair)) {
    columns.resumedFrom.set(pair, fromByte);
    columns.repeats.set(pair, 0);
    columns.cycle.set(pair, CYCLE.none);
  }
  run.standing.update(job, node, atUs);
}

function stopped(run: RunState, job: number, node: number, atUs: number): void {
  moveTo(run.columns, job, node, STAGE.retrying);
  run.standing.update(job, node, atUs);
}

function booted(run: RunState, node: number, atUs: number, detail: number, count: number, waitedUs: number): void {
  const columns = run.columns;
  const { nodeBits, pairBits, nodes, jobs } = columns;
  columns.runs.set(node, count);
  for (let job = 0; job < jobs; job++) {
    // Another image of the run's may follow a confirmed one; none of the run's means that the node fell back.
    const isFallBack = count === NO_JOB && (pairBits.get(job * nodes + node) & PAIR.confirmed) !== 0;
    if (isFallBack) pairBits.setBits(job * nodes + node, PAIR.regressed);
  }
  if (count >= jobs) return;
  if (detail === PENDING_VERIFY || detail === NEW) {
    nodeBits.setBits(node, NODE.testing);
    columns.blow.set(node, END_REASON.none);
    columns.bootAtUs.set(node, atUs);
    if (columns.hasWaits) columns.bootWaited[node] = waitedUs;
  } else confirm(run, count, node, atUs); // without roll-back, an image that boots needs no confirmation
}

function endSelfTest(run: RunState, node: number, atUs: number, waitedUs: number): void {
  const { nodeBits, bootAtUs, bootWaited, hasWaits } = run.columns;
  if ((nodeBits.get(node) & NODE.testing) === 0) return;
  nodeBits.clearBits(node, NODE.testing);
  const waited = hasWaits ? waitedUs - bootWaited[node]! : 0;
  recordDuration(run, METRIC_NUMBER.self_test, node, atUs - bootAtUs.get(node), waited);
}

function beginPhase(columns: Columns, node: number, atUs: number, waitedUs: number): void {
  columns.phaseAtUs.set(node, atUs);
  if (columns.hasWaits) columns.phaseWaited[node] = waitedUs;
}

/** A confirmed pair stays so: whatever is tried later, the image was there. */
function moveTo(columns: Columns, job: number, node: number, stage: Stage): void {
  const pair = job * columns.nodes + node;
  if ((columns.pairBits.get(pair) & PAIR.confirmed) === 0) columns.stage.set(pair, stage);
}

function endCycle(columns: Columns, job: number, node: number, cycle: number): void {
  const pair = job * columns.nodes + node;
  if (columns.cycle.get(pair) !== cycle) columns.repeats.set(pair, 0);
  else columns.repeats.raise(pair);
  columns.cycle.set(pair, cycle);
  columns.offersSince.set(pair, 0);
  columns.fetchesUnanswered.set(node, 0);
}
