/**
 * A scenario's `selftest:` block, as far as it concerns a worker: it harms the instrument on purpose, so that anyone
 * can see the verdict do its work.
 */
import type { Selftest } from "../scenario/scenario.ts";

/** The worker that is harmed; there always is a first. */
const HARMED_WORKER = 0;

/** Wall milliseconds after which all harm is done; a fleet that is settled before waits for it, or nobody would see. */
export function harmIsDoneMs(selftest: Selftest | undefined): number {
  const { workerDiesAtMs = 0, loopBlocked } = selftest ?? {};
  return Math.max(workerDiesAtMs, loopBlocked === undefined ? 0 : loopBlocked.atMs + loopBlocked.forMs);
}

/** Arms what a scenario asks for; times count from now, the end of the ramp. */
export class SelfHarm {
  readonly #timers: NodeJS.Timeout[] = [];

  constructor(selftest: Selftest | undefined, worker: number) {
    if (selftest === undefined || worker !== HARMED_WORKER) return;
    const { workerDiesAtMs, loopBlocked } = selftest;
    // In a worker thread this ends the thread alone, at once and without a word.
    if (workerDiesAtMs !== undefined) this.#timers.push(setTimeout(() => process.exit(1), workerDiesAtMs));
    if (loopBlocked !== undefined) this.#timers.push(setTimeout(() => block(loopBlocked.forMs), loopBlocked.atMs));
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }
}

function block(forMs: number): void {
  const untilMs = performance.now() + forMs;
  while (performance.now() < untilMs);
}
