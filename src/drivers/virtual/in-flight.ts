import type { OutboxEntry } from "../../node/report.ts";

/** What travels between nodes and backend in a virtual run, or happens by itself on the way. */
export const FLIGHT_KINDS = [
  "connect at broker",
  "connect refused",
  "connected",
  "started",
  "greeting at backend",
  "at backend",
  "served",
  "served unheard",
  "acknowledged",
  "nothing offered",
  "message failed",
  "offered",
  "offered with an expired url",
  "transfer begun",
  "transfer goes on",
  "transfer resumes",
  "link moves",
  "transfer cut",
  "transfer broken",
  "backend goes away",
  "backend goes on",
  "power cut",
] as const;

export type FlightKind = (typeof FLIGHT_KINDS)[number];

const NUMBER_OF_KIND = Object.fromEntries(FLIGHT_KINDS.map((kind, number) => [kind, number])) as Readonly<
  Record<FlightKind, number>
>;
/** Room for so many at first; it doubles. */
const ROOM_MIN = 1_024;

/**
 * Messages in flight, each a slot of the queue behind those of the nodes, from a free list: no object a message, and
 * a herd of a million of them takes some twenty bytes each. A message carries the epoch of its node's connection; where
 * that has moved on, the message falls away.
 */
export class InFlight {
  readonly #firstSlot: number;
  #kinds = new Uint8Array(ROOM_MIN);
  #nodes = new Uint32Array(ROOM_MIN);
  #epochs = new Uint32Array(ROOM_MIN);
  /** Whole numbers, as a message's bytes may pass 2^32. */
  #values = new Float64Array(ROOM_MIN);
  readonly #entries: (OutboxEntry | undefined)[] = [];
  /** Places that were given back, as a list through the nodes of the places: + 1, 0 = none. */
  #free = 0;
  /** Places that were ever used. */
  #used = 0;
  #size = 0;

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
    if (place >= 0) this.#free = this.#nodes[place] as number;
    else {
      place = this.#used++;
      if (place === this.#kinds.length) this.#grow();
    }
    this.#size++;
    this.#kinds[place] = NUMBER_OF_KIND[kind];
    this.#nodes[place] = node;
    this.#epochs[place] = epoch;
    this.#values[place] = value;
    this.#entries[place] = entry;
    return this.#firstSlot + place;
  }

  kindOf(slot: number): FlightKind {
    return FLIGHT_KINDS[this.#kinds[slot - this.#firstSlot] as number] as FlightKind;
  }

  nodeOf(slot: number): number {
    return this.#nodes[slot - this.#firstSlot] as number;
  }

  epochOf(slot: number): number {
    return this.#epochs[slot - this.#firstSlot] as number;
  }

  valueOf(slot: number): number {
    return this.#values[slot - this.#firstSlot] as number;
  }

  entryOf(slot: number): OutboxEntry | undefined {
    return this.#entries[slot - this.#firstSlot];
  }

  /** Slots of the messages of some kinds, as they are now. */
  slotsOf(...kinds: readonly FlightKind[]): readonly number[] {
    const isFree = new Uint8Array(this.#used);
    for (let free = this.#free; free !== 0; free = this.#nodes[free - 1] as number) isFree[free - 1] = 1;
    const wanted = new Set(kinds.map((kind) => NUMBER_OF_KIND[kind]));
    const slots: number[] = [];
    for (let place = 0; place < this.#used; place++) {
      if (isFree[place] === 0 && wanted.has(this.#kinds[place] as number)) slots.push(this.#firstSlot + place);
    }
    return slots;
  }

  release(slot: number): void {
    const place = slot - this.#firstSlot;
    this.#entries[place] = undefined;
    this.#nodes[place] = this.#free;
    this.#free = place + 1;
    this.#size--;
  }

  #grow(): void {
    const room = this.#kinds.length * 2;
    this.#kinds = grown(this.#kinds, new Uint8Array(room));
    this.#nodes = grown(this.#nodes, new Uint32Array(room));
    this.#epochs = grown(this.#epochs, new Uint32Array(room));
    this.#values = grown(this.#values, new Float64Array(room));
  }
}

function grown<A extends Uint8Array | Uint32Array | Float64Array>(from: A, into: A): A {
  into.set(from);
  return into;
}
