/**
 * The rules of the embedded backend, in the manner of ESP RainMaker's cloud: which job is a node's next, what a
 * status does to a job. Here are no sockets, topics, texts of offers, clock or chance: time arrives as epoch
 * milliseconds. The same object serves a real broker and a run in virtual time.
 * They stand in one place in spite of their length: each rule is a few lines and reads the others' state.
 */
import { RECORDED_BELIEFS, type RecordedBelief } from "../../base/belief.ts";
import { assert } from "../../base/assert.ts";
import {
  beliefOfCode,
  codeOfStatus,
  DELAYED,
  FAILED,
  IN_PROGRESS,
  isAbsorbing,
  NONE,
  REJECTED,
  STARTED,
  SUCCESS,
} from "./belief.ts";
import { JobQueue } from "./job-queue.ts";
import { newRulesCounters } from "./rules-counters.ts";
import type { RulesCounters } from "./rules-counters.ts";
import { RulesJob } from "./rules-job.ts";
import type {
  BeliefCounts,
  ImageNumber,
  JobNumber,
  JobState,
  NodeNumber,
  RulesJobPlan,
  TargetRecord,
} from "./rules-job.ts";

export interface NodeFields {
  readonly project: string;
  readonly version: string;
}

export interface ImageFields {
  readonly project: string;
  readonly version: string;
  readonly sizeBytes: number;
}

export interface RulesOptions {
  /** Selftest: calls every node a success on its first status, as a careless backend would. */
  readonly believesFirstStatus?: boolean;
}

/** What became of a status. `late`: the node was done with the job, or the job was over; nothing changed. */
export type StatusOutcome = "applied" | "late" | "unknown job" | "unknown status" | "not a target";

/** Before 2019 a node's clock was never set: RainMaker's firmware draws the line at the same second. */
const CLOCK_SET_AFTER_SECONDS = 1_546_300_800;
/** A node's clock may run ahead by so much and still be believed. */
const CLOCK_AHEAD_MAX_SECONDS = 86_400;

export class OtaRules {
  readonly counters: RulesCounters = newRulesCounters();
  readonly #believesFirstStatus: boolean;
  readonly #projects: string[] = [];
  readonly #versions: string[] = [];
  readonly #images: ImageFields[] = [];
  readonly #jobs: RulesJob[] = [];
  readonly #queue = new JobQueue();

  constructor(options: RulesOptions = {}) {
    this.#believesFirstStatus = options.believesFirstStatus ?? false;
  }

  addNode(fields: NodeFields): NodeNumber {
    this.#versions.push(fields.version);
    return this.#projects.push(fields.project) - 1;
  }

