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

/**
 * Messages in flight, each a slot of the queue behind those of the nodes, from a free list: no object a message. A
 * message carries the epoch of its node's connection; where that has moved on, the message falls away.
 */
export class InFlight {
  readonly #firstSlot: number;
  readonly #kinds: FlightKind[] = [];
  readonly #nodes: number[] = [];
  readonly #epochs: number[] = [];
  readonly #values: number[] = [];
  readonly #entries: (OutboxEntry | undefined)[] = [];
  readonly #free: number[] = [];

  constructor(firstSlot: number) {
    this.#firstSlot = firstSlot;
  }

  /** How many are under way. */
  get size(): number {
    return this.#kinds.length - this.#free.length;
  }

  /** Takes a message up; answers its slot in the queue. `value` is the kind's own: a message, an offer, a job. */
  add(kind: FlightKind, node: number, epoch: number, value: number, entry: OutboxEntry | undefined): number {
    const place = this.#free.pop() ?? this.#kinds.length;
    this.#kinds[place] = kind;
    this.#nodes[place] = node;
    this.#epochs[place] = epoch;
    this.#values[place] = value;
    this.#entries[place] = entry;
    return this.#firstSlot + place;
  }

  kindOf(slot: number): FlightKind {
    return this.#kinds[slot - this.#firstSlot] as FlightKind;
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
    const free = new Set(this.#free);
    return this.#kinds.flatMap((kind, place) =>
      kinds.includes(kind) && !free.has(place) ? [this.#firstSlot + place] : [],
    );
  }

  release(slot: number): void {
    const place = slot - this.#firstSlot;
    this.#entries[place] = undefined;
    this.#free.push(place);
  }
}
