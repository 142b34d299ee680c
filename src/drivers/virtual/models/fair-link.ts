/**
 * A link that its flows share max-min fairly, each under the cap of its class: everybody gets the least of its cap and
 * one level. Classes below an edge run at their caps; the others share what is left. Each class has a clock of the work
 * that a flow which was always in it would have received, and all classes that share have the same one. A flow is done
 * when the clock of its class has advanced by its size, so nothing of a flow changes until it leaves: a join or a leave
 * costs the logarithm of the number of flows, whatever happens to all others' rates.
 *
 * Work is in microbytes (bytes a second times microseconds). Caps and capacity are whole bytes a second: fractions
 * would make the sum of the caps inexact, and two classes might chase each other over the edge for ever.
 */
import { assert } from "../../../base/assert.ts";
import { NEVER, type InstantUs } from "../../../base/instant.ts";
import { FlowHeap } from "./flow-heap.ts";
import { MIN_TABLE_PLACES, MinTable } from "./min-table.ts";

const MICRO = 1e6;
/** Work is a sum of doubles: what is done so much later than now (microseconds) is done now. */
const ROUNDING_US = 2 ** -10;

export class FairLink {
  readonly #caps: readonly number[];
  #capacity: number;
  /** Classes below it run at their caps. */
  #edge: number;
  #cappedRate = 0;
  #sharing = 0;
  #level = Infinity;
  /** The clock of all classes that share, and when it was read. */
  #clock = 0;
  #clockAtUs: InstantUs = 0;
  readonly #work: Float64Array;
  /** By class: when its work was settled; on the shared clock where it shares. */
  readonly #stamps: Float64Array;
  readonly #heaps: readonly FlowHeap[];
  /** Instants at which a capped class has its next flow done; readings of the shared clock where a sharing one has. */
  readonly #cappedNext = new MinTable();
  readonly #sharingNext = new MinTable();
  /** By flow. */
  readonly #classes: number[] = [];
  readonly #startWork: number[] = [];
  readonly #free: number[] = [];

  /**
   * @param caps ascending, whole bytes a second, at most 256
   * @param capacity whole bytes a second
   */
  constructor(caps: readonly number[], capacity: number) {
    assert(caps.length > 0 && caps.length <= MIN_TABLE_PLACES, "a link has 1 to 256 classes");
    assert(caps.every(Number.isInteger) && Number.isInteger(capacity), "caps and capacity are whole");
    this.#caps = caps;
    this.#capacity = capacity;
    this.#edge = caps.length;
    this.#work = new Float64Array(caps.length);
    this.#stamps = new Float64Array(caps.length);
    const places: number[] = [];
    this.#heaps = caps.map(() => new FlowHeap(places));
  }

  /** What flows now, bytes a second. */
  get rate(): number {
    return this.#sharing > 0 ? this.#capacity : this.#cappedRate;
  }

