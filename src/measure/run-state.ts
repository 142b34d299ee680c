/**
 * The state of a reduction. It grows by records (`reducer.ts`) and is read by everything that a run says. Two states
 * over records of different shards merge into the state over all of them.
 */
import { Columns, NODE, PAIR } from "./columns.ts";
import type { OperatorActResult } from "./run-result.ts";
import { RECORD_KINDS, type RecordKind } from "./event-record.ts";
import { ImageFaultCounts } from "./image-fault-counts.ts";
import { LatencyTally } from "./latency-tally.ts";
import { checkPlan, type RunPlan } from "./run-plan.ts";
import { ShardAccounts } from "./shard-account.ts";
import { Sojourns } from "./sojourns.ts";
import { Standing } from "./standing.ts";
import { TimelineTally } from "./timeline-tally.ts";

/** Values of the byte `detail`. */
const DETAILS = 256;

/** What was counted while records streamed by. */
export class RunState {
  readonly plan: RunPlan;
  readonly columns: Columns;
  readonly tally: TimelineTally;
  readonly latencies: LatencyTally;
  readonly standing: Standing;
  readonly shards = new ShardAccounts();
  /** Records by kind and detail. */
  readonly #counts = new Float64Array(RECORD_KINDS.length * DETAILS);
  /** When each job was created; Infinity = not yet, so that every instant lies before it. NaN = never cancelled. */
  readonly createdAtUs: Float64Array;
  readonly cancelledAtUs: Float64Array;
  /** When the stop rule of each job's rollout fired; NaN = never. Which part of it, by `STOP_REASONS`, and on what. */
  readonly stoppedAtUs: Float64Array;
  readonly stopReason: Uint8Array;
  readonly stopHits: Float64Array;
  readonly stopOf: Float64Array;
  /** 1 = the job's validity is over, and its waiting pairs were told. */
  readonly isExpired: Uint8Array;
  /** Dials that ended without a word because network or power went away. */
  dialsGivenUp = 0;
  /** Fetches lost that had been sent; lost before they were sent, they are no latency's business. */
  fetchesLostOnTheWay = 0;
  /** What the timeline let the operator do, in the order of time. */
  readonly operatorActs: OperatorActResult[] = [];
  /** How often faults that images bring were drawn, and took place. */
  readonly faultsOfImages = new ImageFaultCounts();
  /** Downloads, from start to end of each attempt. */
  readonly sojourns = new Sojourns();
  imageBytesReceived = 0;
  /** Of them, those of attempts that did not come to the image's end. */
  imageBytesBroken = 0;
  /** Offers for jobs that do not target the node. */
  strayOffers = 0;
  /** Offers of a job in stages for targets that the operator had not released. */
  offersBeforeRelease = 0;
  /** Records that name a node or job which the plan does not have, and records that could not be read. */
  unknownRecords = 0;
  tornBytes = 0;
  lastAtUs = 0;

  constructor(plan: RunPlan) {
    checkPlan(plan);
    this.plan = plan;
    this.columns = new Columns(plan);
    this.tally = new TimelineTally(plan);
    this.latencies = new LatencyTally(plan.cohorts.length);
    this.createdAtUs = new Float64Array(plan.jobs.length).fill(Infinity);
    this.cancelledAtUs = new Float64Array(plan.jobs.length).fill(Number.NaN);
    this.stoppedAtUs = new Float64Array(plan.jobs.length).fill(Number.NaN);
    this.stopReason = new Uint8Array(plan.jobs.length);
    this.stopHits = new Float64Array(plan.jobs.length);
    this.stopOf = new Float64Array(plan.jobs.length);
    this.isExpired = new Uint8Array(plan.jobs.length);
    this.standing = new Standing(this.columns, this.tally, this.cancelledAtUs);
  }

  count(kind: number, detail: number, times = 1): void {
    this.#counts[kind * DETAILS + detail]! += times;
  }

