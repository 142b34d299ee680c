/**
 * The operator and the users of a live run: they walk the timeline of jobs along fleet time, and put on record what
 * the backend took. What it did not take is told at the end: a run that lacks a job must not look whole.
 */
import { unreachable } from "../base/assert.ts";
import { APPROVALS } from "../measure/event-record.ts";
import { kindNumber } from "../measure/record-codec.ts";
import { JobTimeline, overBeforeCancel, type TimelineStep } from "../scenario/job-timeline.ts";
import { mayBePushed } from "../scenario/pushes.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { DURATION } from "../scenario/units.ts";
import { BackendFailure } from "./backend-failure.ts";
import { asFailure, type OperatorDesk } from "./operator-desk.ts";
import type { RunRecords } from "./run-records.ts";
import type { WorkerCrew } from "./worker-crew.ts";

const JOB_CREATED = kindNumber("job created");
const JOB_REFUSED = kindNumber("job refused");
const JOB_CANCELLED = kindNumber("job cancelled");
const APPROVAL = kindNumber("approval");
const GIVEN = APPROVALS.indexOf("given");
const NEVER_GIVEN = APPROVALS.indexOf("never");

/** Users are many and the coordinator's thread is one: so many of their questions are under way at a time. */
const APPROVALS_AT_ONCE = 16;
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

type Approve = Extract<TimelineStep, { readonly kind: "approve" }>;

