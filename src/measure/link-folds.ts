/** What records of a node's link and of its questions change. */
import { NODE, PAIR, STAGE } from "./columns.ts";
import { composedUs } from "./composed-time.ts";
import { DISCONNECT_CAUSES, OFFER_KINDS, type RecordKind } from "./event-record.ts";
import { METRIC_NUMBER } from "./metrics.ts";
import type { RunState } from "./run-state.ts";
import { REPEATS_TO_SETTLE } from "./standing.ts";
import { TALLY } from "./timeline-tally.ts";

const END_OF_RUN = DISCONNECT_CAUSES.indexOf("end of run");
const ANSWER = OFFER_KINDS.indexOf("answer");

/** Takes one record into a state; node and job are known to the plan. */
export type Fold = (
  run: RunState,
  node: number,
  atUs: number,
  detail: number,
  count: number,
  a: number,
  b: number,
) => void;

/** One fold a kind. */
export const LINK_FOLDS = {
  "network up": () => {},
  "network down": (run, node, atUs) => {
    run.columns.nodeBits.setBits(node, NODE.interrupted);
    run.setOnline(node, atUs, false);
  },
  dialled: (run, node) => {
    const { nodeBits } = run.columns;
    const bits = nodeBits.get(node);
    if ((bits & NODE.dialling) !== 0 && (bits & NODE.interrupted) !== 0) run.dialsGivenUp += 1;
    nodeBits.set(node, (bits | NODE.dialling) & ~NODE.interrupted);
  },
  connected: (run, node, atUs, _detail, _count, a, b) => {
    const { nodeBits, cohortOf } = run.columns;
    nodeBits.clearBits(node, NODE.dialling);
    run.latencies.recordWall(METRIC_NUMBER.connect, cohortOf.get(node), a, b);
    run.tally.add(TALLY.connects, atUs, 1);
    run.setOnline(node, atUs, true);
    noteWait(run, node, atUs, a - b);
    if ((nodeBits.get(node) & NODE.rebooting) !== 0) {
      nodeBits.clearBits(node, NODE.rebooting);
      recordPhase(run, METRIC_NUMBER.reboot, node, atUs, run.waitedOf(node));
    }
  },
  "connect parts": (run, node, _atUs, _detail, _count, a, b) => {
    run.latencies.record(METRIC_NUMBER.connect_tcp, run.columns.cohortOf.get(node), a);
    // A plain link has no handshake, and a threshold must not pass on one that took no time.
    if (b > 0) run.latencies.record(METRIC_NUMBER.connect_tls, run.columns.cohortOf.get(node), b);
  },
  "connect failed": (run, node) => {
    run.columns.nodeBits.clearBits(node, NODE.dialling);
  },
  disconnected: (run, node, atUs, detail) => {
    // The run hangs up for everyone when it ends; who was online then is to be seen in the result.
    if (detail !== END_OF_RUN) run.setOnline(node, atUs, false);
  },
  "fetch sent": (run, node, atUs, _detail, _count, a) => {
    const { fetchesOpen } = run.columns;
    fetchesOpen.raise(node);
    run.latencies.recordLateness(METRIC_NUMBER.fetch_offer, a);
    run.tally.add(TALLY.fetches, atUs, 1);
  },
  // The same question: it is answered once, and only what it costs counts twice.
  "fetch resent": () => {},
  "fetch acked": (run, node, atUs, _detail, _count, a, b) => {
    const { fetchesOpen, fetchesUnanswered, cohortOf, jobs } = run.columns;
    fetchesOpen.lower(node);
    noteAnswer(run, node);
    noteWait(run, node, atUs, a - b);
    run.latencies.recordWall(METRIC_NUMBER.fetch_ack, cohortOf.get(node), a, b);
    if (fetchesUnanswered.get(node) >= REPEATS_TO_SETTLE) return;
    fetchesUnanswered.set(node, fetchesUnanswered.get(node) + 1);
    for (let job = 0; job < jobs; job++) run.standing.update(job, node, atUs);
  },
  "fetch lost": (run, node) => {
    const { fetchesOpen } = run.columns;
    if (fetchesOpen.get(node) === 0) return;
    fetchesOpen.set(node, fetchesOpen.get(node) - 1);
    run.fetchesLostOnTheWay += 1;
  },
  "offer received": (run, node, atUs, detail, count, a, b) => {
    run.noteWaited(node, atUs, b);
    noteAnswer(run, node);
    run.tally.add(TALLY.offers, atUs, 1);
    if (detail === ANSWER) run.latencies.record(METRIC_NUMBER.fetch_offer, run.columns.cohortOf.get(node), a);
    run.columns.fetchesUnanswered.set(node, 0);
    if (count < run.columns.jobs) offered(run, count, node, atUs);
  },
  "offer dropped": (run, node, atUs, _detail, _count, _a, b) => run.noteWaited(node, atUs, b),
  "offer waits": (run, node, atUs, _detail, count, _a, b) => {
    run.noteWaited(node, atUs, b);
    if (count >= run.columns.jobs) return;
    const { stage, offersSince, nodes } = run.columns;
    const pair = count * nodes + node;
    if (stage.get(pair) !== STAGE.confirmed) stage.set(pair, STAGE.delayed);
    // An offer that is put off is going to be acted upon: it is no offer that led to nothing.
    offersSince.set(pair, 0);
    run.standing.update(count, node, atUs);
  },
} as const satisfies Partial<Record<RecordKind, Fold>>;

