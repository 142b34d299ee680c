/**
 * The rules of the embedded backend, in the manner of ESP RainMaker's cloud: which job is a node's next, what a
 * status does to a job. Here are no sockets, topics, texts of offers, clock or chance: time arrives as epoch
 * milliseconds. The same object serves a real broker and a run in virtual time.
 * They stand in one place in spite of their length: each rule is a few lines and reads the others' state.
 */
import { RECORDED_BELIEFS, type RecordedBelief } from "../../base/belief.ts";
import { assert } from "../../base/assert.ts";
import { beliefOfCode, DELAYED, FAILED, IN_PROGRESS, NONE, REJECTED, STARTED, SUCCESS } from "./belief.ts";
import { JobQueue } from "./job-queue.ts";
import { KnownNodes } from "./known-nodes.ts";
import type { NodeFields } from "./known-nodes.ts";
import { newRulesCounters } from "./rules-counters.ts";
import type { RulesCounters } from "./rules-counters.ts";
import { dynamicOf } from "./job-plan.ts";
import { RulesJob } from "./rules-job.ts";
import type {
  BeliefCounts,
  DynamicTargets,
  ImageNumber,
  JobNumber,
  JobState,
  NodeNumber,
  RulesJobPlan,
  TargetRecord,
} from "./job-plan.ts";
import { isCredibleTime, judgeStatus } from "./status-verdict.ts";
import type { StatusOutcome } from "./status-verdict.ts";
import { finalCodes, isTimeoutPushed } from "./strictness.ts";
import type { Strictness } from "./strictness.ts";

export interface ImageFields {
  readonly project: string;
  readonly version: string;
  readonly sizeBytes: number;
}

export interface RulesOptions {
  /** Selftest: calls every node a success on its first status, as a careless backend would. */
  readonly believesFirstStatus?: boolean;
  /** Whose word counts where RainMaker's service and its documents differ; default the service's. */
  readonly strict?: Strictness | undefined;
  /** Hears of each node that a dynamic job takes in after its creation. */
  readonly onTakenIn?: ((job: JobNumber, node: NodeNumber) => void) | undefined;
  /** Hears of each job whose timeout is over. */
  readonly onExpired?: ((job: JobNumber) => void) | undefined;
}

export class OtaRules {
  readonly counters: RulesCounters = newRulesCounters();
  readonly #believesFirstStatus: boolean;
  readonly #strict: Strictness;
  readonly #isFinal: readonly boolean[];
  readonly #onTakenIn: (job: JobNumber, node: NodeNumber) => void;
  readonly #onExpired: (job: JobNumber) => void;
  readonly #nodes = new KnownNodes();
  readonly #images: ImageFields[] = [];
  readonly #jobs: RulesJob[] = [];
  readonly #queue = new JobQueue();

  constructor(options: RulesOptions = {}) {
    this.#believesFirstStatus = options.believesFirstStatus ?? false;
    this.#strict = options.strict ?? "rainmaker";
    this.#isFinal = finalCodes(this.#strict);
    this.#onTakenIn = options.onTakenIn ?? (() => {});
    this.#onExpired = options.onExpired ?? (() => {});
  }

  /** Makes a node known. `nowMs` is when dynamic jobs take it in; it may be left out where there are none. */
  addNode(fields: NodeFields, nowMs = 0): NodeNumber {
    const node = this.#nodes.add(fields);
    this.#takeIn(node, nowMs);
    return node;
  }

