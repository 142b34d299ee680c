/**
 * Nodes that have nothing to do with each other live one after the other, each for a stretch of fleet time, in place of
 * all of them at each instant. What is kept of a node is read once then, and stays near until it has lived its stretch;
 * the queue of the fleet holds none of what happens meanwhile. A stretch ends before anything that concerns more than
 * one node: an act of the operator, a power cut, a job's timeout, and the end of the run, which must be seen at its own instant.
 *
 * Records of one node come in their order, and those of different nodes in another than that of time: whatever is
 * computed of them adds up (see `reducer.ts`). After: Chandy, Misra, "Distributed simulation", IEEE TSE SE-5 (1979), whose
 * processes go on by themselves as far as no message can reach them.
 */
import { FewTimers } from "../../base/few-timers.ts";
import { NEVER, type InstantUs } from "../../base/instant.ts";
import { FLIGHT } from "./in-flight.ts";
import type { VirtualWorld } from "./virtual-world.ts";

/** A stretch in which fewer nodes wake, of so many, is no gain: its begin looks at every node. */
const NODES_A_WAKING = 8;
/** Where a stretch was not worth it, the next is looked for after so many events for each node. */
const EVENTS_A_NODE_BETWEEN = 0.25;
const EVENTS_MIN_BETWEEN = 256;
/** What is kept of a node is read when this one is so many further, so that it is near by then. */
const NODES_FORESEEN = 3;

/** What it needs of the fleet. */
export interface AheadHost {
  /** Serves what is due of a node or a message in flight, at the world's instant. */
  serve(slot: number): void;
  /** Reads what is kept of a node. */
  touch(node: number): number;
}

export class RunAhead {
  readonly #world: VirtualWorld;
  readonly #host: AheadHost;
  readonly #own: FewTimers;
  #nextLook = 0;
  #fromUs: InstantUs = 0;
  #untilUs: InstantUs = 0;
  /** The node that lives its stretch; -1 = none does. */
  #node = -1;
  /** What was read last of a node to come, where everyone could see it: so no compiler can leave the reading out. */
  read = 0;

  constructor(world: VirtualWorld, host: AheadHost) {
    this.#world = world;
    this.#own = new FewTimers(world.flight.isBehind);
    this.#host = host;
  }

  /** Whether it is time to look for a stretch. `events`: those served so far. */
  isWorthALook(events: number): boolean {
    return events >= this.#nextLook;
  }

  /** When something happens to a node next, as far as it is known; 0 = soon. */
  nextUsOf(node: number): InstantUs {
    return this.#world.underWay.get(node) === 0 ? this.#world.queue.timeOf(node) : 0;
  }

  /**
   * Lets every node live until an instant, if so many have anything to do before it that this is a gain. `events`: those
   * served so far. False: nothing was done.
   */
  live(untilUs: InstantUs, events: number, onNode: () => void): boolean {
    const world = this.#world;
    this.#nextLook = events + Math.max(EVENTS_MIN_BETWEEN, world.nodes * EVENTS_A_NODE_BETWEEN);
    if (untilUs <= world.nowUs || this.#countDue(untilUs) * NODES_A_WAKING < world.nodes) return false;
    this.#nextLook = 0;
    this.#fromUs = world.nowUs;
    this.#untilUs = Math.min(untilUs, world.endUs);
    const { places } = world.flight;
    const keys = this.#flightsByNode(places);
    let flight = 0;
    let lastUs = world.nowUs;
    for (let node = 0; node < world.nodes; node++) {
      let hasFlights = false;
      for (; flight < keys.length && Math.floor((keys[flight] as number) / places) === node; flight++) {
        hasFlights = true;
        const slot = world.nodes + ((keys[flight] as number) % places);
        this.#own.set(slot, world.queue.timeOf(slot));
        world.queue.set(slot, NEVER);
      }
      const wakesUs = world.queue.timeOf(node);
      if (wakesUs >= untilUs && !hasFlights) continue;
      this.#node = node;
      if (node + NODES_FORESEEN < world.nodes) this.read += this.#host.touch(node + NODES_FORESEEN);
      this.#own.set(node, wakesUs);
      lastUs = Math.max(lastUs, this.#liveOne(untilUs));
      onNode();
    }
    world.nowUs = lastUs;
    this.#node = -1;
    return true;
  }

  /** Fleet time reached, where the nodes of a stretch that have lived it stand for so much of it. */
  get reachedUs(): InstantUs {
    if (this.#node === -1) return this.#world.nowUs;
    return this.#fromUs + (this.#untilUs - this.#fromUs) * (this.#node / this.#world.nodes);
  }

  /** Answers the instant of what happened last. */
  #liveOne(untilUs: InstantUs): InstantUs {
    const world = this.#world;
    const own = this.#own;
    let lastUs = 0;
    world.own = own;
    for (let nextUs = own.nextUs; nextUs < untilUs && nextUs <= world.endUs; nextUs = own.nextUs) {
      lastUs = nextUs;
      world.nowUs = nextUs;
      this.#host.serve(own.peek());
    }
    world.own = undefined;
    world.queue.set(this.#node, NEVER);
    own.drain((slot, timeUs) => world.queue.set(slot, timeUs));
    return lastUs;
  }

  #countDue(untilUs: InstantUs): number {
    const { queue, nodes } = this.#world;
    let due = 0;
    for (let node = 0; node < nodes; node++) if (queue.timeOf(node) < untilUs) due++;
    return due;
  }

  /** Everything that is under way, by its node: node * places + place, in order. Ten million of both are below 2^53. */
  #flightsByNode(places: number): Float64Array {
    const { flight, nodes } = this.#world;
    const keys = new Float64Array(flight.size);
    let count = 0;
    flight.each((slot) => {
      if (flight.kindOf(slot) !== FLIGHT.powerCut) keys[count++] = flight.nodeOf(slot) * places + (slot - nodes);
    });
    return keys.subarray(0, count).sort();
  }
}
