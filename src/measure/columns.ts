/**
 * What the reducer remembers of each node and of each (node, job) pair, in typed arrays: sixty million records come
 * by in a long virtual run, and none may allocate. Every row is written by the records of one node alone, which come
 * in order from one shard, so rows of different shards merge by copying.
 */
import { assert } from "../base/assert.ts";
import { NO_JOB } from "./event-record.ts";
import {
  type F64Column,
  type FieldColumn,
  FieldTable,
  type U16Column,
  type U32Column,
  type U8Column,
} from "../base/field-table.ts";
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
  /** A fault of the job's image struck the node. */
  struck: 16_384,
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

/** Widths of a row: with these a node and a pair lie in a line or two of a processor's cache each. */
const NODE_BYTES = 32;
const PAIR_BYTES = 48;

/** How many pairs of node and job fit, where no buffer is longer than so many bytes. */
export function pairsMax(bufferBytesMax: number): number {
  return Math.floor(bufferBytesMax / PAIR_BYTES);
}

/** The memory of one reduction. Pairs are found at `job * nodes + node`. NaN = did not happen. */
export class Columns {
  readonly nodes: number;
  readonly jobs: number;
  // by node ------------------------------------------------------------------------------------------------------
  readonly nodeBits: U16Column;
  readonly cohortOf: U16Column;
  /** The job whose image runs; NO_JOB = none of the run's. */
  readonly runs: U16Column;
  /** Messages on the way, and fetches acknowledged since the last offer; the last two stop at 255. */
  readonly fetchesOpen: U8Column;
  readonly reportsOpen: U8Column;
  readonly fetchesUnanswered: U8Column;
  /** Faults that it was born with, a bit each by their number. */
  readonly ownFaults: U16Column;
  /** What ended the image that runs, as far as events told it yet; see `end-reason.ts`. */
  readonly blow: U8Column;
  /** Begin of the running phase: download, then reboot. And of the self-test, which overlaps the reboot. */
  readonly phaseAtUs: F64Column;
  readonly bootAtUs: F64Column;
  // by pair ------------------------------------------------------------------------------------------------------
  readonly stage: U8Column;
  readonly pairBits: U16Column;
  /** Class of outcome as of the last record; see `standing.ts`. */
  readonly standing: U8Column;
  /** How the last cycle ended (0 = none has), and how often in a row it ended so before. */
  readonly cycle: U8Column;
  readonly repeats: U8Column;
  readonly offersSince: U8Column;
  readonly attempts: U8Column;
  /** Why it last failed, refused or fell back; see `end-reason.ts`. */
  readonly reason: U8Column;
  readonly resumedFrom: U32Column;
  readonly offerAtUs: F64Column;
  readonly startAtUs: F64Column;
  readonly confirmedAtUs: F64Column;
  readonly reportedAtUs: F64Column;
  /** When the node's user approved; Infinity = never will. Empty where no job needs it. */
  readonly hasApprovals: boolean;
  readonly approvedAtUs: F64Column;
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
  /** By pair, of the few targets that were overtaken and hit after it: when they were overtaken. */
  readonly overtakenBeforeHitAtUs = new Map<number, number>();
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

  readonly #nodeTable: FieldTable;
  readonly #pairTable: FieldTable;

