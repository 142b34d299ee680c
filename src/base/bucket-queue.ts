/**
 * One pending time a slot, in the order of times, and of slots where those are equal, for many slots whose times lie far
 * apart, and for herds whose times do not: what is due next lies in a heap that fits into a processor's nearest cache, the
 * rest in buckets, as lists without order. A heap of a million entries costs ten waits for memory each time that one is moved; here a move
 * is a word at the end of a list.
 *
 *     ladder[0]   buckets of equal width over the whole span; the last one holds all that lies beyond it
 *     ladder[1]   where the open bucket of ladder[0] held many, these many finer buckets in its place; and so on
 *     #near       heap of the slots due before #nearUntilUs, the end of the open bucket of the last rung
 *
 * A slot that is moved leaves its old place in a list behind: whoever opens a bucket takes only those whose time lies
 * in it. After: Tang, Goh, Thng, "Ladder queue", ACM TOMACS 15 (2005), whose rungs these are.
 */
import { BucketRung } from "./bucket-rung.ts";
import { type F64Column, FieldTable, type U32Column } from "./field-table.ts";
import { NEVER, type InstantUs } from "./instant.ts";
import type { SlotOrder } from "./slot-order.ts";
import { SlotLists } from "./slot-lists.ts";
import { TimerQueue } from "./timer-queue.ts";

/** More buckets gain nothing: a crowded one is split when its time comes. */
export const BUCKETS_MAX = 65_536;
/** So few slots a bucket on the average; fewer, and mostly empty buckets are opened. */
const SLOTS_A_BUCKET = 16;
/** A bucket with more slots is split. As many as a heap of three levels holds. */
const SPLIT_ABOVE = 64;

/** Of those that are due next so many are told of at once: their memory is to stay near until then. */
const OPENED_MAX = 2 * SPLIT_ABOVE;

/** Time, place in the heap, and where it is listed. */
const SLOT_BYTES = 16;
/** A queue that grows does so by so many slots at least. */
const ROOM_MIN = 256;

export class BucketQueue {
  /** Told of the slots that are due next, some dozens at a time, in no order; what it is given is used again. */
  onOpened: ((slots: Uint32Array, count: number) => void) | undefined;
  readonly #opened = new Uint32Array(OPENED_MAX);
  readonly #lists = new SlotLists();
  readonly #ladder: BucketRung[];
  /** The last rung in use. */
  #deepest = 0;
  #rung: BucketRung;
  readonly #near: TimerQueue;
  #nearUntilUs: InstantUs;
  #table: FieldTable;
  #times: F64Column;
  /** Bucket of the first rung that a slot was listed in last, + 1: before that is opened, it need not be listed again. */
  #listed: U32Column;

  /**
   * @param slots room for so many; it grows
   * @param spanUs most times lie between 0 and this instant
   * @param isBehind the order of slots of one time; left out: by number
   */
  constructor(slots: number, spanUs: number, isBehind?: SlotOrder) {
    const buckets = Math.min(BUCKETS_MAX, Math.max(2, Math.ceil(slots / SLOTS_A_BUCKET)));
    const whole = BucketRung.over(buckets, spanUs);
    // Begun at the finest: whatever is set to the first instants lies in buckets too.
    this.#ladder = [whole];
    for (let rung = whole; rung.isDivisible; rung = this.#ladder.at(-1) as BucketRung)
      this.#ladder.push(rung.divided());
    this.#deepest = this.#ladder.length - 1;
    this.#rung = this.#ladder[this.#deepest] as BucketRung;
    this.#nearUntilUs = this.#rung.openUntilUs;
    this.#table = new FieldTable(slots, SLOT_BYTES);
    this.#times = this.#table.f64();
    this.#near = new TimerQueue(slots, 0, this.#table.u32(), isBehind);
    this.#listed = this.#table.u32();
    this.#forget(0);
  }

  /** Sets, moves or (NEVER) removes the time of a slot; a slot beyond the present ones makes the queue grow. */
  set(slot: number, timeUs: InstantUs): void {
    if (slot >= this.#times.length) this.#grow(slot);
    const before = this.#times.get(slot);
    if (timeUs === before) return;
    this.#times.set(slot, timeUs);
    if (timeUs < this.#nearUntilUs) {
      this.#near.set(slot, timeUs);
      return;
    }
    if (before < this.#nearUntilUs) this.#near.set(slot, NEVER);
    if (timeUs !== NEVER) this.#list(slot, timeUs);
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
    while (this.#near.length === 0 && this.#nearUntilUs <= nowUs) this.#openNext();
    return this.#near.nextUs <= nowUs;
  }

  timeOf(slot: number): InstantUs {
    return slot < this.#times.length ? this.#times.get(slot) : NEVER;
  }

  /** Puts a slot into the bucket of its time, which is not open yet. */
  #list(slot: number, timeUs: InstantUs): void {
    let depth = this.#deepest;
    let rung = this.#rung;
    while (timeUs >= rung.untilUs) rung = this.#ladder[--depth] as BucketRung;
    const bucket = rung.bucketOf(timeUs);
    if (depth === 0) {
      if (this.#listed.get(slot) === bucket + 1) return;
      this.#listed.set(slot, bucket + 1);
    }
    rung.lists[bucket] = this.#lists.pushed(rung.lists[bucket] as number, slot);
  }

  #openFirst(): void {
    while (this.#near.length === 0 && this.#nearUntilUs !== NEVER) this.#openNext();
  }

  #openNext(): void {
    while (this.#rung.isOver) this.#rung = this.#ladder[--this.#deepest] as BucketRung;
    const rung = this.#rung;
    const list = rung.openNext();
    if (
      this.#lists.hasMoreThan(list, SPLIT_ABOVE) &&
      this.#deepest + 1 < this.#ladder.length &&
      rung.openUntilUs !== NEVER
    ) {
      this.#split(rung, list);
      return;
    }
    const fromUs = this.#nearUntilUs;
    this.#nearUntilUs = rung.openUntilUs;
    let count = 0;
    this.#lists.take(list, (slot) => {
      const timeUs = this.#times.get(slot);
      if (timeUs < fromUs || timeUs >= this.#nearUntilUs) return;
      this.#near.set(slot, timeUs);
      if (count < OPENED_MAX) this.#opened[count++] = slot;
    });
    if (count > 1) this.onOpened?.(this.#opened, count);
  }

  /** The next rung takes what the open bucket of this one holds. */
  #split(rung: BucketRung, list: number): void {
    const finer = this.#ladder[++this.#deepest] as BucketRung;
    this.#rung = finer;
    finer.beginAt(rung.openFromUs);
    const { openUntilUs } = rung;
    this.#lists.take(list, (slot) => {
      const timeUs = this.#times.get(slot);
      if (timeUs < finer.fromUs || timeUs >= openUntilUs) return;
      const bucket = finer.bucketOf(timeUs);
      finer.lists[bucket] = this.#lists.pushed(finer.lists[bucket] as number, slot);
    });
  }

  #grow(slot: number): void {
    // By an eighth: of ten million slots, twice as many would be room for ten million that never come.
    const before = this.#times.length;
    const size = Math.max(slot + 1, before + (before >> 3) + ROOM_MIN);
    this.#table = this.#table.grown(size);
    this.#times = this.#table.f64();
    this.#near.keepPlacesIn(this.#table.u32());
    this.#listed = this.#table.u32();
    this.#forget(before);
  }

  /** Slots from one on have no time. */
  #forget(fromSlot: number): void {
    for (let slot = fromSlot; slot < this.#times.length; slot++) this.#times.set(slot, NEVER);
  }
}
