/**
 * Whether this thread kept up. A generator that stalls makes a healthy backend look slow, and percentiles of event-loop
 * delay hide a stall (a second of standing still is one sample among hundreds), so what counts is the maximum and the
 * sum of the lateness. Each thread watches itself.
 */
import { readFileSync } from "node:fs";
import { performance, type EventLoopUtilization } from "node:perf_hooks";
import { hrtimeUs } from "./fleet-clock.ts";

/** How often the loop is looked at. */
export const LOOP_SAMPLE_MS = 20;

/** Lateness that counts into the sums: what a timer may miss on an idle machine, what a person sees, what ruins a run. */
export const LATENESS_THRESHOLDS_US = [5_000, 50_000, 1_000_000] as const;

/** A thread's health since the last reading; times in microseconds of wall time. */
export interface LoopHealth {
  readonly spanUs: number;
  readonly samples: number;
  readonly lateUsMax: number;
  /** For each of `LATENESS_THRESHOLDS_US`, the sum of the latenesses at or above it. */
  readonly lateUsSums: readonly number[];
  /** Share of the span in which the loop was busy, 0 to 1. */
  readonly loopUtilization: number;
  /** Processor time of this thread; undefined where the system does not tell. */
  readonly threadCpuUs: number | undefined;
  /** Time that this thread was ready to run but had no processor; undefined where the system does not tell. */
  readonly runQueueWaitUs: number | undefined;
  /** Processor time of the whole process, user and system. */
  readonly processCpuUs: number;
}

/** Watches the loop of the thread that made it. `start` once, `read` at each interval, `stop` at the end. */
export class LoopWatch {
  #timer: NodeJS.Timeout | undefined;
  #dueUs = 0;
  #sinceUs = 0;
  #samples = 0;
  #lateUsMax = 0;
  #lateUsSums: number[] = LATENESS_THRESHOLDS_US.map(() => 0);
  #schedule: ThreadSchedule | undefined;
  #utilization: EventLoopUtilization = performance.eventLoopUtilization();
  #cpuUs = processCpuUs();

  start(): void {
    const nowUs = hrtimeUs();
    this.#begin(nowUs);
    this.#schedule = readThreadSchedule();
    this.#utilization = performance.eventLoopUtilization();
    this.#cpuUs = processCpuUs();
    this.#arm(nowUs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Counts one sample: a timer that was due at `dueUs` ran at `nowUs`. */
  sample(dueUs: number, nowUs: number): void {
    const lateUs = Math.max(0, nowUs - dueUs);
    this.#samples += 1;
    this.#lateUsMax = Math.max(this.#lateUsMax, lateUs);
    if (lateUs < LATENESS_THRESHOLDS_US[0]) return;
    for (const [index, thresholdUs] of LATENESS_THRESHOLDS_US.entries()) {
      if (lateUs >= thresholdUs) this.#lateUsSums[index] = (this.#lateUsSums[index] ?? 0) + lateUs;
    }
  }

  /** Tells the health since `start` or the last reading, and begins anew. */
  read(): LoopHealth {
    const nowUs = hrtimeUs();
    // A stall that lasts until this very reading has not met its timer yet, but is over its due time all the same.
    if (this.#timer !== undefined && nowUs > this.#dueUs) {
      this.sample(this.#dueUs, nowUs);
      this.#dueUs = nowUs;
    }
    const schedule = readThreadSchedule();
    const utilization = performance.eventLoopUtilization();
    const cpuUs = processCpuUs();
    const before = this.#schedule;
    const isTold = schedule !== undefined && before !== undefined;
    const health: LoopHealth = {
      spanUs: nowUs - this.#sinceUs,
      samples: this.#samples,
      lateUsMax: this.#lateUsMax,
      lateUsSums: this.#lateUsSums,
      loopUtilization: performance.eventLoopUtilization(utilization, this.#utilization).utilization,
      threadCpuUs: isTold ? schedule.cpuUs - before.cpuUs : undefined,
      runQueueWaitUs: isTold ? schedule.waitUs - before.waitUs : undefined,
      processCpuUs: cpuUs - this.#cpuUs,
    };
    this.#schedule = schedule;
    this.#utilization = utilization;
    this.#cpuUs = cpuUs;
    this.#begin(nowUs);
    return health;
  }

  #begin(nowUs: number): void {
    this.#sinceUs = nowUs;
    this.#samples = 0;
    this.#lateUsMax = 0;
    this.#lateUsSums = LATENESS_THRESHOLDS_US.map(() => 0);
  }

  #arm(nowUs: number): void {
    this.#dueUs = nowUs + LOOP_SAMPLE_MS * 1_000;
    // The watch alone must not keep a thread alive. One timer for all samples: a new one costs more than the look.
    this.#timer = this.#timer?.refresh() ?? setTimeout(() => this.#look(), LOOP_SAMPLE_MS).unref();
  }

  #look(): void {
    const ranUs = hrtimeUs();
    this.sample(this.#dueUs, ranUs);
    this.#arm(ranUs);
  }
}

/** What the scheduler did to a thread so far, in microseconds. */
export interface ThreadSchedule {
  readonly cpuUs: number;
  readonly waitUs: number;
}

/** Reads the calling thread's row of Linux' scheduler; undefined elsewhere. */
export function readThreadSchedule(path = "/proc/thread-self/schedstat"): ThreadSchedule | undefined {
  let text: string;
  try {
    text = readFileSync(path, "latin1");
  } catch {
    // Another system, or a kernel that does not show it: the loop's utilisation stands in.
    return undefined;
  }
  const [cpuNs, waitNs] = text.split(" ").map(Number);
  if (cpuNs === undefined || waitNs === undefined || Number.isNaN(cpuNs) || Number.isNaN(waitNs)) return undefined;
  return { cpuUs: Math.trunc(cpuNs / 1_000), waitUs: Math.trunc(waitNs / 1_000) };
}

function processCpuUs(): number {
  const usage = process.cpuUsage();
  return usage.user + usage.system;
}
