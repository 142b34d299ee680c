/**
 * What the reducer remembers of each node and of each (node, job) pair, in typed arrays: sixty million records come
 * by in a long virtual run, and none may allocate. Every row is written by the records of one node alone, which come
 * in order from one shard, so rows of different shards merge by copying.
 */
import { assert } from "../base/assert.ts";
import { NO_JOB } from "./event-record.ts";
import { type RunPlan, isTargeted } from "./run-plan.ts";

/** Bits of a node. */
export const NODE = {
  seen: 1,
  online: 2,
  dialling: 4,
  /** Network or power went away after the last dial: it may end without a word. */
  interrupted: 8,
  downloading: 16,
  /** An image was applied, and the node has not connected since. */
  rebooting: 32,
  /** An image boots for the first time and is neither confirmed nor rolled back yet. */
  testing: 64,
  bricked: 128,
  released: 256,
  dropped: 512,
  /** Its worker was lost; what it runs was found in the shared rows. */
  found: 1024,
} as const;

/** Bits of a pair. */
export const PAIR = {
  targeted: 1,
  /** Connected after the job was created. */
  connectedSince: 2,
  /** Online when the job was created. */
  onlineAtStart: 4,
  confirmed: 8,
  rolledBack: 16,
  regressed: 32,
  /** The node sent the status success. */
  saidSuccess: 64,
  successAcked: 128,
  /** A final status was acknowledged since the last download began. */
  finalAcked: 256,
  finalAckedEver: 512,
  /** All attempts of the last offer are used up. */
  spent: 1024,
  /** Offered again after a roll-back. */
  reoffered: 2048,
  settled: 4096,
  /** A second update began between the first one's end and the reboot, and has not ended. */
  secondOffer: 8192,
} as const;

/** Where a pair stands by the last record of it; outcomes that are for ever (confirmed, rolled back) are bits. */
export const STAGE = {
  neverOffered: 0,
  offered: 1,
  delayed: 2,
  downloading: 3,
  retrying: 4,
  applied: 5,
  confirmed: 6,
  rolledBack: 7,
  rejected: 8,
  expired: 9,
  failed: 10,
} as const;

/** A number of `STAGE`. */
export type Stage = (typeof STAGE)[keyof typeof STAGE];

/**
 * How a released target came to a bad end: `hit` was harmed by the image, `refused` did not take it, and `overtaken`
 * rolled back as a second offer came before its reboot, whatever the image is like.
 */
export const BAD_END = { none: 0, hit: 1, refused: 2, overtaken: 3 } as const;

/** The memory of one reduction. Pairs are found at `job * nodes + node`. NaN = did not happen. */
export class Columns {
  readonly nodes: number;
  readonly jobs: number;
  // by node ------------------------------------------------------------------------------------------------------
  readonly nodeBits: Uint16Array;
  readonly cohortOf: Uint16Array;
  /** The job whose image runs; NO_JOB = none of the run's. */
  readonly runs: Uint16Array;
  /** Messages on the way, and fetches acknowledged since the last offer; the last two stop at 255. */
  readonly fetchesOpen: Uint8Array;
  readonly reportsOpen: Uint8Array;
  readonly fetchesUnanswered: Uint8Array;
  /** Begin of the running phase: download, then reboot. And of the self-test, which overlaps the reboot. */
  readonly phaseAtUs: Float64Array;
  readonly bootAtUs: Float64Array;
  // by pair ------------------------------------------------------------------------------------------------------
  readonly stage: Uint8Array;
  readonly pairBits: Uint16Array;
  /** Class of outcome as of the last record; see `standing.ts`. */
  readonly standing: Uint8Array;
  /** How the last cycle ended (0 = none has), and how often in a row it ended so before. */
  readonly cycle: Uint8Array;
  readonly repeats: Uint8Array;
  readonly offersSince: Uint8Array;
  readonly attempts: Uint8Array;
  /** Why it last failed, refused or fell back; see `end-reason.ts`. */
  readonly reason: Uint8Array;
  readonly resumedFrom: Uint32Array;
  readonly offerAtUs: Float64Array;
  readonly startAtUs: Float64Array;
  readonly confirmedAtUs: Float64Array;
  readonly reportedAtUs: Float64Array;
  /** When the node's user approved; Infinity = never will. Empty where no job needs it. */
  readonly approvedAtUs: Float64Array;
  // of a rollout in stages; empty where no job has one ---------------------------------------------------------------
  readonly hasStages: boolean;
  /** The stage in which the operator released the target + 1, and when; 0 = not released. */
  readonly stageOf: Uint8Array;
  readonly releasedAtUs: Float64Array;
  /** When the image was first written whole. */
  readonly appliedAtUs: Float64Array;
  /** How a released target first came to a bad end, and when; see `BAD_END`. */
  readonly badEnd: Uint8Array;
  readonly badEndAtUs: Float64Array;
  // wall time waited for the backend, µs since the run began; empty where the fleet's clock is not compressed -------
  readonly hasWaits: boolean;
  readonly waited: Float64Array;
  readonly phaseWaited: Float64Array;
  readonly bootWaited: Float64Array;
  readonly jobWaited: Float64Array;
  readonly offerWaited: Float64Array;
  readonly startWaited: Float64Array;
  readonly confirmedWaited: Float64Array;
  readonly reportedWaited: Float64Array;

