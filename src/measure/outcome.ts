/**
 * How each job ended for each node, judged at the end of a run from what its records left behind. The order of the
 * questions is the order of design: the first class that fits is the outcome.
 */
import { type Columns, NODE, PAIR, STAGE } from "./columns.ts";
import { OUTCOMES, type Outcome, UNFINISHED, type Unfinished } from "./outcome-class.ts";
import type { LostWorker } from "./run-facts.ts";
import type { OutcomeCounts } from "./run-result.ts";
import type { RunState } from "./run-state.ts";
import { isReachable } from "./standing.ts";

/** In place of an outcome: the node is no target of the job. */
const NOT_TARGETED = 255;

const NUMBER = Object.fromEntries(OUTCOMES.map((name, number) => [name, number])) as Readonly<Record<Outcome, number>>;
const STATE = Object.fromEntries(UNFINISHED.map((name, number) => [name, number])) as Readonly<
  Record<Unfinished, number>
>;

/** Outcomes of a whole run, by pair (`job * nodes + node`). */
export class Outcomes {
  readonly #state: RunState;
  readonly #byPair: Uint8Array;

  constructor(state: RunState, lostWorkers: readonly LostWorker[]) {
    const { nodes, jobs } = state.columns;
    this.#state = state;
    this.#byPair = new Uint8Array(nodes * jobs).fill(NOT_TARGETED);
    const lost = new Uint8Array(nodes);
    for (const { firstNode, lastNode } of lostWorkers) lost.fill(1, firstNode, lastNode + 1);
    for (let job = 0; job < jobs; job++) {
      for (let node = 0; node < nodes; node++) {
        if ((state.columns.pairBits.get(job * nodes + node) & PAIR.targeted) === 0) continue;
        this.#byPair[job * nodes + node] = judge(state, job, node, lost[node] === 1);
      }
    }
  }

  /** The number in `OUTCOMES`, or NOT_TARGETED. */
  numberOf(job: number, node: number): number {
    return this.#byPair[job * this.#state.columns.nodes + node]!;
  }

  /** The outcome; undefined = the node is no target of the job. */
  of(job: number, node: number): Outcome | undefined {
    return OUTCOMES[this.numberOf(job, node)];
  }

  /** Counts the pairs of a run, or of a part of it. */
  counts(isPart: (job: number, node: number) => boolean = () => true): OutcomeCounts {
    const tally = new OutcomeTally();
    const { nodes, jobs } = this.#state.columns;
    for (let job = 0; job < jobs; job++) {
      for (let node = 0; node < nodes; node++) {
        if (this.numberOf(job, node) !== NOT_TARGETED && isPart(job, node)) this.tallyInto(tally, job, node);
      }
    }
    return tally.counts();
  }

  /** Counts the pairs of one job. */
  countsOfJob(job: number): OutcomeCounts {
    const tally = new OutcomeTally();
    for (let node = 0; node < this.#state.columns.nodes; node++) {
      if (this.numberOf(job, node) !== NOT_TARGETED) this.tallyInto(tally, job, node);
    }
    return tally.counts();
  }

  /** Counts by groups in one pass; `groupOf` numbers them from 0. */
  countsByNodeGroup(groups: number, groupOf: (node: number) => number): readonly OutcomeCounts[] {
    const tallies = Array.from({ length: groups }, () => new OutcomeTally());
    const { nodes, jobs } = this.#state.columns;
    for (let job = 0; job < jobs; job++) {
      for (let node = 0; node < nodes; node++) {
        const tally = tallies[groupOf(node)];
        if (tally !== undefined && this.numberOf(job, node) !== NOT_TARGETED) this.tallyInto(tally, job, node);
      }
    }
    return tallies.map((tally) => tally.counts());
  }