  constructor(plan: RunPlan) {
    const nodes = plan.nodes;
    const pairs = nodes * plan.jobs.length;
    this.nodes = nodes;
    this.jobs = plan.jobs.length;
    const byNode = new FieldTable(nodes, NODE_BYTES);
    this.#nodeTable = byNode;
    this.phaseAtUs = neverIn(byNode.f64());
    this.bootAtUs = neverIn(byNode.f64());
    this.nodeBits = byNode.u16();
    this.cohortOf = byNode.u16();
    this.runs = filled(byNode.u16(), NO_JOB);
    this.fetchesOpen = byNode.u8();
    this.reportsOpen = byNode.u8();
    this.fetchesUnanswered = byNode.u8();
    this.blow = byNode.u8();
    this.ownFaults = byNode.u16();
    plan.cohorts.forEach((cohort, number) => {
      for (let node = cohort.from; node < cohort.until; node++) this.cohortOf.set(node, number);
    });
    const byPair = new FieldTable(pairs, PAIR_BYTES);
    this.#pairTable = byPair;
    this.offerAtUs = neverIn(byPair.f64());
    this.startAtUs = neverIn(byPair.f64());
    this.confirmedAtUs = neverIn(byPair.f64());
    this.reportedAtUs = neverIn(byPair.f64());
    this.resumedFrom = byPair.u32();
    this.pairBits = byPair.u16();
    this.stage = byPair.u8();
    this.standing = byPair.u8();
    this.cycle = byPair.u8();
    this.repeats = byPair.u8();
    this.offersSince = byPair.u8();
    this.attempts = byPair.u8();
    this.reason = byPair.u8();
    this.hasApprovals = plan.jobs.some(({ needsApproval }) => needsApproval === true);
    this.approvedAtUs = neverIn(new FieldTable(this.hasApprovals ? pairs : 0, 8).f64());
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
        if (isTargeted(job, node)) this.pairBits.set(number * nodes + node, PAIR.targeted);
      }
    });
  }

  /** Reads what is remembered of a node, so that it is near when a record of it comes. */
  touch(node: number): number {
    let read = this.#nodeTable.touch(node);
    for (let pair = node; pair < this.#pairTable.rows; pair += this.nodes) read += this.#pairTable.touch(pair);
    return read;
  }

  /** Takes over the rows of every node that `other` has seen. A node belongs to one shard, its user to none. */
  take(other: Columns): void {
    for (let pair = 0; pair < other.approvedAtUs.length; pair++) {
      const atUs = other.approvedAtUs.get(pair);
      if (!Number.isNaN(atUs)) this.approvedAtUs.set(pair, atUs);
    }
    other.stageOf.forEach((stage, pair) => {
      if (stage === 0) return;
      this.stageOf[pair] = stage;
      this.releasedAtUs[pair] = other.releasedAtUs[pair]!;
    });
    other.overtakenBeforeHitAtUs.forEach((atUs, pair) => this.overtakenBeforeHitAtUs.set(pair, atUs));
    for (let node = 0; node < this.nodes; node++) {
      if ((other.nodeBits.get(node) & NODE.seen) === 0) continue;
      assert((this.nodeBits.get(node) & NODE.seen) === 0, `node ${node} has records of two shards`);
      copyRow(this.#byNode(), other.#byNode(), node);
      for (let job = 0; job < this.jobs; job++) copyRow(this.#byPair(), other.#byPair(), job * this.nodes + node);
    }
  }

  #byNode(): readonly Column[] {
    const whole = [
      this.nodeBits,
      this.runs,
      this.fetchesOpen,
      this.reportsOpen,
      this.fetchesUnanswered,
      this.blow,
      this.ownFaults,
    ];
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

type Column = FieldColumn | Uint8Array | Float64Array;

function copyRow(into: readonly Column[], from: readonly Column[], row: number): void {
  for (let column = 0; column < into.length; column++) write(into[column]!, row, read(from[column]!, row));
}

function read(column: Column, row: number): number {
  return "get" in column ? column.get(row) : column[row]!;
}

function write(column: Column, row: number, value: number): void {
  // An array has a `set` of another kind.
  if ("get" in column) column.set(row, value);
  else column[row] = value;
}

function never(length: number): Float64Array {
  return new Float64Array(length).fill(Number.NaN);
}

function filled<C extends FieldColumn>(column: C, value: number): C {
  for (let row = 0; row < column.length; row++) column.set(row, value);
  return column;
}

function neverIn(column: F64Column): F64Column {
  return filled(column, Number.NaN);
}
