import type { NodeNumber } from "./job-plan.ts";
import type { RulesJob } from "./rules-job.ts";

/** Jobs that are still served, in the order in which a node gets them: priority, then age. */
export class JobQueue {
  #jobs: readonly RulesJob[] = [];
  #dynamic: readonly RulesJob[] = [];
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
    // Sorting is stable and a younger job stands behind: equal priorities keep their age.
    this.#replace([...this.#jobs, job].sort((a, b) => a.priority - b.priority));
  }

  remove(job: RulesJob): void {
    this.#replace(this.#jobs.filter((other) => other !== job));
  }

  /** The first job that a node is not done with and may have: it hears of no other before. */
  nextOf(node: NodeNumber): RulesJob | undefined {
    for (const job of this.#jobs) if (job.isServedTo(node)) return job;
    return undefined;
  }

  /** The first job that waits for the approval of the node's user. */
  nextToApprove(node: NodeNumber): RulesJob | undefined {
    return this.#jobs.find((job) => job.isWaitingFor(node));
  }

  /** The jobs whose timeout is over. */
  expired(nowMs: number): readonly RulesJob[] {
    return this.#jobs.filter((job) => nowMs >= job.expiresAtMs);
  }

  #replace(jobs: readonly RulesJob[]): void {
    this.#jobs = jobs;
    this.#dynamic = jobs.filter((job) => job.dynamic !== undefined);
    this.#nextExpiryMs = jobs.reduce((earliest, job) => Math.min(earliest, job.expiresAtMs), Infinity);
  }
}
