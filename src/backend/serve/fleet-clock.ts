import type { ClockSetting } from "./messages.ts";

/**
 * The time in which the backend lives: the fleet's in a run, the wall's otherwise. All processes of a machine share
 * the monotonic clock of `process.hrtime.bigint()`, so one origin gives them all one fleet time.
 */
export class FleetClock {
  readonly #standsAtMs: number | undefined;
  #originNs = 0n;
  #startMs = 0;
  #speed = 0;
  #isSet = false;

  /** `standsAtMs`: where fleet time stands until the clock is set; undefined = wall time until then. */
  constructor(standsAtMs: number | undefined) {
    this.#standsAtMs = standsAtMs;
  }

  set(setting: ClockSetting): void {
    this.#originNs = BigInt(setting.originHrtimeNs);
    this.#startMs = setting.fleetStartEpochMs;
    this.#speed = setting.speed;
    this.#isSet = true;
  }

  /** Fleet time as whole milliseconds since 1970. */
  nowMs(): number {
    if (!this.#isSet) return this.#standsAtMs ?? Date.now();
    const elapsedNs = Number(process.hrtime.bigint() - this.#originNs);
    return Math.floor(this.#startMs + (Math.max(0, elapsedNs) / 1e6) * this.#speed);
  }

  nowSeconds(): number {
    return Math.floor(this.nowMs() / 1000);
  }
}
