/** The users of a live run as they approve: some questions under way at a time, each answer on record. */
import { APPROVALS } from "../measure/event-record.ts";
import { kindNumber } from "../measure/record-codec.ts";
import type { OperatorStep } from "../scenario/operator-step.ts";
import { BackendFailure } from "./backend-failure.ts";
import type { OperatorDesk } from "./operator-desk.ts";
import type { RunRecords } from "./run-records.ts";

const APPROVAL = kindNumber("approval");
const GIVEN = APPROVALS.indexOf("given");
const NEVER_GIVEN = APPROVALS.indexOf("never");

/** Users are many and the coordinator's thread is one: so many of their questions are under way at a time. */
const APPROVALS_AT_ONCE = 16;

type Approve = Extract<OperatorStep, { readonly kind: "approve" }>;

export interface UserApprovalsParts {
  readonly desk: OperatorDesk;
  readonly records: RunRecords;
  readonly fleetUs: () => number;
  /** The node was offline, or the backend away: its user tries again. */
  readonly onLater: (job: number, node: number, atUs: number) => void;
  /** The backend refused, in its own words. */
  readonly onRefused: (job: number, error: unknown) => void;
}

export class UserApprovals {
  readonly #parts: UserApprovalsParts;
  readonly #waiting: Approve[] = [];
  #open = 0;
  #isStopped = false;

  constructor(parts: UserApprovalsParts) {
    this.#parts = parts;
  }

  /** Whether no question waits or is under way. */
  get isIdle(): boolean {
    return this.#open === 0 && this.#waiting.length === 0;
  }

  add(step: Approve): void {
    this.#waiting.push(step);
    this.#next();
  }

  /** Users who never will. */
  noteNever(job: number, nodes: readonly number[]): void {
    if (nodes.length === 0) return;
    const { records, fleetUs } = this.#parts;
    records.write((sink) => {
      for (const node of nodes) sink.record(APPROVAL, node, fleetUs(), NEVER_GIVEN, job, 0, 0);
    });
  }

  /** Nobody approves any more; what is under way is not waited for. */
  stop(): void {
    this.#isStopped = true;
    this.#waiting.length = 0;
  }

  #next(): void {
    while (this.#open < APPROVALS_AT_ONCE) {
      const step = this.#waiting.shift();
      if (step === undefined) return;
      this.#open += 1;
      void this.#approve(step).finally(() => {
        this.#open -= 1;
        this.#next();
      });
    }
  }

  async #approve({ job, node }: Approve): Promise<void> {
    const { desk, records, fleetUs, onLater, onRefused } = this.#parts;
    const atUs = fleetUs();
    try {
      const answer = await desk.approve(job, node);
      if (this.#isStopped) return;
      if (answer === "approved") records.write((sink) => sink.record(APPROVAL, node, atUs, GIVEN, job, 0, 0));
      else if (answer === "offline") onLater(job, node, atUs);
    } catch (error) {
      // A backend that is away for a while: the user finds it so, and tries again like one whose node is offline.
      if (error instanceof BackendFailure) onLater(job, node, atUs);
      else onRefused(job, error);
    }
  }
}
