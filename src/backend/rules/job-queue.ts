import type { NodeNumber } from "./job-plan.ts";
import type { RulesJob } from "./rules-job.ts";

/**
 * Jobs that are still served, in the order in which a node gets them: priority, then age. Batches of a rollout are many
 * jobs of few nodes each, so those are found by the node, and a fetch does not ask each of them.
 */
export class JobQueue {
  #jobs: readonly RulesJob[] = [];
  /** Those of the jobs that any node may be a target of. */
  #wide: readonly RulesJob[] = [];
  #dynamic: readonly RulesJob[] = [];
  /** The others, by node, in order. */
  readonly #sparse = new Map<NodeNumber, readonly RulesJob[]>();
  #nextExpiryMs = Infinity;

  /** The earliest timeout of a job in the queue: a fetch compares this one number. */
  get nextExpiryMs(): number {
    return this.#nextExpiryMs;
  }

  /** Those that take in nodes as they come to match. */
  get dynamic(): readonly RulesJob[] {
    return this.#dynamic;
  }

  add(job: RulesJob): void {
    this.#replace([...this.#jobs, job].sort(compare));
    if (!job.table.isSparse) return;
    for (const node of job.table.targets()) {
      this.#sparse.set(node, [...(this.#sparse.get(node) ?? []), job].sort(compare));
    }
  }

  remove(job: RulesJob): void {
    this.#replace(this.#jobs.filter((other) => other !== job));
    if (!job.table.isSparse) return;
    for (const node of job.table.targets()) {
      const left = (this.#sparse.get(node) ?? []).filter((other) => other !== job);
      if (left.length === 0) this.#sparse.delete(node);
      else this.#sparse.set(node, left);
    }
  }

  /** The first job that a node is not done with and may have: it hears of no other before. */
  nextOf(node: NodeNumber): RulesJob | undefined {
    const wide = this.#wideOf(node);
    const sparse = this.#sparse.size === 0 ? undefined : this.#sparse.get(node)?.find((job) => job.isServedTo(node));
    return earlier(wide, sparse);
  }

  /** The first job that waits for the approval of the node's user. */
  nextToApprove(node: NodeNumber): RulesJob | undefined {
    const isWaiting = (job: RulesJob): boolean => job.isWaitingFor(node);
    return earlier(this.#wide.find(isWaiting), this.#sparse.get(node)?.find(isWaiting));
  }

  /** The jobs whose timeout is over. */
  expired(nowMs: number): readonly RulesJob[] {
    return this.#jobs.filter((job) => nowMs >= job.expiresAtMs);
  }

  #wideOf(node: NodeNumber): RulesJob | undefined {
    for (const job of this.#wide) if (job.isServedTo(node)) return job;
    return undefined;
  }

  #replace(jobs: readonly RulesJob[]): void {
    this.#jobs = jobs;
    this.#wide = jobs.filter(({ table }) => !table.isSparse);
    this.#dynamic = jobs.filter((job) => job.dynamic !== undefined);
    this.#nextExpiryMs = jobs.reduce((earliest, job) => Math.min(earliest, job.expiresAtMs), Infinity);
  }
}

function earlier(one: RulesJob | undefined, other: RulesJob | undefined): RulesJob | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return compare(one, other) < 0 ? one : other;
}

/** Jobs are numbered in the order of their creation. */
function compare(a: RulesJob, b: RulesJob): number {
  return a.priority - b.priority || a.number - b.number;
}