  /** What a node says of itself; dynamic jobs that it comes to match take it in. */
  updateNode(node: NodeNumber, fields: Partial<NodeFields>, nowMs: number): void {
    assert(node < this.#nodes.count, "rules know the node", node);
    this.#nodes.update(node, fields);
    this.#takeIn(node, nowMs);
  }

  /** Makes a node unknown: no later job takes it in. Jobs that have it as a target keep it. */
  removeNode(node: NodeNumber): void {
    this.#nodes.remove(node);
  }

  addImage(fields: ImageFields): ImageNumber {
    return this.#images.push(fields) - 1;
  }

  /**
   * Makes a job, which is served from then on. `isOnline` is asked only for a force push; `pushTo` lists the
   * targets to send the offer to at once, already "started": those that are online and have no job before this one.
   */
  createJob(
    plan: RulesJobPlan,
    nowMs: number,
    isOnline: (node: NodeNumber) => boolean = () => false,
  ): { readonly job: JobNumber; readonly pushTo: readonly NodeNumber[] } {
    this.expire(nowMs);
    const job = this.#addJob(plan, this.#targetsOf(plan), nowMs);
    this.counters.jobsCreated++;
    const isTimed = plan.timeoutMs !== undefined && plan.trigger === "default" && isTimeoutPushed(this.#strict);
    const pushTo = plan.trigger === "force-push" || isTimed ? this.#push(job, nowMs, isOnline) : [];
    return { job: job.number, pushTo };
  }

  /**
   * Answers whom to send the offer of an active job once more: the targets that are online, not done with it and have
   * no job before it. undefined: the job is over, or waits for users, who alone may start it.
   */
  retriggerJob(
    job: JobNumber,
    nowMs: number,
    isOnline: (node: NodeNumber) => boolean,
  ): readonly NodeNumber[] | undefined {
    this.expire(nowMs);
    const found = this.#job(job);
    if (found.state !== "active" || found.trigger === "user-approved") return undefined;
    return this.#push(found, nowMs, isOnline);
  }

  /**
   * The node's user approves. True: the job was waiting for that and is "started"; the caller sends the offer, whatever
   * else is pending for the node: the user chose. False: not its job, over, approved before, or one without approval.
   */
  approve(job: JobNumber, node: NodeNumber, nowMs: number): boolean {
    this.expire(nowMs);
    const found = this.#job(job);
    if (found.state !== "active" || !found.isWaitingFor(node)) return false;
    this.#start(found, node, nowMs);
    this.counters.approvals++;
    this.counters.pushes++;
    return true;
  }

  /** Whether an active job waits for the user of this node. */
  isWaitingForApproval(job: JobNumber, node: NodeNumber): boolean {
    const found = this.#job(job);
    return found.state === "active" && found.isWaitingFor(node);
  }

  /** The job that waits for the approval of the node's user; the first by priority, then age. */
  jobToApprove(node: NodeNumber, nowMs: number): JobNumber | undefined {
    this.expire(nowMs);
    return this.#queue.nextToApprove(node)?.number;
  }

  /** Stops offers. Nodes that have the offer already go on; what they report is late. False: it was over before. */
  cancelJob(job: JobNumber, nowMs: number): boolean {
    this.expire(nowMs);
    const found = this.#job(job);
    if (found.state !== "active") return false;
    this.#end(found, "cancelled");
    this.counters.jobsCancelled++;
    return true;
  }

  /** The node's next job by priority, then age, which goes to "started"; undefined = nothing pending. */
  answerFetch(node: NodeNumber, version: string, nowMs: number): JobNumber | undefined {
    assert(node < this.#nodes.count, "rules know the node", node);
    this.counters.fetches++;
    // Most say what was known: then no dynamic job needs to look at the node again.
    if (version !== "" && version !== this.#nodes.versionOf(node)) this.updateNode(node, { version }, nowMs);
    this.expire(nowMs);
    const job = this.#queue.nextOf(node);
    if (job === undefined) {
      this.counters.fetchesUnanswered++;
      return undefined;
    }
    this.counters.fetchesAnswered++;
    this.#start(job, node, nowMs);
    return job.number;
  }

  /**
   * Takes a question that arrives at a later instant, if its answer is "nothing" unless the node reports, or a job is made
   * or cancelled, before. False: it is not, or may not be, and nothing has changed.
   */
  answerNothing(node: NodeNumber, version: string, atMs: number): boolean {
    if (version !== "" && version !== this.#nodes.versionOf(node)) return false;
    if (atMs >= this.#queue.nextExpiryMs || this.#queue.nextOf(node) !== undefined) return false;
    this.counters.fetches++;
    this.counters.fetchesUnanswered++;
    return true;
  }

  /**
   * Takes what a node says about a job. `job` undefined: the text id is known to nobody. `nodeSeconds` is the
   * node's own clock; one that cannot be true is replaced by the backend's.
   */
  takeStatus(
    node: NodeNumber,
    job: JobNumber | undefined,
    status: string,
    text: string,
    nodeSeconds: number | undefined,
    nowMs: number,
  ): StatusOutcome {
    this.counters.statuses++;
    this.expire(nowMs);
    const found = job === undefined ? undefined : this.#jobs[job];
    if (found === undefined) {
      this.counters.statusesUnknownJob++;
      return "unknown job";
    }
    const said = judgeStatus(found, node, status);
    if (typeof said !== "number") {
      this.counters[said.counter]++;
      return said.outcome;
    }
    this.#apply(found, node, this.#believesFirstStatus ? SUCCESS : said, text, nodeSeconds, nowMs);
    return "applied";
  }

  /** Counts a message on the way to `takeStatus` that could not be read. */
  countUnreadable(): void {
    this.counters.statuses++;
    this.counters.statusesUnreadable++;
  }

  beliefOf(job: JobNumber, node: NodeNumber): RecordedBelief {
    return beliefOfCode(this.#job(job).table.codeOf(node));
  }

  counts(job: JobNumber): BeliefCounts {
    return this.#job(job).table.counts;
  }

  /** How many targets are done with the job. */
  doneCount(job: JobNumber): number {
    return this.#job(job).doneCount;
  }

  /** The earliest timeout of a job that is served; Infinity = there is none. */
  get nextExpiryMs(): number {
    return this.#queue.nextExpiryMs;
  }

  /** Ends the jobs whose timeout is over. Whatever takes a time does so by itself; who only looks must ask for it. */
  expire(nowMs: number): void {
    if (nowMs < this.#queue.nextExpiryMs) return;
    for (const job of this.#queue.expired(nowMs)) {
      this.#end(job, "expired");
      this.counters.jobsExpired++;
      this.#onExpired(job.number);
    }
  }

  stateOf(job: JobNumber): JobState {
    return this.#job(job).state;
  }

  imageOf(job: JobNumber): ImageNumber {
    return this.#job(job).image;
  }

  /** The targets of a job in the order of their numbers, from `fromNode` on. */
  targetsOf(job: JobNumber, fromNode: NodeNumber = 0): Iterable<NodeNumber> {
    return this.#job(job).table.targets(fromNode);
  }

  recordOf(job: JobNumber, node: NodeNumber): TargetRecord {
    return this.#job(job).table.record(node);
  }

  versionOf(node: NodeNumber): string {
    return this.#nodes.versionOf(node);
  }

  /** What is known of a node. */
  fieldsOf(node: NodeNumber): NodeFields {
    return this.#nodes.fieldsOf(node);
  }

  /** The nodes that match at this moment, in the order of their numbers. */
  nodesMatching(targets: DynamicTargets): Iterable<NodeNumber> {
    return this.#nodes.matching(targets);
  }

  get nodeCount(): number {
    return this.#nodes.knownCount;
  }

  get jobCount(): number {
    return this.#jobs.length;
  }

  /** Puts a job back as a store kept it, with the targets of its creation triggered; nothing is pushed or counted. */
  restoreJob(plan: RulesJobPlan, targets: Iterable<NodeNumber>, createdAtMs: number): JobNumber {
    return this.#addJob(plan, targets, createdAtMs).number;
  }

  /** Puts a record back as a store kept it; nothing is counted. */
  restoreTarget(job: JobNumber, record: TargetRecord): void {
    const found = this.#job(job);
    const code = RECORDED_BELIEFS.indexOf(record.belief);
    const isTarget = found.table.codeOf(record.node) !== NONE || found.dynamic !== undefined;
    if (!isTarget || code <= NONE) return;
    found.table.set(record.node, code, record.atSeconds, record.isNodeTime);
    found.table.setText(record.node, record.text);
    if (found.state === "active" && found.isFinal(code) && found.isDone) this.#end(found, "finished");
  }

  /** Puts a job's end back as a store kept it; nothing is counted. */
  restoreState(job: JobNumber, state: JobState): void {
    const found = this.#job(job);
    if (found.state === "active" && state !== "active") this.#end(found, state);
  }

  #job(job: JobNumber): RulesJob {
    const found = this.#jobs[job];
    assert(found !== undefined, "rules know the job", job);
    return found;
  }

  #start(job: RulesJob, node: NodeNumber, nowMs: number): void {
    job.table.set(node, STARTED, Math.floor(nowMs / 1000), false);
    job.table.setText(node, "");
  }

  #apply(
    job: RulesJob,
    node: NodeNumber,
    code: number,
    text: string,
    nodeSeconds: number | undefined,
    nowMs: number,
  ): void {
    const nowSeconds = Math.floor(nowMs / 1000);
    const isNodeTime = isCredibleTime(nodeSeconds, nowSeconds);
    job.table.set(node, code, isNodeTime ? nodeSeconds : nowSeconds, isNodeTime);
    job.table.setText(node, text);
    this.counters.statusesApplied++;
    this.#countApplied(code);
    if (job.isFinal(code) && job.isDone) {
      this.#end(job, "finished");
      this.counters.jobsFinished++;
    }
  }

  #countApplied(code: number): void {
    if (code === IN_PROGRESS) this.counters.appliedInProgress++;
    else if (code === DELAYED) this.counters.appliedDelayed++;
    else if (code === SUCCESS) this.counters.appliedSuccess++;
    else if (code === FAILED) this.counters.appliedFailed++;
    else if (code === REJECTED) this.counters.appliedRejected++;
  }

  #targetsOf(plan: RulesJobPlan): Iterable<NodeNumber> {
    const dynamic = dynamicOf(plan);
    if (dynamic !== undefined) return this.#nodes.matching(dynamic);
    return plan.targets === "all" ? this.#nodes.matching({}) : (plan.targets as Iterable<NodeNumber>);
  }

  #addJob(plan: RulesJobPlan, targets: Iterable<NodeNumber>, nowMs: number): RulesJob {
    assert(this.#images[plan.image] !== undefined, "rules know the image", plan.image);
    const job = new RulesJob(this.#jobs.length, plan, targets, nowMs, this.#isFinal);
    this.#jobs.push(job);
    this.#queue.add(job);
    return job;
  }

  #push(job: RulesJob, nowMs: number, isOnline: (node: NodeNumber) => boolean): readonly NodeNumber[] {
    const pushTo: NodeNumber[] = [];
    for (const node of job.table.targets()) {
      if (!isOnline(node) || this.#queue.nextOf(node) !== job) continue;
      this.#start(job, node, nowMs);
      pushTo.push(node);
    }
    this.counters.pushes += pushTo.length;
    return pushTo;
  }

  /** Dynamic jobs look at a node that is new or has said something else of itself. */
  #takeIn(node: NodeNumber, nowMs: number): void {
    if (this.#queue.dynamic.length === 0) return;
    this.expire(nowMs);
    for (const job of this.#queue.dynamic) {
      const isMatch = job.dynamic !== undefined && this.#nodes.matches(node, job.dynamic);
      if (isMatch && job.takeIn(node, nowMs)) this.#onTakenIn(job.number, node);
    }
  }

  #end(job: RulesJob, state: JobState): void {
    job.state = state;
    this.#queue.remove(job);
  }
}
