import type { F64Column } from "../../base/field-table.ts";
import type { InstantUs } from "../../base/instant.ts";

/** When the last message of each node reaches the backend: those of one connection keep their order. */
export class ArrivalOrder {
  /** By node; 0 = none is under way. */
  readonly #lastUs: F64Column;

  /** @param lastUs a column of a row a node, all 0 */
  constructor(lastUs: F64Column) {
    this.#lastUs = lastUs;
  }

  /** When a message arrives that would take until `earliestUs`: behind those that are under way. */
  next(node: number, earliestUs: InstantUs): InstantUs {
    const atUs = Math.max(Math.ceil(earliestUs), this.#lastUs.get(node) + 1);
    this.#lastUs.set(node, atUs);
    return atUs;
  }

  /** A message of the node has arrived. If nothing later is under way, what it sends next can overtake nothing. */
  arrived(node: number, nowUs: InstantUs): void {
    if (this.#lastUs.get(node) === nowUs) this.#lastUs.set(node, 0);
  }
}
