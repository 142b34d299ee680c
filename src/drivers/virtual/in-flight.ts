import { FieldTable } from "../../base/field-table.ts";
import type { SlotOrder } from "../../base/slot-order.ts";
import type { OutboxEntry } from "../../node/report.ts";

/**
 * What travels between nodes and backend in a virtual run, or happens by itself on the way. Numbers, as each event is
 * told by it.
 */
export const FLIGHT = {
  connectAtBroker: 0,
  connectRefused: 1,
  connected: 2,
  started: 3,
  greetingAtBackend: 4,
  atBackend: 5,
  served: 6,
  servedUnheard: 7,
  acknowledged: 8,
  nothingOffered: 9,
  messageFailed: 10,
  offered: 11,
  offeredWithAnExpiredUrl: 12,
  transferBegun: 13,
  transferGoesOn: 14,
  transferResumes: 15,
  linkMoves: 16,
  transferCut: 17,
  transferBroken: 18,
  backendGoesAway: 19,
  backendGoesOn: 20,
  powerCut: 21,
} as const;

export type FlightKind = (typeof FLIGHT)[keyof typeof FLIGHT];

/** Room for so many at first. */
const ROOM_MIN = 1_024;
/** In one row, as who takes a message up or out touches all of it. */
const FLIGHT_BYTES = 24;

/**
 * Messages in flight, each a slot of the queue behind those of the nodes, from a free list: no object a message, and
 * a herd of a million of them takes some twenty bytes each. A message carries the epoch of its node's connection; where
 * that has moved on, the message falls away.
 */
export class InFlight {
  readonly #firstSlot: number;
  #table = new FieldTable(ROOM_MIN, FLIGHT_BYTES);
  /** Whole numbers, as a message's bytes may pass 2^32. */
  #values = this.#table.f64();
  #nodes = this.#table.u32();
  #epochs = this.#table.u32();
  /** When each was sent, as their count, which begins anew at 2^32. */
  #serials = this.#table.u32();
  #kinds = this.#table.u8();
  readonly #entries: (OutboxEntry | undefined)[] = [];
  /** Places that were given back, as a list through the nodes of the places: + 1, 0 = none. */
  #free = 0;
  /** Places that were ever used. */
  #used = 0;
  #size = 0;
  #sent = 0;

  constructor(firstSlot: number) {
    this.#firstSlot = firstSlot;
  }

  /** How many are under way. */
  get size(): number {
    return this.#size;
  }

  /** Takes a message up; answers its slot in the queue. `value` is the kind's own: a message, an offer, a job. */
  add(kind: FlightKind, node: number, epoch: number, value: number, entry: OutboxEntry | undefined): number {
    let place = this.#free - 1;
    if (place >= 0) this.#free = this.#nodes.get(place);
    else {
      place = this.#used++;
      if (place === this.#kinds.length) this.#grow();
    }
    this.#size++;
    this.#serials.set(place, this.#sent++);
    this.#kinds.set(place, kind);
    this.#nodes.set(place, node);
    this.#epochs.set(place, epoch);
    this.#values.set(place, value);
    // Most carry none, and what is told of a heap's object costs more than to look.
    if (entry !== undefined || this.#entries.length === place) this.#entries[place] = entry;
    return this.#firstSlot + place;
  }

  /**
   * The order of what is due at one instant: nodes by their number, then messages as they were sent. Places are used
   * again, so that their numbers say nothing of it.
   */
  readonly isBehind: SlotOrder = (slot, other) => {
    if (slot < this.#firstSlot || other < this.#firstSlot) return slot > other;
    const apart = this.#serials.get(slot - this.#firstSlot) - this.#serials.get(other - this.#firstSlot);
    return apart >>> 0 !== 0 && apart >>> 0 < 2 ** 31;
  };

  /** Places that were ever used. */
  get places(): number {
    return this.#used;
  }

  kindOf(slot: number): FlightKind {
    return this.#kinds.get(slot - this.#firstSlot) as FlightKind;
  }

  nodeOf(slot: number): number {
    return this.#nodes.get(slot - this.#firstSlot);
  }

  epochOf(slot: number): number {
    return this.#epochs.get(slot - this.#firstSlot);
  }

  valueOf(slot: number): number {
    return this.#values.get(slot - this.#firstSlot);
  }

  entryOf(slot: number): OutboxEntry | undefined {
    return this.#entries[slot - this.#firstSlot];
  }

  /** Slots of the messages of some kinds, as they are now. */
  slotsOf(...kinds: readonly FlightKind[]): readonly number[] {
    const wanted = new Set<number>(kinds);
    const slots: number[] = [];
    this.each((slot) => {
      if (wanted.has(this.kindOf(slot))) slots.push(slot);
    });
    return slots;
  }

  /** Hands out the slot of every message under way. */
  each(take: (slot: number) => void): void {
    if (this.#size === 0) return;
    const isFree = new Uint8Array(this.#used);
    for (let free = this.#free; free !== 0; free = this.#nodes.get(free - 1)) isFree[free - 1] = 1;
    for (let place = 0; place < this.#used; place++) if (isFree[place] === 0) take(this.#firstSlot + place);
  }

  release(slot: number): void {
    const place = slot - this.#firstSlot;
    if (this.#entries[place] !== undefined) this.#entries[place] = undefined;
    this.#nodes.set(place, this.#free);
    this.#free = place + 1;
    this.#size--;
  }

  #grow(): void {
    // By half: of a herd of millions, twice as many would be room for a million that never come.
    this.#table = this.#table.grown(this.#kinds.length + (this.#kinds.length >> 1));
    this.#values = this.#table.f64();
    this.#nodes = this.#table.u32();
    this.#epochs = this.#table.u32();
    this.#serials = this.#table.u32();
    this.#kinds = this.#table.u8();
  }
}