/** Whether a node has asked in vain so often that one question more changes no standing. */
export function isSettledByAnswers({ columns }: RunState, node: number): boolean {
  return columns.fetchesUnanswered.get(node) >= REPEATS_TO_SETTLE && !columns.hasWaits;
}

/**
 * Something came from the backend, so the node's link stands. If its dial is on record as under way, the record of
 * its end got lost: it is no dial that was given up, and law C4 is to see that.
 */
export function noteAnswer(run: RunState, node: number): void {
  run.columns.nodeBits.clearBits(node, NODE.dialling);
}

/**
 * A wait on the backend is over, of which no step of the node's life tells yet: a job may be created before one does.
 * Waits count from fleet time 0 on, so what lies before (the ramp, while fleet time stands still) is none.
 */
function noteWait(run: RunState, node: number, atUs: number, waitUs: number): void {
  if (!run.columns.hasWaits) return;
  const sinceStartUs = Math.round(Math.max(0, atUs) / run.plan.speed);
  run.noteWaited(node, atUs, run.waitedOf(node) + Math.min(Math.max(0, waitUs), sinceStartUs));
}

function offered(run: RunState, job: number, node: number, atUs: number): void {
  const columns = run.columns;
  const pair = job * columns.nodes + node;
  const stage = columns.stage.get(pair);
  if ((columns.pairBits.get(pair) & PAIR.targeted) === 0) run.strayOffers += 1;
  if (run.plan.jobs[job]!.stages !== undefined && columns.stageOf[pair] === 0) run.offersBeforeRelease += 1;
  if (Number.isNaN(columns.offerAtUs.get(pair))) {
    columns.offerAtUs.set(pair, atUs);
    if (columns.hasWaits) columns.offerWaited[pair] = columns.waited[node]!;
  }
  if (stage === STAGE.neverOffered || stage === STAGE.delayed) columns.stage.set(pair, STAGE.offered);
  if (stage === STAGE.rolledBack) columns.pairBits.setBits(pair, PAIR.reoffered);
  columns.offersSince.raise(pair);
  run.standing.update(job, node, atUs);
}

/** Samples the phase that began at the node's `phaseAtUs`. `waitedUs`: what the node has waited up to its end. */
export function recordPhase(run: RunState, metric: number, node: number, atUs: number, waitedUs: number): void {
  const { phaseAtUs, phaseWaited, hasWaits } = run.columns;
  if (!hasWaits) recordDuration(run, metric, node, atUs - phaseAtUs.get(node), 0);
  else recordDuration(run, metric, node, atUs - phaseAtUs.get(node), waitedUs - phaseWaited[node]!);
}

/** Samples a duration of fleet time that holds `waitedUs` of wall time spent waiting for the backend. */
export function recordDuration(run: RunState, metric: number, node: number, rawUs: number, waitedUs: number): void {
  const cohort = run.columns.cohortOf.get(node);
  // Fleet time under a compressed clock falls between whole microseconds.
  const raw = Math.round(rawUs);
  if (!run.columns.hasWaits) {
    run.latencies.record(metric, cohort, raw);
    return;
  }
  run.latencies.record(metric, cohort, Math.round(composedUs(rawUs, waitedUs, run.plan.speed)));
  run.latencies.recordRaw(metric, cohort, raw);
}
