/**
 * The operator and the users of a virtual run: they walk their course, and the modelled backend does what they
 * ask of it at once. What comes of it, pushes included, is the reception's.
 */
import { unreachable } from "../../base/assert.ts";
import type { InstantUs } from "../../base/instant.ts";
import {
  APPROVALS,
  NO_JOB,
  OPERATOR_ACTS,
  OPERATOR_EFFECTS,
  type OperatorEffect,
  type RecordSink,
  STOP_REASONS,
} from "../../measure/event-record.ts";
import { kindNumber } from "../../measure/record-codec.ts";
import { overBeforeCancel } from "../../scenario/job-timeline.ts";
import { OperatorCourse } from "../../scenario/operator-course.ts";
import type { OperatorStep } from "../../scenario/operator-step.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import type { TimelineAct } from "../../scenario/timeline.ts";
import type { VirtualBackend } from "./virtual-backend.ts";
import type { VirtualOutages } from "./virtual-outages.ts";
import type { VirtualReception } from "./virtual-reception.ts";
import type { VirtualWorld } from "./virtual-world.ts";

const KIND = {
  jobCreated: kindNumber("job created"),
  jobCancelled: kindNumber("job cancelled"),
  approval: kindNumber("approval"),
  targetReleased: kindNumber("target released"),
  operatorActed: kindNumber("operator acted"),
  rolloutStopped: kindNumber("rollout stopped"),
} as const;

const APPROVAL_GIVEN = APPROVALS.indexOf("given");
const NEVER_APPROVED = APPROVALS.indexOf("never");

/** What the operator acts on. */
export interface VirtualOperatorParts {
  readonly scenario: Scenario;
  readonly sink: RecordSink;
  readonly world: VirtualWorld;
  readonly backend: VirtualBackend;
  readonly outages: VirtualOutages;
  readonly reception: VirtualReception;
  /** Whether an offer that is sent unasked reaches the node. */
  readonly hears: (node: number) => boolean;
}

export class VirtualOperator {
  /** What came otherwise than the scenario has it and takes nothing from the plan, as sentences. */
  readonly remarks: string[] = [];
  readonly #parts: VirtualOperatorParts;
  readonly #course: OperatorCourse;

  constructor(parts: VirtualOperatorParts) {
    this.#parts = parts;
    this.#course = new OperatorCourse(parts.scenario);
  }

  /** When there is something to do next: an operator waits while the backend is away on purpose. */
  get nextUs(): InstantUs {
    return this.#parts.outages.presentAtUs(this.#course.nextUs);
  }

  /** Whether more will be done although everything so far is settled. */
  get isWaiting(): boolean {
    return this.#course.isWaiting;
  }

  /** Takes the next step of the course; the world's instant is the step's. */
  operate(): void {
    const step = this.#course.take(this.#parts.world.nowUs);
    if (step === undefined) return;
    switch (step.kind) {
      case "create":
        this.#createJob(step.job);
        break;
      case "cancel":
        this.#cancel(step);
        break;
      case "look":
        this.#look(step);
        break;
      case "release":
        this.#release(step);
        break;
      case "stop":
        this.#stop(step);
        break;
      case "act":
        this.#note(step.act, step.job, step.entry, step.effect, step.atUs);
        break;
      case "approve":
        this.#approve(step.job, step.node);
        break;
      default:
        unreachable(step);
    }
  }

  #createJob(job: number): void {
    const { sink, world, backend, reception, hears } = this.#parts;
    sink.record(KIND.jobCreated, 0, world.nowUs, 0, job, 0, 0);
    for (const node of backend.createJob(job, world.nowUs, hears)) reception.push(node, job);
    this.#askUsers(job);
  }

  #release({ job, stage, nodes, isFirst }: Extract<OperatorStep, { readonly kind: "release" }>): void {
    const { sink, world, backend, reception, hears } = this.#parts;
    if (isFirst) sink.record(KIND.jobCreated, 0, world.nowUs, 0, job, 0, 0);
    for (const node of nodes) sink.record(KIND.targetReleased, node, world.nowUs, stage, job, 0, 0);
    for (const node of backend.createJob(job, world.nowUs, hears, nodes)) reception.push(node, job);
    this.#askUsers(job, nodes);
  }

  #askUsers(job: number, nodes?: Uint32Array): void {
    const { world } = this.#parts;
    for (const node of this.#course.askUsers(job, world.nowUs, nodes))
      world.record(KIND.approval, node, NEVER_APPROVED, job, 0, 0);
  }

  #cancel({ job, hasUnreleased, entry, atUs }: Extract<OperatorStep, { readonly kind: "cancel" }>): void {
    const { scenario, sink, world, backend } = this.#parts;
    const isOver = !backend.cancelJob(job, world.nowUs) && !hasUnreleased;
    if (entry !== undefined) this.#note("cancel", job, entry, isOver ? "was over" : "done", atUs);
    if (isOver) this.remarks.push(overBeforeCancel(scenario, job));
    else sink.record(KIND.jobCancelled, 0, world.nowUs, 0, job, 0, 0);
  }

  #look({ jobs, atUs }: Extract<OperatorStep, { readonly kind: "look" }>): void {
    const { backend } = this.#parts;
    this.#course.looked(atUs, new Map(jobs.map((job) => [job, backend.countsOf(job)])));
  }

  /** The rules know every image from the start, and hear of its jobs when it has come. */
  #note(
    act: TimelineAct["kind"],
    job: number | undefined,
    entry: number,
    effect: OperatorEffect,
    atUs: InstantUs,
  ): void {
    const { sink, world } = this.#parts;
    // What befalls the run does so at its own time; an operator may have waited for the backend.
    const doneUs = job === undefined ? atUs : world.nowUs;
    const [detail, b] = [OPERATOR_ACTS.indexOf(act), OPERATOR_EFFECTS.indexOf(effect)];
    sink.record(KIND.operatorActed, 0, doneUs, detail, job ?? NO_JOB, entry, b);
  }

  #stop({ job, reason, hits, of }: Extract<OperatorStep, { readonly kind: "stop" }>): void {
    const { sink, world, backend } = this.#parts;
    sink.record(KIND.rolloutStopped, 0, world.nowUs, STOP_REASONS.indexOf(reason), job, hits, of);
    backend.cancelJob(job, world.nowUs);
    sink.record(KIND.jobCancelled, 0, world.nowUs, 0, job, 0, 0);
  }

  #approve(job: number, node: number): void {
    const { world, backend, reception, hears } = this.#parts;
    if (!hears(node)) {
      this.#course.approveLater(job, node, world.nowUs);
      return;
    }
    if (!backend.approve(job, node, world.nowUs)) return;
    world.record(KIND.approval, node, APPROVAL_GIVEN, job, 0, 0);
    reception.push(node, job);
  }
}
