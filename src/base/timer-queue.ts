import { assert } from "./assert.ts";
import { FieldTable, type U32Column } from "./field-table.ts";
import { NEVER, type InstantUs } from "./instant.ts";
import { bySlot, type SlotOrder } from "./slot-order.ts";

/** A queue that grows does so by so many slots at least. */
const ROOM_MIN = 256;

/**
 * One pending time a slot, in the order of times, and of slots where those are equal: a 4-ary heap with its keys beside the slots, and each slot's
 * place by slot, so that moving or removing a time is as cheap as setting one. It knows nothing of what a slot is.
 */
export class TimerQueue {
  #slots: Uint32Array;
  #times: Float64Array;
  /** Place in the heap + 1; 0 = not in it. */
  #place: U32Column;
  #length = 0;
  readonly #isBehind: SlotOrder;

  /**
   * Room for so many slots, of which so many have a time at once; both grow.
   *
   * @param place where the place of each slot is kept, all 0; left out: in a table of its own
   * @param isBehind the order of slots of one time; left out: by number
   */
  constructor(slots: number, timesAtOnce = slots, place = new FieldTable(slots + 1, 4).u32(), isBehind = bySlot) {
    this.#isBehind = isBehind;
    this.#slots = new Uint32Array(timesAtOnce + 1);
    this.#times = new Float64Array(timesAtOnce + 1);
    this.#place = place;
  }

  /** How many slots have a time. */
  get length(): number {
    return this.#length;
  }

  /** Sets, moves or (NEVER) removes the time of a slot; a slot beyond the present ones makes the queue grow. */
  set(slot: number, timeUs: InstantUs): void {
    if (slot >= this.#place.length) this.#grow(slot);
    const place = this.#place.get(slot) - 1;
    if (place < 0) {
      if (timeUs === NEVER) return;
      if (this.#length === this.#slots.length) this.#growHeap();
      this.#rise(this.#length++, slot, timeUs);
      return;
    }
    const before = this.#times[place] as number;
    if (timeUs === before) return;
    if (timeUs === NEVER) this.#remove(place);
    else if (timeUs < before) this.#rise(place, slot, timeUs);
    else this.#sink(place, slot, timeUs);
  }

  /** The slot whose time comes first, or -1. It stays in the queue until its time is set anew. */
  peek(): number {
    return this.#length === 0 ? -1 : (this.#slots[0] as number);
  }

  /** The earliest time, or NEVER. */
  get nextUs(): InstantUs {
    return this.#length === 0 ? NEVER : (this.#times[0] as number);
  }

  timeOf(slot: number): InstantUs {
    const place = slot < this.#place.length ? this.#place.get(slot) - 1 : -1;
    return place < 0 ? NEVER : (this.#times[place] as number);
  }

  /** The places are kept elsewhere from now on, with what they were. */
  keepPlacesIn(place: U32Column): void {
    this.#place = place;
  }

  #remove(place: number): void {
    const slot = this.#slots[place] as number;
    this.#place.set(slot, 0);
    const last = --this.#length;
    if (place === last) return;
    const moved = this.#slots[last] as number;
    const movedUs = this.#times[last] as number;
    // The last entry may belong above or below the hole, as it comes from another branch.
    const parent = (place - 1) >> 2;
    if (place > 0 && this.#isBefore(movedUs, moved, parent)) this.#rise(place, moved, movedUs);
    else this.#sink(place, moved, movedUs);
  }

  #isBefore(timeUs: number, slot: number, place: number): boolean {
    const other = this.#times[place] as number;
    return timeUs < other || (timeUs === other && this.#isBehind(this.#slots[place] as number, slot));
  }

  // Each event sinks or rises a few times: arrays in variables, and no call in the loops but where times are equal.

  #rise(from: number, slot: number, timeUs: number): void {
    const slots = this.#slots;
    const times = this.#times;
    const placeOf = this.#place;
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 2;
      const parentUs = times[parent] as number;
      const moved = slots[parent] as number;
      if (timeUs > parentUs || (timeUs === parentUs && this.#isBehind(slot, moved))) break;
      slots[place] = moved;
      times[place] = parentUs;
      placeOf.set(moved, place + 1);
      place = parent;
    }
    slots[place] = slot;
    times[place] = timeUs;
    placeOf.set(slot, place + 1);
  }

  #sink(from: number, slot: number, timeUs: number): void {
    const slots = this.#slots;
    const times = this.#times;
    const placeOf = this.#place;
    const length = this.#length;
    let place = from;
    for (let first = place * 4 + 1; first < length; first = place * 4 + 1) {
      const end = first + 4 < length ? first + 4 : length;
      let least = first;
      let leastUs = times[first] as number;
      for (let child = first + 1; child < end; child++) {
        const childUs = times[child] as number;
        if (
          childUs > leastUs ||
          (childUs === leastUs && this.#isBehind(slots[child] as number, slots[least] as number))
        )
          continue;
        least = child;
        leastUs = childUs;
      }
      const moved = slots[least] as number;
      if (timeUs < leastUs || (timeUs === leastUs && this.#isBehind(moved, slot))) break;
      slots[place] = moved;
      times[place] = leastUs;
      placeOf.set(moved, place + 1);
      place = least;
    }
    slots[place] = slot;
    times[place] = timeUs;
    placeOf.set(slot, place + 1);
  }

  #grow(slot: number): void {
    // By an eighth; see BucketQueue, whose slots these mostly are.
    const size = Math.max(slot + 1, this.#place.length + (this.#place.length >> 3) + ROOM_MIN);
    assert(size < 2 ** 31, "a timer queue has fewer than 2^31 slots");
    const place = new FieldTable(size, 4).u32();
    for (let at = 0; at < this.#place.length; at++) place.set(at, this.#place.get(at));
    this.#place = place;
  }

  #growHeap(): void {
    const size = this.#slots.length * 2;
    const slots = new Uint32Array(size);
    slots.set(this.#slots);
    const times = new Float64Array(size);
    times.set(this.#times);
    this.#slots = slots;
    this.#times = times;
  }
}
