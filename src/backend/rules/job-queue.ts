import { isAbsorbing, NONE } from "./belief.ts";
import type { NodeNumber, RulesJob } from "./rules-job.ts";

/** Jobs that are still served, in the order in which a node gets them: priority, then age. */
export class JobQueue {
  #jobs: readonly RulesJob[] = [];
  #nextExpiryMs = Infinity;

  /** The earliest timeout of a job in the queue: a fetch compares this one number. */
  get nextExpiryMs(): number {
    return this.#nextExpiryMs;
  }

  add(job: RulesJob): void {
    // Sorting is stable and a younger job stands behind: equal priorities keep their age.
    this.#replace([...this.#jobs, job].sort((a, b) => a.priority - b.priority));
  }

  remove(job: RulesJob): void {
    this.#replace(this.#jobs.filter((other) => other !== job));
  }

  /** The first job that a node is not done with: it hears of no other before. */
  nextOf(node: NodeNumber): RulesJob | undefined {
    for (const job of this.#jobs) {
      const code = job.codeOf(node);
      // Failed and delayed are served again, and so is what a rebooted node began and forgot.
      if (code !== NONE && !isAbsorbing(code)) return job;
    }
    return undefined;
  }

  /** The jobs whose timeout is over. */
  expired(nowMs: number): readonly RulesJob[] {
    return this.#jobs.filter((job) => nowMs >= job.expiresAtMs);
  }

  #replace(jobs: readonly RulesJob[]): void {
    this.#jobs = jobs;
    this.#nextExpiryMs = jobs.reduce((earliest, job) => Math.min(earliest, job.expiresAtMs), Infinity);
  }
}
