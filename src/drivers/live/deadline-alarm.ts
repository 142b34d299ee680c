/**
 * One timer for the deadlines of all nodes of a shard. Deadlines lie in fleet time; the alarm rings when the wall has
 * reached the first of them, and hands out what is due in slices, so that a herd cannot keep sockets from being read.
 */
import { NEVER, type InstantUs } from "../../base/instant.ts";
import { TimerQueue } from "../../base/timer-queue.ts";
import { fleetInstantAt, hrtimeUs, hrtimeUsOf, type FleetClock } from "./fleet-clock.ts";
import { WakeTimer } from "./wake-timer.ts";

/** How long one slice may take before sockets get their turn, microseconds. */
const SLICE_US = 4_000;

/** Serves a slot whose deadline has passed; its next deadline is set before this returns, or it is served again. */
export type Ring = (slot: number, dueHrtimeUs: number) => void;

/** Silent until `begin`, and again after `stop`. */
export class DeadlineAlarm {
  readonly #queue: TimerQueue;
  readonly #ring: Ring;
  #clock: FleetClock | undefined;
  readonly #timer = new WakeTimer(() => this.#serve());
  #slice: NodeJS.Immediate | undefined;
  /** Fleet instant for which the timer is set. */
  #armedUs: InstantUs = NEVER;
  #isRinging = false;

  constructor(nodes: number, ring: Ring) {
    this.#queue = new TimerQueue(nodes);
    this.#ring = ring;
  }

  /** Fleet time begins to run. */
  begin(clock: FleetClock): void {
    this.#clock = clock;
    this.#arm();
  }

  /** Sets, moves or (NEVER) removes the deadline of a slot. */
  set(slot: number, deadlineUs: InstantUs): void {
    this.#queue.set(slot, deadlineUs);
    if (this.#clock !== undefined && !this.#isRinging && this.#queue.nextUs < this.#armedUs) this.#arm();
  }

  /** Rings no more. */
  stop(): void {
    this.#clock = undefined;
    this.#timer.clear();
    clearImmediate(this.#slice);
    this.#slice = undefined;
    this.#armedUs = NEVER;
  }

  #arm(): void {
    if (this.#clock === undefined || this.#slice !== undefined) return;
    this.#armedUs = this.#queue.nextUs;
    if (this.#armedUs === NEVER) this.#timer.clear();
    else this.#timer.set(hrtimeUsOf(this.#clock, this.#armedUs));
  }

  #serve(): void {
    this.#slice = undefined;
    this.#armedUs = NEVER;
    const sliceEndsUs = hrtimeUs() + SLICE_US;
    this.#isRinging = true;
    for (let nowUs = hrtimeUs(); this.#clock !== undefined; nowUs = hrtimeUs()) {
      const dueUs = this.#queue.nextUs;
      if (dueUs > fleetInstantAt(this.#clock, nowUs)) break;
      if (nowUs > sliceEndsUs) {
        this.#slice = setImmediate(() => this.#serve());
        break;
      }
      this.#ring(this.#queue.peek(), hrtimeUsOf(this.#clock, dueUs));
    }
    this.#isRinging = false;
    this.#arm();
  }
}
