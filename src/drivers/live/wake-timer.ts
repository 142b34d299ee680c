/**
 * A timer that rings at a microsecond rather than at a millisecond. Node's own timers count whole milliseconds of a
 * clock that is read once a turn of the loop, and so ring up to two of them late: that would be in every latency that
 * counts from an intended start. This one asks for the millisecond before and then looks turn by turn, so that sockets
 * are served meanwhile. Looking costs what a backend on the same machine could use, so it has an allowance; where rings
 * are so dense that it is spent, the timer waits like any other: a loop that is awake anyway needs no looking.
 */
import { hrtimeUs } from "./fleet-clock.ts";

/** The longest delay that a timer of node's can count, milliseconds. */
const DELAY_MS_MAX = 2 ** 31 - 1;
/** So long before its time it begins to look, microseconds: what a timer may be off by. */
const LOOK_US = 1_000;
/** The share of its time that a thread may look: enough for a hundred rings a second. */
const LOOK_SHARE = 0.05;
/** What a quiet time saves up for a herd, microseconds. */
const SAVED_US_MAX = 20_000;

export class WakeTimer {
  readonly #ring: () => void;
  #atUs = Infinity;
  #timer: NodeJS.Timeout | undefined;
  #look: NodeJS.Immediate | undefined;
  /** What is left to look for, as of when. */
  #savedUs = SAVED_US_MAX;
  #countedUs = hrtimeUs();

  constructor(ring: () => void) {
    this.#ring = ring;
  }

  /** Rings once when the monotonic clock has reached this microsecond; what was set before is forgotten. */
  set(atHrtimeUs: number): void {
    this.clear();
    const nowUs = hrtimeUs();
    this.#count(nowUs);
    this.#atUs = atHrtimeUs;
    this.#wait(nowUs);
  }

  clear(): void {
    if (this.#look !== undefined) this.#count(hrtimeUs());
    clearTimeout(this.#timer);
    clearImmediate(this.#look);
    this.#timer = undefined;
    this.#look = undefined;
  }

  #wait(nowUs: number): void {
    const leftUs = this.#atUs - nowUs;
    const mayLook = this.#savedUs > 0;
    if (mayLook && leftUs > 0 && leftUs <= LOOK_US) {
      this.#look = setImmediate(() => this.#turn());
      return;
    }
    const delayMs = mayLook ? Math.floor((leftUs - LOOK_US) / 1_000) : Math.ceil(leftUs / 1_000);
    this.#timer = setTimeout(() => this.#turn(), Math.min(Math.max(0, delayMs), DELAY_MS_MAX));
  }

  #turn(): void {
    const nowUs = hrtimeUs();
    this.#count(nowUs);
    this.#timer = undefined;
    this.#look = undefined;
    if (nowUs >= this.#atUs) this.#ring();
    else this.#wait(nowUs);
  }

  /** Keeps the account of looking. A turn that served sockets counts as well: it is the loop's time. */
  #count(nowUs: number): void {
    const passedUs = nowUs - this.#countedUs;
    const spentUs = this.#look === undefined ? 0 : passedUs;
    this.#savedUs = Math.min(SAVED_US_MAX, this.#savedUs + passedUs * LOOK_SHARE - spentUs);
    this.#countedUs = nowUs;
  }
}