  /** What a node says of itself. */
  updateNode(node: NodeNumber, fields: Partial<NodeFields>): void {
    assert(node < this.#projects.length, `rules know node ${node}`);
    if (fields.project !== undefined) this.#projects[node] = fields.project;
    if (fields.version !== undefined) this.#versions[node] = fields.version;
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
    this.#expire(nowMs);
    const job = this.#addJob(plan, nowMs);
    this.counters.jobsCreated++;
    const pushTo: NodeNumber[] = [];
    if (plan.trigger === "force-push") {
      for (const node of job.targets()) {
        if (!isOnline(node) || this.#queue.nextOf(node) !== job) continue;
        this.#start(job, node, nowMs);
        pushTo.push(node);
      }
      this.counters.pushes += pushTo.length;
    }
    return { job: job.number, pushTo };
  }

  /** Stops offers. Nodes that have the offer already go on; what they report is late. False: it was over before. */
  cancelJob(job: JobNumber, nowMs: number): boolean {
    this.#expire(nowMs);
    const found = this.#job(job);
    if (found.state !== "active") return false;
    this.#end(found, "cancelled");
    this.counters.jobsCancelled++;
    return true;
  }

  /** The node's next job by priority, then age, which goes to "started"; undefined = nothing pending. */
  answerFetch(node: NodeNumber, version: string, nowMs: number): JobNumber | undefined {
    assert(node < this.#projects.length, `rules know node ${node}`);
    this.counters.fetches++;
    if (version !== "") this.#versions[node] = version;
    if (nowMs >= this.#queue.nextExpiryMs) this.#expire(nowMs);
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
    if (nowMs >= this.#queue.nextExpiryMs) this.#expire(nowMs);
    const found = job === undefined ? undefined : this.#jobs[job];
    if (found === undefined) {
      this.counters.statusesUnknownJob++;
      return "unknown job";
    }
    const said = codeOfStatus(status);
    if (said === undefined) {
      this.counters.statusesUnknownStatus++;
      return "unknown status";
    }
    const before = found.codeOf(node);
    if (before === NONE) {
      this.counters.statusesNotATarget++;
      return "not a target";
    }
    if (found.state === "cancelled") {
      this.counters.statusesAfterCancel++;
      return "late";
    }
    if (found.state === "expired") {
      this.counters.statusesAfterExpiry++;
      return "late";
    }
    if (isAbsorbing(before)) {
      this.counters.statusesLate++;
      return "late";
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
    return beliefOfCode(this.#job(job).codeOf(node));
  }

  counts(job: JobNumber): BeliefCounts {
    return this.#job(job).counts;
  }

  stateOf(job: JobNumber): JobState {
    return this.#job(job).state;
  }

  imageOf(job: JobNumber): ImageNumber {
    return this.#job(job).image;
  }

  /** The targets of a job in the order of their numbers, from `fromNode` on. */
  targetsOf(job: JobNumber, fromNode: NodeNumber = 0): Iterable<NodeNumber> {
    return this.#job(job).targets(fromNode);
  }

  recordOf(job: JobNumber, node: NodeNumber): TargetRecord {
    return this.#job(job).record(node);
  }

  versionOf(node: NodeNumber): string {
    return this.#versions[node] ?? "";
  }

  projectOf(node: NodeNumber): string {
    return this.#projects[node] ?? "";
  }

  get nodeCount(): number {
    return this.#projects.length;
  }

  get jobCount(): number {
    return this.#jobs.length;
  }

  /** Puts a job back as a store kept it, with every target triggered; nothing is pushed or counted. */
  restoreJob(plan: RulesJobPlan, createdAtMs: number): JobNumber {
    return this.#addJob(plan, createdAtMs).number;
  }

  /** Puts a record back as a store kept it; nothing is counted. */
  restoreTarget(job: JobNumber, record: TargetRecord): void {
    const found = this.#job(job);
    const code = RECORDED_BELIEFS.indexOf(record.belief);
    if (found.codeOf(record.node) === NONE || code <= NONE) return;
    found.set(record.node, code, record.atSeconds, record.isNodeTime);
    found.setText(record.node, record.text);
    if (found.state === "active" && isAbsorbing(code) && found.isDone) this.#end(found, "finished");
  }

  /** Puts a job's end back as a store kept it; nothing is counted. */
  restoreState(job: JobNumber, state: JobState): void {
    const found = this.#job(job);
    if (found.state === "active" && state !== "active") this.#end(found, state);
  }

  #job(job: JobNumber): RulesJob {
    const found = this.#jobs[job];
    assert(found !== undefined, `rules know job ${job}`);
    return found;
  }

  #start(job: RulesJob, node: NodeNumber, nowMs: number): void {
    job.set(node, STARTED, Math.floor(nowMs / 1000), false);
    job.setText(node, "");
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
    const isNodeTime =
      nodeSeconds !== undefined &&
      nodeSeconds > CLOCK_SET_AFTER_SECONDS &&
      nodeSeconds <= nowSeconds + CLOCK_AHEAD_MAX_SECONDS;
    job.set(node, code, isNodeTime ? nodeSeconds : nowSeconds, isNodeTime);
    job.setText(node, text);
    this.counters.statusesApplied++;
    this.#countApplied(code);
    if (isAbsorbing(code) && job.isDone) {
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

  #addJob(plan: RulesJobPlan, nowMs: number): RulesJob {
    assert(this.#images[plan.image] !== undefined, `rules know image ${plan.image}`);
    const targets = plan.targets === "all" ? this.#projects.keys() : plan.targets;
    const job = new RulesJob(this.#jobs.length, plan, targets, nowMs);
    this.#jobs.push(job);
    this.#queue.add(job);
    return job;
  }

  #end(job: RulesJob, state: JobState): void {
    job.state = state;
    this.#queue.remove(job);
  }

  #expire(nowMs: number): void {
    for (const job of this.#queue.expired(nowMs)) {
      this.#end(job, "expired");
      this.counters.jobsExpired++;
    }
  }
}