  /** When the next flow is done if nobody comes or goes; NEVER = none is. */
  get nextUs(): InstantUs {
    const sharedUs =
      this.#sharing === 0 || this.#level <= 0
        ? NEVER
        : this.#clockAtUs + (this.#sharingNext.least - this.#clock) / this.#level;
    return Math.min(this.#cappedNext.least, sharedUs);
  }

  /** A flow of so many bytes begins; answers its number. */
  join(ofClass: number, sizeBytes: number, nowUs: InstantUs): number {
    this.#tick(nowUs);
    const work = this.#settle(ofClass, nowUs);
    const flow = this.#free.pop() ?? this.#classes.length;
    this.#classes[flow] = ofClass;
    this.#startWork[flow] = work;
    if (ofClass < this.#edge) this.#cappedRate += this.#capOf(ofClass);
    else this.#sharing++;
    this.#heapOf(ofClass).push(flow, work + sizeBytes * MICRO);
    this.#rekey(ofClass);
    this.#relevel(nowUs);
    return flow;
  }

  /** A flow ends, done or not; answers the bytes that it got. Its number may be given to another. */
  leave(flow: number, nowUs: InstantUs): number {
    this.#tick(nowUs);
    const ofClass = this.#classes[flow] as number;
    const gotBytes = (this.#settle(ofClass, nowUs) - (this.#startWork[flow] as number)) / MICRO;
    this.#heapOf(ofClass).remove(flow);
    this.#free.push(flow);
    if (ofClass < this.#edge) this.#cappedRate -= this.#capOf(ofClass);
    else this.#sharing--;
    this.#rekey(ofClass);
    this.#relevel(nowUs);
    return gotBytes;
  }

  /** Bytes that a flow has got so far. */
  gotBytes(flow: number, nowUs: InstantUs): number {
    const work = this.#workOf(this.#classes[flow] as number, nowUs, this.#clockAt(nowUs));
    return (work - (this.#startWork[flow] as number)) / MICRO;
  }

  /** A flow that is done by now, or -1. It stays until it leaves. */
  doneBy(nowUs: InstantUs): number {
    const { nextUs } = this;
    if (nextUs === NEVER || nextUs > nowUs + ROUNDING_US) return -1;
    const isCapped = this.#cappedNext.least <= nowUs + ROUNDING_US;
    return this.#heapOf((isCapped ? this.#cappedNext : this.#sharingNext).place).first;
  }

  /** When to look for a flow that is done: a whole microsecond. */
  get lookAtUs(): InstantUs {
    return Math.ceil(this.nextUs - ROUNDING_US);
  }

  setCapacity(capacity: number, nowUs: InstantUs): void {
    assert(Number.isInteger(capacity), "a capacity is whole");
    this.#tick(nowUs);
    this.#capacity = capacity;
    this.#relevel(nowUs);
  }

  /** Reads the shared clock. Nobody shares: then nobody reads it, and small numbers keep it exact. */
  #tick(nowUs: InstantUs): void {
    this.#clock = this.#sharing === 0 ? 0 : this.#clockAt(nowUs);
    this.#clockAtUs = nowUs;
  }

  #clockAt(nowUs: InstantUs): number {
    return this.#sharing === 0 ? this.#clock : this.#clock + this.#level * (nowUs - this.#clockAtUs);
  }

  #workOf(ofClass: number, nowUs: InstantUs, clock: number): number {
    if (this.#heapOf(ofClass).size === 0) return 0;
    const stamp = this.#stamps[ofClass] as number;
    const since = ofClass < this.#edge ? this.#capOf(ofClass) * (nowUs - stamp) : clock - stamp;
    return (this.#work[ofClass] as number) + since;
  }

  /** Settles the work of a class up to now, by a shared clock that was just read. */
  #settle(ofClass: number, nowUs: InstantUs): number {
    const work = this.#workOf(ofClass, nowUs, this.#clock);
    this.#work[ofClass] = work;
    this.#stamps[ofClass] = ofClass < this.#edge ? nowUs : this.#clock;
    return work;
  }

  #rekey(ofClass: number): void {
    const heap = this.#heapOf(ofClass);
    const isCapped = ofClass < this.#edge;
    const [stamp, work] = [this.#stamps[ofClass] as number, this.#work[ofClass] as number];
    const left = heap.firstKey - work;
    this.#cappedNext.set(ofClass, isCapped ? stamp + left / this.#capOf(ofClass) : Infinity);
    this.#sharingNext.set(ofClass, isCapped ? Infinity : stamp + left);
  }

  /** Moves the edge until each class below it has a cap of at most the level, and each above it a greater one. */
  #relevel(nowUs: InstantUs): void {
    for (;;) {
      const left = this.#capacity - this.#cappedRate;
      // An overload of classes that all run at their caps has to pull the edge down, through empty classes too.
      const level = this.#sharing > 0 ? left / this.#sharing : left < 0 ? -Infinity : Infinity;
      this.#level = level;
      if (this.#edge < this.#caps.length && this.#capOf(this.#edge) <= level) {
        this.#moveEdge(this.#edge, nowUs, true);
        continue;
      }
      const below = this.#edge - 1;
      if (below < 0) return;
      const flows = this.#heapOf(below).size;
      const cap = this.#capOf(below);
      const ifItShared = flows === 0 ? level : (left + flows * cap) / (this.#sharing + flows);
      if (ifItShared >= cap) return;
      this.#moveEdge(below, nowUs, false);
    }
  }

  #moveEdge(ofClass: number, nowUs: InstantUs, becomesCapped: boolean): void {
    const flows = this.#heapOf(ofClass).size;
    const rate = flows * this.#capOf(ofClass);
    this.#work[ofClass] = this.#workOf(ofClass, nowUs, this.#clock);
    this.#stamps[ofClass] = becomesCapped ? nowUs : this.#clock;
    this.#cappedRate += becomesCapped ? rate : -rate;
    this.#sharing += becomesCapped ? -flows : flows;
    this.#edge = becomesCapped ? ofClass + 1 : ofClass;
    this.#rekey(ofClass);
  }

  #capOf(ofClass: number): number {
    return this.#caps[ofClass] as number;
  }

  #heapOf(ofClass: number): FlowHeap {
    return this.#heaps[ofClass] as FlowHeap;
  }
}