  tallyInto(tally: OutcomeTally, job: number, node: number): void {
    const columns = this.#state.columns;
    const pair = job * columns.nodes + node;
    tally.add(
      this.numberOf(job, node),
      columns.pairBits.get(pair),
      unfinishedState(this.#state, job, node),
      (columns.nodeBits.get(node) & NODE.online) !== 0,
      isUnreported(columns, pair),
      isInstalledAfterCancel(this.#state, job, node),
    );
  }
}

/** Whether the node runs the job's image (or went on to a later one), and no success of it was ever acknowledged. */
export function isUnreported(columns: Columns, pair: number): boolean {
  const bits = columns.pairBits.get(pair);
  return (bits & PAIR.confirmed) !== 0 && (bits & (PAIR.regressed | PAIR.successAcked)) === 0;
}

/** Whether the image was confirmed after the job had been cancelled. */
export function isInstalledAfterCancel(state: RunState, job: number, node: number): boolean {
  // NaN, never cancelled or never confirmed, compares false.
  return state.columns.confirmedAtUs.get(job * state.columns.nodes + node) > state.cancelledAtUs[job]!;
}

function judge(state: RunState, job: number, node: number, isLost: boolean): number {
  const { columns } = state;
  const pair = job * columns.nodes + node;
  const bits = columns.pairBits.get(pair);
  const stage = columns.stage.get(pair);
  if (isLost && (bits & PAIR.settled) === 0) return NUMBER.lost;
  if ((columns.nodeBits.get(node) & NODE.bricked) !== 0) return NUMBER.bricked;
  if ((bits & PAIR.confirmed) !== 0) return NUMBER.success;
  if ((bits & PAIR.rolledBack) !== 0) return NUMBER.rolledBack;
  if (stage === STAGE.rejected) return NUMBER.rejected;
  const cancelledAtUs = state.cancelledAtUs[job]!;
  const startAtUs = columns.startAtUs.get(pair);
  if (!Number.isNaN(cancelledAtUs) && !(startAtUs <= cancelledAtUs)) return NUMBER.cancelled;
  if (stage === STAGE.expired) return NUMBER.expired;
  return stage === STAGE.failed ? NUMBER.failed : NUMBER.unfinished;
}

/** The number in `UNFINISHED` of a pair. A slot that is written but not confirmed is the end of a download. */
export function unfinishedState({ plan, columns }: RunState, job: number, node: number): number {
  const pair = job * columns.nodes + node;
  switch (columns.stage.get(pair)) {
    case STAGE.neverOffered: {
      const isApproved = plan.jobs[job]?.needsApproval !== true || Number.isFinite(columns.approvedAtUs.get(pair));
      return isApproved ? STATE.neverOffered : STATE.waitingForApproval;
    }
    case STAGE.delayed:
      return STATE.delayed;
    case STAGE.downloading:
    case STAGE.applied:
      return STATE.downloading;
    case STAGE.retrying:
      return STATE.retrying;
    default:
      return STATE.offered;
  }
}

/** Adds pairs up. */
class OutcomeTally {
  readonly #outcomes = new Float64Array(OUTCOMES.length);
  readonly #unfinished = new Float64Array(UNFINISHED.length * 2);
  #targeted = 0;
  #reachable = 0;
  #settled = 0;
  #settledUnseen = 0;
  #regressed = 0;
  #unreported = 0;
  #installedAfterCancel = 0;

  add(
    outcome: number,
    bits: number,
    unfinished: number,
    isOnline: boolean,
    isUnreportedPair: boolean,
    isAfterCancel: boolean,
  ): void {
    this.#targeted += 1;
    this.#outcomes[outcome]! += 1;
    if (isReachable(bits)) this.#reachable += 1;
    if ((bits & PAIR.settled) !== 0) {
      this.#settled += 1;
      if (!isReachable(bits)) this.#settledUnseen += 1;
    }
    if (outcome === NUMBER.unfinished) this.#unfinished[unfinished * 2 + (isOnline ? 0 : 1)]! += 1;
    if (outcome !== NUMBER.success) return;
    if ((bits & PAIR.regressed) !== 0) this.#regressed += 1;
    if (isUnreportedPair) this.#unreported += 1;
    if (isAfterCancel) this.#installedAfterCancel += 1;
  }

  counts(): OutcomeCounts {
    const classes = Object.fromEntries(OUTCOMES.map((name, number) => [name, this.#outcomes[number]!]));
    const unfinishedBy = Object.fromEntries(
      UNFINISHED.map((name, number) => [
        name,
        { online: this.#unfinished[number * 2]!, offline: this.#unfinished[number * 2 + 1]! },
      ]),
    );
    return {
      targeted: this.#targeted,
      reachable: this.#reachable,
      settled: this.#settled,
      settledUnseen: this.#settledUnseen,
      ...(classes as Record<Outcome, number>),
      unfinishedBy: unfinishedBy as OutcomeCounts["unfinishedBy"],
      regressed: this.#regressed,
      unreported: this.#unreported,
      installedAfterCancel: this.#installedAfterCancel,
    };
  }
}
