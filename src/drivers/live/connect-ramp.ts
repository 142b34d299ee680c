/**
 * The ramp along which the nodes of a running fleet connect: each at its own place by its index in the *fleet*, so
 * that it dials at the same moment however the fleet is cut into shards, and all shards dial at once.
 */
import { EvenPlaces } from "../../fleet/even-places.ts";
import { hrtimeUs } from "./fleet-clock.ts";
import { WakeTimer } from "./wake-timer.ts";

/** How long one slice of a crowded ramp may take before sockets get their turn, microseconds. */
const SLICE_US = 4_000;

/** How long after the ramp's end the last dials may take, milliseconds: the firmware's patience and some. */
const LAST_DIALS_MS = 15_000;

export interface ConnectRampOptions {
  readonly firstNode: number;
  readonly nodes: number;
  readonly fleetNodes: number;
  /** Of wall time. */
  readonly overMs: number;
  /** Lets a node go. Answers whether it dials, so that the end of its dial is waited for. */
  readonly release: (slot: number, latenessUs: number) => boolean;
}

/** One run through the ramp. */
export class ConnectRamp {
  readonly #options: ConnectRampOptions;
  readonly #isDialling: Uint8Array;
  readonly #places: EvenPlaces;
  /** The slots in the order in which they go. */
  readonly #order: Uint32Array;
  #originUs = 0;
  #next = 0;
  #dialling = 0;
  readonly #timer = new WakeTimer(() => this.#step());
  #finish: () => void = () => undefined;

  constructor(options: ConnectRampOptions) {
    this.#options = options;
    this.#isDialling = new Uint8Array(options.nodes);
    this.#places = new EvenPlaces(options.fleetNodes);
    this.#order = new Uint32Array(options.nodes).map((_zero, slot) => slot);
    const { firstNode } = options;
    this.#order.sort((a, b) => this.#places.of(firstNode + a) - this.#places.of(firstNode + b));
  }

  /** Resolves when each node's first dial has ended, or when it is time to go on without the rest. */
  async run(originHrtimeUs: number): Promise<void> {
    this.#originUs = originHrtimeUs;
    const waitMs = (originHrtimeUs - hrtimeUs()) / 1_000 + this.#options.overMs + LAST_DIALS_MS;
    const ended = new Promise<void>((resolve) => (this.#finish = resolve));
    const patience = setTimeout(this.#finish, Math.max(0, waitMs));
    this.#step();
    await ended;
    clearTimeout(patience);
  }

  /** A dial of a node has ended; only its first counts. */
  dialEnded(slot: number): void {
    if (this.#isDialling[slot] === 0) return;
    this.#isDialling[slot] = 0;
    this.#dialling -= 1;
    this.#finishWhenDone();
  }

  close(): void {
    this.#timer.clear();
    this.#finish();
  }

  #step(): void {
    const { nodes, release } = this.#options;
    const sliceEndsUs = hrtimeUs() + SLICE_US;
    for (; this.#next < nodes; this.#next++) {
      const nowUs = hrtimeUs();
      const slot = this.#order[this.#next]!;
      const lateUs = nowUs - this.#dueUs(slot);
      if (lateUs < 0 || nowUs > sliceEndsUs) {
        this.#timer.set(nowUs - Math.min(0, lateUs));
        return;
      }
      // A dial that ends at once must be known as begun.
      this.#isDialling[slot] = 1;
      this.#dialling += 1;
      if (!release(slot, lateUs)) this.dialEnded(slot);
    }
    this.#finishWhenDone();
  }

  #finishWhenDone(): void {
    if (this.#dialling === 0 && this.#next >= this.#options.nodes) this.#finish();
  }

  #dueUs(slot: number): number {
    const { firstNode, overMs } = this.#options;
    return this.#originUs + Math.round(this.#places.middleOf(firstNode + slot) * overMs * 1_000);
  }
}
