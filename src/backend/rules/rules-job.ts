/** One job as the rules hold it: what was planned, how it stands, and what is on record for each target. */
import { NONE, STARTED, TRIGGERED } from "./belief.ts";
import { dynamicOf } from "./job-plan.ts";
import type {
  DynamicTargets,
  ImageNumber,
  JobNumber,
  JobState,
  JobTrigger,
  NodeNumber,
  RulesJobPlan,
} from "./job-plan.ts";
import { TargetTable } from "./target-table.ts";

export class RulesJob {
  readonly number: JobNumber;
  readonly image: ImageNumber;
  readonly trigger: JobTrigger;
  readonly priority: number;
  readonly expiresAtMs: number;
  /** Whom it takes in as nodes come to match; undefined = its targets were named at its creation. */
  readonly dynamic: DynamicTargets | undefined;
  readonly table: TargetTable;
  state: JobState = "active";
  readonly #isFinal: readonly boolean[];
  /** The least code with which a target is served. */
  readonly #servedFrom: number;

  /** `targets`: who is one from the start. `isFinal`: by code, which states end a target's part. */
  constructor(
    number: JobNumber,
    plan: RulesJobPlan,
    targets: Iterable<NodeNumber>,
    nowMs: number,
    isFinal: readonly boolean[],
  ) {
    this.number = number;
    this.image = plan.image;
    this.trigger = plan.trigger;
    this.priority = plan.priority ?? 5;
    this.expiresAtMs = plan.timeoutMs === undefined ? Infinity : nowMs + plan.timeoutMs;
    this.dynamic = dynamicOf(plan);
    // Whoever may come later can have any number.
    const from = this.dynamic === undefined ? undefined : 0;
    this.table = new TargetTable(targets, Math.floor(nowMs / 1000), from);
    this.#isFinal = isFinal;
    // Nothing but an approval leads out of "triggered" where one is needed, so no other mark of it is kept.
    this.#servedFrom = plan.trigger === "user-approved" ? STARTED : TRIGGERED;
  }

  /** Whether a fetch of this node may be answered with the job. Failed and delayed are, and so is what a rebooted node forgot. */
  isServedTo(node: NodeNumber): boolean {
    const code = this.table.codeOf(node);
    return code >= this.#servedFrom && this.#isFinal[code] !== true;
  }

  /** Whether the job waits for the user of this node. */
  isWaitingFor(node: NodeNumber): boolean {
    return this.trigger === "user-approved" && this.table.codeOf(node) === TRIGGERED;
  }

  isFinal(code: number): boolean {
    return this.#isFinal[code] === true;
  }

  /** Whether nobody has anything left to do; never, where others may still be taken in. */
  get isDone(): boolean {
    return this.dynamic === undefined && this.doneCount === this.table.total;
  }

  /** How many targets are at their end. */
  get doneCount(): number {
    return this.table.countOf(this.#isFinal);
  }

  /** Makes a node a target. False: it was one before. */
  takeIn(node: NodeNumber, nowMs: number): boolean {
    if (this.table.codeOf(node) !== NONE) return false;
    this.table.set(node, TRIGGERED, Math.floor(nowMs / 1000), false);
    return true;
  }
}
