/**
 * The operator and the users of a live run: they walk their course along fleet time, and put on record what
 * the backend took. What it did not take is told at the end: a run that lacks a job must not look whole. All steps
 * stand in one file, as they share one line of orders and what it came to.
 */
import { unreachable } from "../base/assert.ts";
import { NO_JOB, OPERATOR_ACTS, OPERATOR_EFFECTS, type OperatorEffect, STOP_REASONS } from "../measure/event-record.ts";
import { kindNumber } from "../measure/record-codec.ts";
import { overBeforeCancel } from "../scenario/job-timeline.ts";
import { OperatorCourse } from "../scenario/operator-course.ts";
import type { OperatorStep } from "../scenario/operator-step.ts";
import { mayBePushed } from "../scenario/pushes.ts";
import type { BatchCounts } from "../scenario/rollout-policy.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { DURATION } from "../scenario/units.ts";
import { BackendFailure } from "./backend-failure.ts";
import { asFailure, type OperatorDesk } from "./operator-desk.ts";
import type { RunRecords } from "./run-records.ts";
import { UserApprovals } from "./user-approvals.ts";
import type { WorkerCrew } from "./worker-crew.ts";

const JOB_CREATED = kindNumber("job created");
const JOB_REFUSED = kindNumber("job refused");
const JOB_CANCELLED = kindNumber("job cancelled");
const TARGET_RELEASED = kindNumber("target released");
const OPERATOR_ACTED = kindNumber("operator acted");
const ROLLOUT_STOPPED = kindNumber("rollout stopped");

/** The longest that a timer of Node.js can wait. */
const TIMER_MAX_MS = 2 ** 31 - 1;

export interface OperatorParts {
  readonly scenario: Scenario;
  readonly desk: OperatorDesk;
  readonly records: RunRecords;
  readonly crew: Pick<WorkerCrew, "jobExpected" | "jobCreated" | "jobNotCreated">;
  /** Stands at 0 until the origin. */
  readonly fleetUs: () => number;
  /** A sentence for a person. */
  readonly onTrouble: (sentence: string) => void;
}

type Create = Extract<OperatorStep, { readonly kind: "create" }>;
type Release = Extract<OperatorStep, { readonly kind: "release" }>;
type Cancel = Extract<OperatorStep, { readonly kind: "cancel" }>;
type Look = Extract<OperatorStep, { readonly kind: "look" }>;
type Act = Extract<OperatorStep, { readonly kind: "act" }>;
type Stop = Extract<OperatorStep, { readonly kind: "stop" }>;