  /** Records of a kind with a detail. */
  countOf(kind: number, detail: number): number {
    return this.#counts[kind * DETAILS + detail] ?? 0;
  }

  /** Records of a kind. */
  countOfKind(kind: RecordKind): number {
    const from = RECORD_KINDS.indexOf(kind) * DETAILS;
    let sum = 0;
    for (let at = from; at < from + DETAILS; at++) sum += this.#counts[at]!;
    return sum;
  }

  /** Notes what the node had waited for the backend when a step of its life happened. */
  noteWaited(node: number, atUs: number, waitedUs: number): void {
    const columns = this.columns;
    if (!columns.hasWaits) return;
    columns.waited[node] = waitedUs;
    for (let job = 0; job < columns.jobs; job++) {
      if (atUs <= this.createdAtUs[job]!) columns.jobWaited[job * columns.nodes + node] = waitedUs;
    }
  }

  /** The wall time that a node has waited for the backend so far; 0 where the clock is not compressed. */
  waitedOf(node: number): number {
    return this.columns.hasWaits ? this.columns.waited[node]! : 0;
  }

  /** The node's link came up or went down: the timeline, and who is reachable. */
  setOnline(node: number, atUs: number, isOnline: boolean): void {
    const { nodeBits, jobs, nodes } = this.columns;
    const wasOnline = (nodeBits.get(node) & NODE.online) !== 0;
    if (wasOnline !== isOnline) {
      nodeBits.set(node, nodeBits.get(node) ^ NODE.online);
      this.tally.add(0, atUs, isOnline ? 1 : -1);
    }
    for (let job = 0; job < jobs; job++) {
      const pair = job * nodes + node;
      if (atUs > this.createdAtUs[job]!) {
        if (isOnline) this.standing.setReachability(pair, PAIR.connectedSince, 0);
      } else if (isOnline) this.standing.setReachability(pair, PAIR.onlineAtStart, 0);
      else this.standing.setReachability(pair, 0, PAIR.onlineAtStart);
    }
  }

  /** Takes over what `other` counted. Their records belong to different shards, apart from those of the jobs. */
  take(other: RunState): void {
    this.columns.take(other.columns);
    this.tally.merge(other.tally);
    this.latencies.merge(other.latencies);
    this.shards.take(other.shards);
    this.sojourns.take(other.sojourns);
    this.faultsOfImages.take(other.faultsOfImages);
    for (let at = 0; at < this.#counts.length; at++) this.#counts[at]! += other.#counts[at]!;
    for (let job = 0; job < this.plan.jobs.length; job++) {
      this.createdAtUs[job] = Math.min(this.createdAtUs[job]!, other.createdAtUs[job]!);
      this.isExpired[job]! |= other.isExpired[job]!;
      if (!Number.isNaN(other.cancelledAtUs[job]!)) this.cancelledAtUs[job] = other.cancelledAtUs[job]!;
      if (!Number.isNaN(other.stoppedAtUs[job]!)) {
        this.stoppedAtUs[job] = other.stoppedAtUs[job]!;
        this.stopReason[job] = other.stopReason[job]!;
        this.stopHits[job] = other.stopHits[job]!;
        this.stopOf[job] = other.stopOf[job]!;
      }
    }
    if (this.operatorActs.length === 0) this.operatorActs.push(...other.operatorActs);
    this.dialsGivenUp += other.dialsGivenUp;
    this.fetchesLostOnTheWay += other.fetchesLostOnTheWay;
    this.imageBytesReceived += other.imageBytesReceived;
    this.imageBytesBroken += other.imageBytesBroken;
    this.strayOffers += other.strayOffers;
    this.offersBeforeRelease += other.offersBeforeRelease;
    this.unknownRecords += other.unknownRecords;
    this.tornBytes += other.tornBytes;
    this.lastAtUs = Math.max(this.lastAtUs, other.lastAtUs);
    this.standing.changedAtUs = Math.max(this.standing.changedAtUs, other.standing.changedAtUs);
    this.standing.recount();
  }
}
