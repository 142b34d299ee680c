import type { InstantUs } from "../../base/instant.ts";

/** When the last message of each node reaches the backend: those of one connection keep their order. */
export class ArrivalOrder {
  /** By node; 0 = none is under way. */
  readonly #lastUs: Float64Array;

  constructor(nodes: number) {
    this.#lastUs = new Float64Array(nodes);
  }

  /** When a message arrives that would take until `earliestUs`: behind those that are under way. */
  next(node: number, earliestUs: InstantUs): InstantUs {
    const atUs = Math.max(Math.ceil(earliestUs), (this.#lastUs[node] as number) + 1);
    this.#lastUs[node] = atUs;
    return atUs;
  }

  /** A message of the node has arrived. If nothing later is under way, what it sends next can overtake nothing. */
  arrived(node: number, nowUs: InstantUs): void {
    if (this.#lastUs[node] === nowUs) this.#lastUs[node] = 0;
  }
}
