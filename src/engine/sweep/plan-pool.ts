/**
 * Many plans at once, one a thread. A thread that dies takes its own plan with it and nothing else; another takes its
 * place.
 */
import { availableParallelism, freemem } from "node:os";
import { Piscina } from "piscina";
import type { RunOrMissing } from "../../measure/planned-run.ts";
import { startedArgv, startedFile } from "../started-file.ts";
import { threadFault } from "../thread-fault.ts";
import type { PlanTask } from "./plan-worker.ts";

/** What a plan takes for each node, rows, columns and messages in flight, with room to spare. */
const BYTES_A_NODE = 2_000;
/** What a thread takes before its first node. */
const BYTES_A_THREAD = 120e6;
/** Of the memory that is free: the rest of the machine wants some as well. */
const MEMORY_SHARE = 0.7;

/**
 * Threads for so many plans: one a core, as many as fit into memory, at least one.
 *
 * @param nodes of the largest plan
 */
export function workersForPlans(
  plans: number,
  nodes: number,
  cores = availableParallelism(),
  freeBytes = freeMemory(),
): number {
  const fitting = Math.floor((freeBytes * MEMORY_SHARE) / (BYTES_A_THREAD + nodes * BYTES_A_NODE));
  return Math.max(1, Math.min(plans, cores, fitting));
}

/** A container may have less than its machine. */
function freeMemory(): number {
  const limit = process.constrainedMemory() ?? 0;
  return limit > 0 ? Math.min(freemem(), limit) : freemem();
}

export class PlanPool {
  readonly #piscina: Piscina<PlanTask, RunOrMissing>;
  readonly #signal: AbortSignal | undefined;
  /** What a plan tells of itself, with when it began. */
  readonly #underWay = new Map<Float64Array, number>();
  /** Who waits for a thread, in the order in which they came. */
  readonly #waiting: (() => void)[] = [];
  #free: number;
  #isClosed = false;
  readonly #whenStopped = (): void => void this.#piscina.destroy();

  /** @param signal stops every plan at once; its reason, where it is a text, is why they are missing */
  constructor(workers: number, signal: AbortSignal | undefined) {
    this.#signal = signal;
    this.#free = workers;
    this.#piscina = new Piscina({
      filename: startedFile("engine/sweep/plan-worker.js").href,
      name: "planRun",
      minThreads: 1,
      maxThreads: workers,
      idleTimeout: Infinity,
      execArgv: startedArgv(),
    });
    signal?.addEventListener("abort", this.#whenStopped, { once: true });
  }

  /**
   * Never rejects: a plan that did not come to its end is missing, and says why. Plans begin in the order in which they
   * are asked for, so that who is stopped has whole combinations and not a seed of each; the queue of the threads
   * themselves takes every other one.
   */
  async plan(task: Omit<PlanTask, "progress">): Promise<RunOrMissing> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await this.#planned(task);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }

  async #planned(task: Omit<PlanTask, "progress">): Promise<RunOrMissing> {
    const { seed } = task.scenario;
    if (this.#isStopped) return { seed, missingBecause: this.#stopReason() };
    const progress = new Float64Array(new SharedArrayBuffer(2 * Float64Array.BYTES_PER_ELEMENT));
    this.#underWay.set(progress, performance.now());
    try {
      return await this.#piscina.run({ ...task, progress });
    } catch (error) {
      if (this.#isStopped) return { seed, missingBecause: this.#stopReason() };
      return { seed, missingBecause: `its thread ended before it did: ${threadFault(error)}` };
    } finally {
      this.#underWay.delete(progress);
    }
  }

  /** How far the plans are that are under way, together: 1.5 is one and a half plans. */
  get underWay(): number {
    return [...this.#underWay.keys()].reduce((sum, [progress = 0]) => sum + progress, 0);
  }

  /** Milliseconds that all of them and those that wait will take, by what the plans under way say; undefined = none does. */
  get leftMs(): number | undefined {
    const nowMs = performance.now();
    const told = [...this.#underWay].flatMap(([[, leftMs = 0], beganMs]) =>
      leftMs > 0 ? [{ leftMs, wholeMs: nowMs - beganMs + leftMs }] : [],
    );
    if (told.length === 0) return undefined;
    const average = (of: (each: (typeof told)[number]) => number): number =>
      told.reduce((sum, each) => sum + of(each), 0) / told.length;
    const threads = this.#underWay.size;
    return average(({ leftMs }) => leftMs) + (this.#waiting.length / threads) * average(({ wholeMs }) => wholeMs);
  }

  /** Ends every thread; plans that are under way or wait are missing, as of a sweep that was stopped. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#signal?.removeEventListener("abort", this.#whenStopped);
    await this.#piscina.destroy();
  }

  get #isStopped(): boolean {
    return this.#isClosed || this.#signal?.aborted === true;
  }

  #stopReason(): string {
    const reason: unknown = this.#signal?.reason;
    return typeof reason === "string" ? reason : "the sweep was stopped";
  }
}