export class LiveOperator {
  readonly #parts: OperatorParts;
  readonly #course: OperatorCourse;
  readonly #undone = new Set<string>();
  /** By job; starts of the timeline that are on record when the backend has answered. */
  readonly #starts = new Map<number, { readonly entry: number; readonly askedUs: number }>();
  /** Jobs that the backend did not take. */
  readonly #refused = new Set<number>();
  readonly #remarks: string[] = [];
  /** Steps of fleet time 0 that wait for it to run. */
  #held: OperatorStep[] = [];
  /** Orders go to the backend one after the other, so that only one job at a time has an id that nobody knows yet. */
  #orders: Promise<void> = Promise.resolve();
  #ordersOpen = 0;
  readonly #users: UserApprovals;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(parts: OperatorParts) {
    this.#parts = parts;
    this.#course = new OperatorCourse(parts.scenario);
    this.#users = new UserApprovals({
      ...parts,
      onLater: (job, node, atUs) => {
        this.#course.approveLater(job, node, atUs);
        this.#walk();
      },
      onRefused: (job, error) =>
        this.noteUndone(`Approvals of the job ${this.#nameOf(job)} could not be given: ${wordsOf(error)}.`),
    });
  }

  /** What the scenario asked for and the backend did not do, as sentences. */
  get undone(): readonly string[] {
    return [...this.#undone];
  }

  /** What came otherwise than the scenario has it and takes nothing from the run, as sentences. */
  get remarks(): readonly string[] {
    return this.#remarks;
  }

  /** Whether nothing is on its way to the backend, nor to come by itself. */
  get isIdle(): boolean {
    return this.#ordersOpen === 0 && this.#users.isIdle && !this.#course.isWaiting;
  }

  /**
   * While fleet time still stands: creates the first jobs, so that they are there when the first node asks. Pushed
   * offers would be taken up while it stands, so those jobs wait. Throws a `BackendFailure` for a job that is refused.
   */
  async createFirstJobs(): Promise<void> {
    for (let step = this.#course.take(0); step !== undefined; step = this.#course.take(0)) {
      if ((step.kind === "create" || step.kind === "release") && this.#isQuiet(step.job)) await this.#createFirst(step);
      else this.#held.push(step);
    }
  }

  /** Fleet time runs. Resolves when the jobs that begin with it are there; throws for one that is refused. */
  async begin(): Promise<void> {
    const held = this.#held;
    this.#held = [];
    for (const step of held) {
      if (step.kind === "create" || step.kind === "release") await this.#createFirst(step);
      else this.#do(step);
    }
    this.#walk();
  }

  /** Nothing is done any more; what is under way is not waited for. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#users.stop();
  }

  /** Notes something that was to be done and was not. */
  noteUndone(sentence: string): void {
    if (this.#isStopped || this.#undone.has(sentence)) return;
    this.#undone.add(sentence);
    this.#parts.onTrouble(sentence);
  }

  /** Whether nodes hear of the job only when they ask. */
  #isQuiet(number: number): boolean {
    const { scenario } = this.#parts;
    const job = scenario.jobs[number];
    return job !== undefined && (job.approval !== undefined || !mayBePushed(scenario, job));
  }

  #walk(): void {
    if (this.#isStopped) return;
    clearTimeout(this.#timer);
    const nowUs = this.#parts.fleetUs();
    for (let step = this.#course.take(nowUs); step !== undefined; step = this.#course.take(nowUs)) this.#do(step);
    const { nextUs } = this.#course;
    if (nextUs === Infinity) return;
    const waitMs = (nextUs - nowUs) / 1_000 / this.#parts.scenario.clock.speed;
    // Timers may come a hair early; the walk then finds nothing and waits once more.
    this.#timer = setTimeout(() => this.#walk(), Math.min(TIMER_MAX_MS, Math.max(1, Math.ceil(waitMs))));
  }

  #do(step: OperatorStep): void {
    switch (step.kind) {
      case "create":
      case "release":
        this.#order(() => this.#createOrTell(step));
        break;
      case "cancel":
        this.#order(() => this.#cancelOrTell(step));
        break;
      case "look":
        this.#order(() => this.#look(step));
        break;
      case "stop":
        this.#order(() => this.#stopRollout(step));
        break;
      case "act":
        this.#order(() => this.#act(step));
        break;
      case "approve":
        this.#users.add(step);
        break;
      default:
        unreachable(step);
    }
  }

  #order(act: () => Promise<void>): void {
    this.#ordersOpen += 1;
    this.#orders = this.#orders.then(act).finally(() => {
      this.#ordersOpen -= 1;
    });
  }

  #createFirst(step: Create | Release): Promise<void> {
    return asFailure(`create the job ${this.#nameOf(step.job)}`, () => this.#create(step));
  }

  async #create(step: Create | Release): Promise<void> {
    const { records, crew, desk, fleetUs } = this.#parts;
    const { job, atUs } = step;
    const nodes = step.kind === "release" ? step.nodes : undefined;
    // On record before anything comes of it, as of the moment of asking.
    records.write((sink) => {
      const nowUs = fleetUs();
      if (step.kind === "create" || step.isFirst) sink.record(JOB_CREATED, 0, nowUs, 0, job, 0, 0);
      if (step.kind === "create") return;
      for (const node of step.nodes) sink.record(TARGET_RELEASED, node, nowUs, step.stage, job, 0, 0);
    });
    crew.jobExpected(job);
    crew.jobCreated(job, await desk.createJob(job, nodes));
    if (this.#isStopped) return;
    this.#noteStart(job, "done");
    this.#users.noteNever(job, this.#course.askUsers(job, atUs, nodes));
  }

  async #createOrTell(step: Create | Release): Promise<void> {
    if (this.#isStopped) return;
    const { job, atUs } = step;
    try {
      await this.#create(step);
      this.#walk();
    } catch (error) {
      this.#course.close(job);
      this.#parts.crew.jobNotCreated(job);
      if (this.#isStopped) return;
      const isWhole = step.kind === "create" || step.isFirst;
      if (isWhole) this.#noteRefused(job);
      const what = isWhole ? "The job" : "A batch of the job";
      const whole = Math.round(atUs);
      this.noteUndone(
        `${what} ${this.#nameOf(job)}, due at ${DURATION.print(whole)}, was not created: ${wordsOf(error)}.`,
      );
    }
  }

  #noteRefused(job: number): void {
    const { records, fleetUs } = this.#parts;
    records.write((sink) => sink.record(JOB_REFUSED, 0, fleetUs(), 0, job, 0, 0));
    this.#refused.add(job);
    this.#noteStart(job, "refused");
  }

  #noteStart(job: number, effect: OperatorEffect): void {
    const start = this.#starts.get(job);
    this.#starts.delete(job);
    if (start !== undefined) this.#note("start", job, start.entry, effect, start.askedUs);
  }

  async #look({ jobs, atUs }: Look): Promise<void> {
    if (this.#isStopped) return;
    const onRecord = new Map<number, readonly BatchCounts[]>();
    try {
      for (const job of jobs) onRecord.set(job, await this.#parts.desk.counts(job));
      this.#course.looked(atUs, onRecord);
    } catch (error) {
      this.#course.lookFailed(this.#parts.fleetUs());
      // A backend that is away for a while is looked at again.
      if (!(error instanceof BackendFailure))
        this.noteUndone(`What is on record of a rollout could not be read: ${wordsOf(error)}.`);
    }
    this.#walk();
  }

  async #stopRollout({ job, reason, hits, of }: Stop): Promise<void> {
    if (this.#isStopped) return;
    const { records, fleetUs } = this.#parts;
    const detail = STOP_REASONS.indexOf(reason);
    records.write((sink) => sink.record(ROLLOUT_STOPPED, 0, fleetUs(), detail, job, hits, of));
    await this.#cancel(job, true);
  }

  async #act({ act, job, entry, effect, isFollowed, atUs }: Act): Promise<void> {
    if (this.#isStopped) return;
    // What befalls the run does so at its own time; an operator may have waited for the backend.
    const doneUs = job === undefined ? atUs : this.#parts.fleetUs();
    if (job === undefined) this.#note(act, job, entry, effect, doneUs);
    else if (isFollowed && !this.#parts.desk.hasJob(job)) this.#starts.set(job, { entry, askedUs: doneUs });
    else {
      const isDone = act !== "upload" || effect !== "done" || (await this.#upload(job));
      this.#note(act, job, entry, isDone ? this.#effectOf(act, job, effect) : "refused", doneUs);
    }
  }

  /** The course takes a job that the backend refused for one that has begun and is over. */
  #effectOf(act: Act["act"], job: number, effect: OperatorEffect): OperatorEffect {
    if (act === "upload" || !this.#refused.has(job)) return effect;
    return act === "start" ? "refused" : "had not begun";
  }

  #note(act: Act["act"], job: number | undefined, entry: number, effect: OperatorEffect, doneUs: number): void {
    // The backend's answer came behind the end of the run, where nothing is put on record any more.
    if (this.#isStopped) return;
    const [detail, b] = [OPERATOR_ACTS.indexOf(act), OPERATOR_EFFECTS.indexOf(effect)];
    this.#parts.records.write((sink) => sink.record(OPERATOR_ACTED, 0, doneUs, detail, job ?? NO_JOB, entry, b));
  }

  async #upload(job: number): Promise<boolean> {
    try {
      await this.#parts.desk.uploadFor(job);
      return true;
    } catch (error) {
      this.noteUndone(`The image of the job ${this.#nameOf(job)} was not uploaded: ${wordsOf(error)}.`);
      return false;
    }
  }

  async #cancelOrTell({ job, hasUnreleased, entry }: Cancel): Promise<void> {
    if (this.#isStopped) return;
    const askedUs = this.#parts.fleetUs();
    const effect = await this.#cancel(job, hasUnreleased);
    if (entry !== undefined) this.#note("cancel", job, entry, effect, askedUs);
  }

  /** @param isForced some targets were not released yet, so that there is something to cancel in any case */
  async #cancel(job: number, isForced: boolean): Promise<OperatorEffect> {
    const { desk, records, fleetUs } = this.#parts;
    // Without an id it was never created, which has been told.
    if (!desk.hasJob(job)) return "had not begun";
    try {
      const answer = await desk.cancelJob(job);
      if (this.#isStopped) return "done";
      if (answer === "over before" && !isForced) {
        this.#remarks.push(overBeforeCancel(this.#parts.scenario, job));
        return "was over";
      }
      // Whoever was offered the job by now goes on.
      records.write((sink) => sink.record(JOB_CANCELLED, 0, fleetUs(), 0, job, 0, 0));
      return "done";
    } catch (error) {
      this.noteUndone(`The job ${this.#nameOf(job)} could not be cancelled: ${wordsOf(error)}.`);
      return "refused";
    }
  }

  #nameOf(job: number): string {
    return this.#parts.scenario.jobs[job]?.name ?? String(job);
  }
}

function wordsOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
}
