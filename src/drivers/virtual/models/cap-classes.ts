/**
 * The classes of caps of a fair link: every cap its own where there are few, else steps of 4 % and the nearest of them,
 * which is at most 2 % off. A fleet whose caps lie further apart than 256 such steps gets wider ones.
 */
import { assert } from "../../../base/assert.ts";
import { MIN_TABLE_PLACES } from "./min-table.ts";

const STEP = 1.04;
/** As many as a fair link keeps apart. */
export const CLASSES_MAX = MIN_TABLE_PLACES;

export class CapClasses {
  /** Ascending, whole bytes a second. */
  readonly caps: readonly number[];
  /** How far apart classes lie, as a ratio; 1 = every cap has its own. */
  readonly step: number;

  /** @param caps whole bytes a second from 1 on, each once */
  constructor(caps: ReadonlySet<number>) {
    assert(caps.size > 0, "there is a cap");
    let [least, most] = [Infinity, 0];
    for (const cap of caps) {
      least = Math.min(least, cap);
      most = Math.max(most, cap);
    }
    if (caps.size <= CLASSES_MAX) {
      this.caps = [...caps].sort((a, b) => a - b);
      this.step = 1;
      return;
    }
    const steps = Math.min(CLASSES_MAX - 1, Math.ceil(Math.log(most / least) / Math.log(STEP)));
    this.step = (most / least) ** (1 / steps);
    const grid = Array.from({ length: steps + 1 }, (_, number) => Math.round(least * this.step ** number));
    this.caps = [...new Set(grid)];
  }

  /** The class of a cap: its own, or the nearest by ratio. */
  classOf(cap: number): number {
    let [low, high] = [0, this.caps.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.caps[middle] as number) < cap) low = middle + 1;
      else high = middle;
    }
    const above = this.caps[low] as number;
    const below = this.caps[low - 1] ?? 0;
    return below > 0 && cap / below < above / cap ? low - 1 : low;
  }
}
