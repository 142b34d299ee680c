/**
 * The operator and the users of a virtual run: they walk the timeline of jobs, and the modelled backend does what they
 * ask of it at once. What comes of it, pushes included, is the reception's.
 */
import { unreachable } from "../../base/assert.ts";
import type { InstantUs } from "../../base/instant.ts";
import { APPROVALS, type RecordSink } from "../../measure/event-record.ts";
import { kindNumber } from "../../measure/record-codec.ts";
import { JobTimeline, overBeforeCancel } from "../../scenario/job-timeline.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import type { VirtualBackend } from "./virtual-backend.ts";
import type { VirtualOutages } from "./virtual-outages.ts";
import type { VirtualReception } from "./virtual-reception.ts";
import type { VirtualWorld } from "./virtual-world.ts";

const KIND = {
  jobCreated: kindNumber("job created"),
  jobCancelled: kindNumber("job cancelled"),
  approval: kindNumber("approval"),
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
  readonly #timeline: JobTimeline;

  constructor(parts: VirtualOperatorParts) {
    this.#parts = parts;
    this.#timeline = new JobTimeline(parts.scenario);
  }

  /** When there is something to do next: an operator waits while the backend is away on purpose. */
  get nextUs(): InstantUs {
    return this.#parts.outages.presentAtUs(this.#timeline.nextUs);
  }

  /** Takes the next step of the timeline; the world's instant is the step's. */
  operate(): void {
    const step = this.#timeline.take(this.#timeline.nextUs);
    if (step === undefined) return;
    switch (step.kind) {
      case "create":
        this.#createJob(step.job);
        break;
      case "cancel":
        this.#cancelJob(step.job);
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
    for (const node of this.#timeline.askUsers(job, world.nowUs))
      world.record(KIND.approval, node, NEVER_APPROVED, job, 0, 0);
  }

  #cancelJob(job: number): void {
    const { scenario, sink, world, backend } = this.#parts;
    if (backend.cancelJob(job, world.nowUs)) sink.record(KIND.jobCancelled, 0, world.nowUs, 0, job, 0, 0);
    else this.remarks.push(overBeforeCancel(scenario, job));
  }

  #approve(job: number, node: number): void {
    const { world, backend, reception, hears } = this.#parts;
    if (!hears(node)) {
      this.#timeline.approveLater(job, node, world.nowUs);
      return;
    }
    if (!backend.approve(job, node, world.nowUs)) return;
    world.record(KIND.approval, node, APPROVAL_GIVEN, job, 0, 0);
    reception.push(node, job);
  }
}
