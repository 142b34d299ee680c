import { NEVER, type InstantUs } from "./instant.ts";
import { bySlot, type SlotOrder } from "./slot-order.ts";

/** Room for so many at first; it doubles. */
const ROOM_MIN = 16;

/**
 * One pending time a slot, in the order of times, and of slots where those are equal, for a handful: they lie in no order,
 * and whoever asks for the first reads them all. Of five that is quicker than to keep a heap.
 */
export class FewTimers {
  #slots = new Uint32Array(ROOM_MIN);
  #times = new Float64Array(ROOM_MIN);
  #length = 0;
  /** Place of the first; -1 = to be found. */
  #first = -1;
  readonly #isBehind: SlotOrder;

  /** @param isBehind the order of slots of one time; left out: by number */
  constructor(isBehind = bySlot) {
    this.#isBehind = isBehind;
  }

  get length(): number {
    return this.#length;
  }

  /** Sets, moves or (NEVER) removes the time of a slot. */
  set(slot: number, timeUs: InstantUs): void {
    const slots = this.#slots;
    this.#first = -1;
    let place = 0;
    while (place < this.#length && slots[place] !== slot) place++;
    if (timeUs === NEVER) {
      if (place === this.#length) return;
      const last = --this.#length;
      slots[place] = slots[last] as number;
      this.#times[place] = this.#times[last] as number;
      return;
    }
    if (place === this.#length) {
      if (place === slots.length) this.#grow();
      this.#slots[place] = slot;
      this.#length++;
    }
    this.#times[place] = timeUs;
  }

  /** The slot whose time comes first, or -1. It stays until its time is set anew. */
  peek(): number {
    const place = this.#place();
    return place === -1 ? -1 : (this.#slots[place] as number);
  }

  /** The earliest time, or NEVER. */
  get nextUs(): InstantUs {
    const place = this.#place();
    return place === -1 ? NEVER : (this.#times[place] as number);
  }

  /** Hands out every slot with its time, in no order, and forgets them. */
  drain(take: (slot: number, timeUs: InstantUs) => void): void {
    const length = this.#length;
    this.#length = 0;
    this.#first = -1;
    for (let place = 0; place < length; place++) take(this.#slots[place] as number, this.#times[place] as number);
  }

  #place(): number {
    if (this.#first !== -1 || this.#length === 0) return this.#first;
    const times = this.#times;
    let first = 0;
    for (let place = 1; place < this.#length; place++) {
      const isLater =
        (times[place] as number) > (times[first] as number) ||
        (times[place] === times[first] && this.#isBehind(this.#slots[place] as number, this.#slots[first] as number));
      if (!isLater) first = place;
    }
    this.#first = first;
    return first;
  }

  #grow(): void {
    const slots = new Uint32Array(this.#slots.length * 2);
    slots.set(this.#slots);
    const times = new Float64Array(this.#times.length * 2);
    times.set(this.#times);
    this.#slots = slots;
    this.#times = times;
  }
}
