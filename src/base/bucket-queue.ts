/**
 * One pending time a slot, in the order (time, slot), for many slots whose times lie far apart: what is due soon lies
 * in a heap, the rest in buckets of equal width, as lists without order. A heap of a million entries costs ten cache
 * misses each time that one is moved; here most moves go from one list to another, and the heap stays small.
 *
 *     #near        heap of the slots due before #openUntilUs
 *     #heads       for each bucket its first slot, from the open one on; the last holds all that lies beyond
 *     #next, #back the neighbours of a slot in its bucket; numbers of slots + 1, so that 0 is none
 *
 * What is kept of a slot lies in one row of a table, as most moves touch all of it.
 */
import { type F64Column, FieldTable, type U32Column } from "./field-table.ts";
import { NEVER, type InstantUs } from "./instant.ts";
import { TimerQueue } from "./timer-queue.ts";

/** More buckets gain nothing: of ten million slots, some hundred lie in each, and their heap fits into a cache. */
export const BUCKETS_MAX = 65_536;
/** So few slots a bucket on the average; fewer, and mostly empty buckets are opened. */
const SLOTS_A_BUCKET = 8;

/** Time, neighbours, and place in the heap. */
const SLOT_BYTES = 24;
/** A queue that grows does so by so many slots at least. */
const ROOM_MIN = 256;

export class BucketQueue {
  /** A power of two, so that dividing by it is exact and a time lies in one bucket only. */
  readonly #widthUs: number;
  readonly #heads: Uint32Array;
  readonly #near: TimerQueue;
  #table: FieldTable;
  #times: F64Column;
  #next: U32Column;
  #back: U32Column;
  /** Bucket that is open, and where the next one begins. */
  #open = 0;
  #openUntilUs: InstantUs;

  /**
   * @param slots room for so many; it grows
   * @param spanUs most times lie between 0 and this instant
   */
  constructor(slots: number, spanUs: number) {
    const buckets = Math.min(BUCKETS_MAX, Math.max(1, Math.ceil(slots / SLOTS_A_BUCKET)));
    this.#widthUs = 2 ** Math.max(0, Math.ceil(Math.log2(spanUs / buckets)));
    this.#heads = new Uint32Array(buckets);
    this.#table = new FieldTable(slots, SLOT_BYTES);
    this.#times = this.#table.f64();
    this.#next = this.#table.u32();
    this.#back = this.#table.u32();
    this.#near = new TimerQueue(slots, 0, this.#table.u32());
    this.#forget(0);
    this.#openUntilUs = buckets === 1 ? NEVER : this.#widthUs;
  }

  /** Sets, moves or (NEVER) removes the time of a slot; a slot beyond the present ones makes the queue grow. */
  set(slot: number, timeUs: InstantUs): void {
    if (slot >= this.#times.length) this.#grow(slot);
    const before = this.#times.get(slot);
    if (timeUs === before) return;
    const wasNear = before < this.#openUntilUs;
    if (!wasNear && before !== NEVER) this.#unlink(slot, before);
    this.#times.set(slot, timeUs);
    if (timeUs < this.#openUntilUs) this.#near.set(slot, timeUs);
    else {
      if (wasNear) this.#near.set(slot, NEVER);
      if (timeUs !== NEVER) this.#link(slot, timeUs);
    }
  }

  /** The slot whose time comes first, or -1. It stays in the queue until its time is set anew. */
  peek(): number {
    this.#openFirst();
    return this.#near.peek();
  }

  /** The earliest time, or NEVER. */
  get nextUs(): InstantUs {
    this.#openFirst();
    return this.#near.nextUs;
  }

  /** Whether the earliest time has come. While slots are still added this is the question: it opens no later bucket. */
  isDue(nowUs: InstantUs): boolean {
    while (this.#near.length === 0 && this.#openUntilUs <= nowUs) this.#openNext();
    return this.#near.nextUs <= nowUs;
  }

  timeOf(slot: number): InstantUs {
    return slot < this.#times.length ? this.#times.get(slot) : NEVER;
  }

  #openFirst(): void {
    while (this.#near.length === 0 && this.#openUntilUs !== NEVER) this.#openNext();
  }

  #openNext(): void {
    this.#open += 1;
    const isLast = this.#open === this.#heads.length - 1;
    this.#openUntilUs = isLast ? NEVER : (this.#open + 1) * this.#widthUs;
    for (let at = this.#heads[this.#open] as number; at !== 0; at = this.#next.get(at - 1)) {
      this.#near.set(at - 1, this.#times.get(at - 1));
    }
    this.#heads[this.#open] = 0;
  }

  #bucketOf(timeUs: InstantUs): number {
    return Math.min(this.#heads.length - 1, Math.floor(timeUs / this.#widthUs));
  }

  #link(slot: number, timeUs: InstantUs): void {
    const bucket = this.#bucketOf(timeUs);
    const first = this.#heads[bucket] as number;
    this.#next.set(slot, first);
    this.#back.set(slot, 0);
    if (first !== 0) this.#back.set(first - 1, slot + 1);
    this.#heads[bucket] = slot + 1;
  }

  #unlink(slot: number, timeUs: InstantUs): void {
    const next = this.#next.get(slot);
    const back = this.#back.get(slot);
    if (back === 0) this.#heads[this.#bucketOf(timeUs)] = next;
    else this.#next.set(back - 1, next);
    if (next !== 0) this.#back.set(next - 1, back);
  }

  #grow(slot: number): void {
    // By an eighth: of ten million slots, twice as many would be room for ten million that never come.
    const before = this.#times.length;
    const size = Math.max(slot + 1, before + (before >> 3) + ROOM_MIN);
    this.#table = this.#table.grown(size);
    this.#times = this.#table.f64();
    this.#next = this.#table.u32();
    this.#back = this.#table.u32();
    this.#near.keepPlacesIn(this.#table.u32());
    this.#forget(before);
  }

  /** Slots from one on have no time. */
  #forget(fromSlot: number): void {
    for (let slot = fromSlot; slot < this.#times.length; slot++) this.#times.set(slot, NEVER);
  }
}