  constructor(plan: RunPlan) {
    const nodes = plan.nodes;
    const pairs = nodes * plan.jobs.length;
    this.nodes = nodes;
    this.jobs = plan.jobs.length;
    this.nodeBits = new Uint16Array(nodes);
    this.cohortOf = new Uint16Array(nodes);
    plan.cohorts.forEach((cohort, number) => this.cohortOf.fill(number, cohort.from, cohort.until));
    this.runs = new Uint16Array(nodes).fill(NO_JOB);
    this.fetchesOpen = new Uint8Array(nodes);
    this.reportsOpen = new Uint8Array(nodes);
    this.fetchesUnanswered = new Uint8Array(nodes);
    this.phaseAtUs = never(nodes);
    this.bootAtUs = never(nodes);
    this.stage = new Uint8Array(pairs);
    this.pairBits = new Uint16Array(pairs);
    this.standing = new Uint8Array(pairs);
    this.cycle = new Uint8Array(pairs);
    this.repeats = new Uint8Array(pairs);
    this.offersSince = new Uint8Array(pairs);
    this.attempts = new Uint8Array(pairs);
    this.reason = new Uint8Array(pairs);
    this.resumedFrom = new Uint32Array(pairs);
    this.offerAtUs = never(pairs);
    this.startAtUs = never(pairs);
    this.confirmedAtUs = never(pairs);
    this.reportedAtUs = never(pairs);
    this.approvedAtUs = never(plan.jobs.some(({ needsApproval }) => needsApproval === true) ? pairs : 0);
    this.hasStages = plan.jobs.some(({ stages }) => stages !== undefined);
    const staged = this.hasStages ? pairs : 0;
    this.stageOf = new Uint8Array(staged);
    this.releasedAtUs = never(staged);
    this.appliedAtUs = never(staged);
    this.badEnd = new Uint8Array(staged);
    this.badEndAtUs = never(staged);
    this.hasWaits = plan.speed !== 1;
    const [waitNodes, waitPairs] = this.hasWaits ? [nodes, pairs] : [0, 0];
    this.waited = new Float64Array(waitNodes);
    this.phaseWaited = new Float64Array(waitNodes);
    this.bootWaited = new Float64Array(waitNodes);
    this.jobWaited = new Float64Array(waitPairs);
    this.offerWaited = new Float64Array(waitPairs);
    this.startWaited = new Float64Array(waitPairs);
    this.confirmedWaited = new Float64Array(waitPairs);
    this.reportedWaited = new Float64Array(waitPairs);
    plan.jobs.forEach((job, number) => {
      for (let node = 0; node < nodes; node++) {
        if (isTargeted(job, node)) this.pairBits[number * nodes + node] = PAIR.targeted;
      }
    });
  }

  /** Takes over the rows of every node that `other` has seen. A node belongs to one shard, its user to none. */
  take(other: Columns): void {
    other.approvedAtUs.forEach((atUs, pair) => {
      if (!Number.isNaN(atUs)) this.approvedAtUs[pair] = atUs;
    });
    other.stageOf.forEach((stage, pair) => {
      if (stage === 0) return;
      this.stageOf[pair] = stage;
      this.releasedAtUs[pair] = other.releasedAtUs[pair]!;
    });
    for (let node = 0; node < this.nodes; node++) {
      if ((other.nodeBits[node]! & NODE.seen) === 0) continue;
      assert((this.nodeBits[node]! & NODE.seen) === 0, `node ${node} has records of two shards`);
      copyRow(this.#byNode(), other.#byNode(), node);
      for (let job = 0; job < this.jobs; job++) copyRow(this.#byPair(), other.#byPair(), job * this.nodes + node);
    }
  }

  #byNode(): readonly Column[] {
    const whole = [this.nodeBits, this.runs, this.fetchesOpen, this.reportsOpen, this.fetchesUnanswered];
    const times = [this.phaseAtUs, this.bootAtUs];
    return this.hasWaits ? [...whole, ...times, this.waited, this.phaseWaited, this.bootWaited] : [...whole, ...times];
  }

  #byPair(): readonly Column[] {
    const small: Column[] = [
      this.stage,
      this.pairBits,
      this.standing,
      this.cycle,
      this.repeats,
      this.offersSince,
      this.attempts,
      this.reason,
    ];
    const times: Column[] = [this.resumedFrom, this.offerAtUs, this.startAtUs, this.confirmedAtUs, this.reportedAtUs];
    if (this.hasStages) times.push(this.appliedAtUs, this.badEndAtUs);
    if (this.hasStages) small.push(this.badEnd);
    const waits = [this.jobWaited, this.offerWaited, this.startWaited, this.confirmedWaited, this.reportedWaited];
    return this.hasWaits ? [...small, ...times, ...waits] : [...small, ...times];
  }
}

type Column = Uint8Array | Uint16Array | Uint32Array | Float64Array;

function copyRow(into: readonly Column[], from: readonly Column[], row: number): void {
  for (let column = 0; column < into.length; column++) into[column]![row] = from[column]![row]!;
}

function never(length: number): Float64Array {
  return new Float64Array(length).fill(Number.NaN);
}
