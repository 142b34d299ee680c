/**
 * Servers that take jobs first come, first served, with a queue of finite length. Arrival and length of a job fix when
 * it is done, so no event is needed in between: a heap has the instant at which each server becomes free.
 */
import type { InstantUs } from "../../../base/instant.ts";
import { WaitingLine } from "./waiting-line.ts";

export class ServerPool {
  readonly servers: number;
  readonly #queueMax: number;
  /** A binary heap, the server that is free first on top. */
  readonly #freeAtUs: Float64Array;
  readonly #line = new WaitingLine();
  #busyUs = 0;
  #taken = 0;
  #turnedAway = 0;
  #lost = 0;

  /** @param queueMax how many may wait; Infinity = any number */
  constructor(servers: number, queueMax: number) {
    this.servers = servers;
    this.#queueMax = queueMax;
    this.#freeAtUs = new Float64Array(servers);
  }

  /** Jobs that were taken, turned away since the queue was full, and lost when the servers died. */
  get counts(): { readonly taken: number; readonly turnedAway: number; readonly lost: number } {
    return { taken: this.#taken, turnedAway: this.#turnedAway, lost: this.#lost };
  }

  /** Most jobs that ever waited at once. */
  get queuePeak(): number {
    return this.#line.longest;
  }

  /** How many jobs wait at an instant, not before those that were asked for before. */
  queueAt(nowUs: InstantUs): number {
    return this.#line.lengthAt(nowUs);
  }

  /** Microseconds of work that were done by an instant, over all servers. */
  busyUsBy(nowUs: InstantUs): number {
    // Each server's work lies without a gap from the job at hand to when it is free.
    return this.#freeAtUs.reduce((sum, freeUs) => sum - Math.max(0, freeUs - nowUs), this.#busyUs);
  }

  /** A job arrives, not before those that came before; answers when its work begins, or undefined where it is turned away. */
  arrive(nowUs: InstantUs, lengthUs: number): InstantUs | undefined {
    const freeUs = this.#freeAtUs[0] as number;
    if (freeUs > nowUs && this.#line.lengthAt(nowUs) >= this.#queueMax) {
      this.#turnedAway++;
      return undefined;
    }
    const beginsUs = freeUs > nowUs ? freeUs : nowUs;
    if (beginsUs > nowUs) this.#line.join(beginsUs);
    this.#taken++;
    this.#busyUs += lengthUs;
    this.#replaceFirst(beginsUs + lengthUs);
    return beginsUs;
  }

  /** The servers die, with all that they had taken; those that come in their place are free. */
  die(nowUs: InstantUs): void {
    this.#lost += this.#line.lengthAt(nowUs);
    this.#busyUs = this.busyUsBy(nowUs);
    for (let server = 0; server < this.servers; server++) {
      if ((this.#freeAtUs[server] as number) > nowUs) this.#lost++;
    }
    this.#freeAtUs.fill(nowUs);
    this.#line.clear();
  }

  #replaceFirst(freeUs: InstantUs): void {
    const heap = this.#freeAtUs;
    const { length } = heap;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= length) break;
      if (child + 1 < length && (heap[child + 1] as number) < (heap[child] as number)) child++;
      const childUs = heap[child] as number;
      if (childUs >= freeUs) break;
      heap[place] = childUs;
      place = child;
    }
    heap[place] = freeUs;
  }
}
