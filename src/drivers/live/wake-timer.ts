/**
 * A timer that rings at a microsecond rather than at a millisecond. Node's own timers count whole milliseconds of a
 * clock that is read once a turn of the loop, and so ring up to two of them late: that would be in every latency that
 * counts from an intended start. Where rings are rare, this one asks for the millisecond before and then looks turn by
 * turn, so that sockets are served meanwhile. Where they are dense it waits like any other: a loop that is awake anyway
 * needs no looking, and looking costs what a backend on the same machine could use.
 */
import { hrtimeUs } from "./fleet-clock.ts";

/** The longest delay that a timer of node's can count, milliseconds. */
const DELAY_MS_MAX = 2 ** 31 - 1;
/** So long before its time it begins to look, microseconds: what a timer may be off by. */
const LOOK_US = 1_000;
/** A ring so long behind the one before is rare, microseconds: looking is at most a tenth of a core then. */
const RARE_US = 10_000;

export class WakeTimer {
  readonly #ring: () => void;
  #atUs = Infinity;
  #rangUs = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  #look: NodeJS.Immediate | undefined;

  constructor(ring: () => void) {
    this.#ring = ring;
  }

  /** Rings once when the monotonic clock has reached this microsecond; what was set before is forgotten. */
  set(atHrtimeUs: number): void {
    this.clear();
    this.#atUs = atHrtimeUs;
    this.#wait();
  }

  clear(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#look);
    this.#timer = undefined;
    this.#look = undefined;
  }

  #wait(): void {
    const leftUs = this.#atUs - hrtimeUs();
    const isRare = this.#atUs - this.#rangUs >= RARE_US;
    if (isRare && leftUs > 0 && leftUs <= LOOK_US) {
      this.#look = setImmediate(() => this.#turn());
      return;
    }
    const delayMs = isRare ? Math.floor((leftUs - LOOK_US) / 1_000) : Math.ceil(leftUs / 1_000);
    this.#timer = setTimeout(() => this.#turn(), Math.min(Math.max(0, delayMs), DELAY_MS_MAX));
  }

  #turn(): void {
    this.#timer = undefined;
    this.#look = undefined;
    const nowUs = hrtimeUs();
    if (nowUs < this.#atUs) {
      this.#wait();
      return;
    }
    this.#rangUs = nowUs;
    this.#ring();
  }
}