export class LiveOperator {
  readonly #parts: OperatorParts;
  readonly #timeline: JobTimeline;
  readonly #undone = new Set<string>();
  readonly #remarks: string[] = [];
  /** Steps of fleet time 0 that wait for it to run. */
  #held: TimelineStep[] = [];
  /** Orders go to the backend one after the other, so that only one job at a time has an id that nobody knows yet. */
  #orders: Promise<void> = Promise.resolve();
  #ordersOpen = 0;
  readonly #approvals: Approve[] = [];
  #approvalsOpen = 0;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(parts: OperatorParts) {
    this.#parts = parts;
    this.#timeline = new JobTimeline(parts.scenario);
  }

  /** What the scenario asked for and the backend did not do, as sentences. */
  get undone(): readonly string[] {
    return [...this.#undone];
  }

  /** What came otherwise than the scenario has it and takes nothing from the run, as sentences. */
  get remarks(): readonly string[] {
    return this.#remarks;
  }

  /** Whether nothing is on its way to the backend. */
  get isIdle(): boolean {
    return this.#ordersOpen === 0 && this.#approvalsOpen === 0 && this.#approvals.length === 0;
  }

  /**
   * While fleet time still stands: creates the first jobs, so that they are there when the first node asks. Pushed
   * offers would be taken up while it stands, so those jobs wait. Throws a `BackendFailure` for a job that is refused.
   */
  async createFirstJobs(): Promise<void> {
    const { scenario } = this.#parts;
    for (let step = this.#timeline.take(0); step !== undefined; step = this.#timeline.take(0)) {
      const job = step.kind === "create" ? scenario.jobs[step.job] : undefined;
      const isQuiet = job !== undefined && (job.approval !== undefined || !mayBePushed(scenario, job));
      if (isQuiet) await this.#createFirst(step.job);
      else this.#held.push(step);
    }
  }

  /** Fleet time runs. Resolves when the jobs that begin with it are there; throws for one that is refused. */
  async begin(): Promise<void> {
    const held = this.#held;
    this.#held = [];
    for (const step of held) {
      if (step.kind === "create") await this.#createFirst(step.job);
      else this.#do(step);
    }
    this.#walk();
  }

  /** Nothing is done any more; what is under way is not waited for. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#approvals.length = 0;
  }

  /** Notes something that was to be done and was not. */
  noteUndone(sentence: string): void {
    if (this.#isStopped || this.#undone.has(sentence)) return;
    this.#undone.add(sentence);
    this.#parts.onTrouble(sentence);
  }

  #walk(): void {
    if (this.#isStopped) return;
    clearTimeout(this.#timer);
    const nowUs = this.#parts.fleetUs();
    for (let step = this.#timeline.take(nowUs); step !== undefined; step = this.#timeline.take(nowUs)) this.#do(step);
    const { nextUs } = this.#timeline;
    if (nextUs === Infinity) return;
    const waitMs = (nextUs - nowUs) / 1_000 / this.#parts.scenario.clock.speed;
    // Timers may come a hair early; the walk then finds nothing and waits once more.
    this.#timer = setTimeout(() => this.#walk(), Math.min(TIMER_MAX_MS, Math.max(1, Math.ceil(waitMs))));
  }

  #do(step: TimelineStep): void {
    switch (step.kind) {
      case "create":
        this.#order(() => this.#createOrTell(step.job, step.atUs));
        break;
      case "cancel":
        this.#order(() => this.#cancel(step.job));
        break;
      case "approve":
        this.#approvals.push(step);
        this.#approveNext();
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

  #createFirst(job: number): Promise<void> {
    return asFailure(`create the job ${this.#nameOf(job)}`, () => this.#create(job, 0));
  }

  async #create(job: number, atUs: number): Promise<void> {
    const { records, crew, desk, fleetUs } = this.#parts;
    // On record before anything comes of it, as of the moment of asking.
    records.write((sink) => sink.record(JOB_CREATED, 0, fleetUs(), 0, job, 0, 0));
    crew.jobExpected(job);
    crew.jobCreated(job, await desk.createJob(job));
    const never = this.#timeline.askUsers(job, atUs);
    if (never.length === 0) return;
    records.write((sink) => {
      for (const node of never) sink.record(APPROVAL, node, fleetUs(), NEVER_GIVEN, job, 0, 0);
    });
  }

  async #createOrTell(job: number, atUs: number): Promise<void> {
    if (this.#isStopped) return;
    try {
      await this.#create(job, atUs);
      this.#walk();
    } catch (error) {
      this.#timeline.close(job);
      this.#parts.crew.jobNotCreated(job);
      const { records, fleetUs } = this.#parts;
      records.write((sink) => sink.record(JOB_REFUSED, 0, fleetUs(), 0, job, 0, 0));
      this.noteUndone(
        `The job ${this.#nameOf(job)}, due at ${DURATION.print(atUs)}, was not created: ${wordsOf(error)}.`,
      );
    }
  }

  async #cancel(job: number): Promise<void> {
    const { desk, records, fleetUs } = this.#parts;
    // Without an id it was never created, which has been told.
    if (this.#isStopped || !desk.hasJob(job)) return;
    try {
      if ((await desk.cancelJob(job)) === "over before") {
        if (!this.#isStopped) this.#remarks.push(overBeforeCancel(this.#parts.scenario, job));
        return;
      }
      // Whoever was offered the job by now goes on.
      records.write((sink) => sink.record(JOB_CANCELLED, 0, fleetUs(), 0, job, 0, 0));
    } catch (error) {
      this.noteUndone(`The job ${this.#nameOf(job)} could not be cancelled: ${wordsOf(error)}.`);
    }
  }

  #approveNext(): void {
    while (this.#approvalsOpen < APPROVALS_AT_ONCE) {
      const step = this.#approvals.shift();
      if (step === undefined) return;
      this.#approvalsOpen += 1;
      void this.#approve(step).finally(() => {
        this.#approvalsOpen -= 1;
        this.#approveNext();
      });
    }
  }

  async #approve({ job, node }: Approve): Promise<void> {
    const { desk, records, fleetUs } = this.#parts;
    const atUs = fleetUs();
    try {
      const answer = await desk.approve(job, node);
      if (this.#isStopped) return;
      if (answer === "approved") records.write((sink) => sink.record(APPROVAL, node, atUs, GIVEN, job, 0, 0));
      else if (answer === "offline") this.#approveLater(job, node, atUs);
    } catch (error) {
      // A backend that is away for a while: the user finds it so, and tries again like one whose node is offline.
      if (error instanceof BackendFailure) this.#approveLater(job, node, atUs);
      else this.noteUndone(`Approvals of the job ${this.#nameOf(job)} could not be given: ${wordsOf(error)}.`);
    }
  }

  #approveLater(job: number, node: number, atUs: number): void {
    this.#timeline.approveLater(job, node, atUs);
    this.#walk();
  }

  #nameOf(job: number): string {
    return this.#parts.scenario.jobs[job]?.name ?? String(job);
  }
}

function wordsOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
}
