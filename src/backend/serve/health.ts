/**
 * How well the backend's own event loop ran: a timer that should fire every few milliseconds, and how late it did.
 * The maximum and the sum are kept; percentiles would hide a stall.
 */
export interface LoopHealth {
  readonly loopLatenessMaxMs: number;
  readonly loopLatenessSumMs: number;
  readonly cpuUserUs: number;
  readonly cpuSystemUs: number;
}

const PERIOD_MS = 20;
/** Timers of Node fire up to a millisecond late by rule; that is no lateness. */
const GRACE_MS = 1;

export class HealthMeter {
  readonly #timer: NodeJS.Timeout;
  #lastMs = performance.now();
  #maxMs = 0;
  #sumMs = 0;
  #cpu = process.cpuUsage();

  constructor() {
    this.#timer = setInterval(() => this.#tick(), PERIOD_MS);
    this.#timer.unref();
  }

  /** What happened since the last call. */
  take(): LoopHealth {
    const cpu = process.cpuUsage(this.#cpu);
    const health = {
      loopLatenessMaxMs: this.#maxMs,
      loopLatenessSumMs: this.#sumMs,
      cpuUserUs: cpu.user,
      cpuSystemUs: cpu.system,
    };
    this.#cpu = process.cpuUsage();
    this.#maxMs = 0;
    this.#sumMs = 0;
    return health;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    const nowMs = performance.now();
    const lateMs = Math.max(0, nowMs - this.#lastMs - PERIOD_MS - GRACE_MS);
    this.#lastMs = nowMs;
    this.#maxMs = Math.max(this.#maxMs, lateMs);
    this.#sumMs += lateMs;
  }
}
