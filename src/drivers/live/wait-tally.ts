/**
 * How long each node of a shard has waited for the backend, in microseconds of wall time. Under a compressed clock
 * such waits count one to one, while everything else in a node's life counts fleet time.
 */

/** What a node can be waiting for; waits that overlap count once. */
export const WAIT = {
  /** From the dial to its end. */
  dial: 1,
  /** From a fetch that was written to its acknowledgement or answer. */
  fetch: 2,
} as const;

/** One of `WAIT`. */
export type Wait = (typeof WAIT)[keyof typeof WAIT];

/** Sums, by slot. Instants are microseconds of the monotonic clock. */
export class WaitTally {
  readonly #waitedUs: Float64Array;
  readonly #sinceUs: Float64Array;
  readonly #open: Uint8Array;
  /** Before it fleet time stands still, and a wait takes nothing away from anybody. */
  #originUs = Infinity;

  constructor(nodes: number) {
    this.#waitedUs = new Float64Array(nodes);
    this.#sinceUs = new Float64Array(nodes);
    this.#open = new Uint8Array(nodes);
  }

  /** Fleet time begins to run. */
  begin(originUs: number): void {
    this.#originUs = originUs;
  }

  start(slot: number, wait: Wait, nowUs: number): void {
    const open = this.#open[slot]!;
    if (open === 0) this.#sinceUs[slot] = nowUs;
    this.#open[slot] = open | wait;
  }

  end(slot: number, wait: Wait, nowUs: number): void {
    const open = this.#open[slot]!;
    if ((open & wait) === 0) return;
    this.#open[slot] = open & ~wait;
    if ((open & ~wait) === 0) this.#waitedUs[slot]! += this.#pastUs(slot, nowUs);
  }

  /** Adds a wait that was found out afterwards: what a download took beyond the node's own pace. */
  add(slot: number, waitedUs: number): void {
    if (waitedUs > 0) this.#waitedUs[slot]! += Math.round(waitedUs);
  }

  /** Whole microseconds so far, a wait that is under way included. */
  ofUs(slot: number, nowUs: number): number {
    return this.#waitedUs[slot]! + (this.#open[slot] === 0 ? 0 : this.#pastUs(slot, nowUs));
  }

  #pastUs(slot: number, nowUs: number): number {
    return Math.max(0, nowUs - Math.max(this.#sinceUs[slot]!, this.#originUs));
  }
}
