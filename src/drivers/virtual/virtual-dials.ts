/**
 * Dials in virtual time: the trips of a connect, the broker's gate where the scenario's model has one, refusals while
 * nobody listens. In an outage of the model a node dials every ten seconds and is refused; where nothing else can happen
 * to it these dials are counted at once. What that makes on record is put there when the node wakes or the run ends.
 */
import type { InstantUs } from "../../base/instant.ts";
import { CONNECT_FAILURES, NO_JOB, type RecordSink } from "../../measure/event-record.ts";
import { kindNumber } from "../../measure/record-codec.ts";
import type { NodeInput } from "../../node/inputs.ts";
import { type RefusedDials, refuseDials, standBetweenDials } from "../../node/network.ts";
import type { NodeTable } from "../../node/node-table.ts";
import type { BrokerConnects } from "./models/broker-gates.ts";
import { FLIGHT } from "./in-flight.ts";
import type { VirtualBackend } from "./virtual-backend.ts";
import type { VirtualOutages } from "./virtual-outages.ts";
import type { VirtualWorld } from "./virtual-world.ts";

const KIND = {
  dialled: kindNumber("dialled"),
  connected: kindNumber("connected"),
  connectParts: kindNumber("connect parts"),
  connectFailed: kindNumber("connect failed"),
} as const;

const REFUSED = CONNECT_FAILURES.indexOf("refused");
const LAPSED = CONNECT_FAILURES.indexOf("timeout");
/** One-way trips: TCP's handshake and MQTT's take a round trip each. */
const CONNECT_TRIPS = 4;
/** Of those, until CONNECT is at the broker. */
const TRIPS_TO_BROKER = 3;

/** Dials of one node that were taken at once, as they became known: when it woke, or the run ended. */
export interface SleptOver extends RefusedDials {
  /** From each dial to its refusal. */
  readonly answerUs: number;
  /** When the one dial behind them began that has no answer yet; undefined = there is none. */
  readonly openSinceUs: InstantUs | undefined;
}

/** What the dials need of the fleet. */
export interface DialHost {
  readonly hasLinks: boolean;
  readonly table: NodeTable;
  readonly sink: RecordSink;
  /** False: each dial is an event, for whoever wants to see it. */
  readonly countsInBulk: boolean;
  deliver(node: number, input: NodeInput): void;
  /** What was counted in bulk is told, for whoever writes it down; the node stands behind it already. */
  onSleptOver?(node: number, dials: SleptOver): void;
}

export class VirtualDials {
  readonly #world: VirtualWorld;
  readonly #backend: VirtualBackend;
  readonly #outages: VirtualOutages;
  readonly #host: DialHost;
  readonly #connects: BrokerConnects | undefined;
  /** Of nodes that sleep over dials: the first of them, and how many; made when the first node does. */
  #firstUs: Float64Array | undefined;
  #times: Uint32Array | undefined;
  #isOver = false;

  constructor(
    world: VirtualWorld,
    backend: VirtualBackend,
    outages: VirtualOutages,
    host: DialHost,
    connects: BrokerConnects | undefined,
  ) {
    this.#world = world;
    this.#backend = backend;
    this.#outages = outages;
    this.#host = host;
    this.#connects = connects;
  }

  /** A node dials. `isRamp`: fleet time stands still, so nothing of it takes time or a turn. */
  dial(node: number, isRamp: boolean): void {
    const world = this.#world;
    world.record(KIND.dialled, node, 0, NO_JOB, 0, 0);
    const isFree = isRamp || !this.#host.hasLinks;
    const hasGate = this.#connects !== undefined && !isFree;
    const trips = isFree ? 0 : hasGate ? TRIPS_TO_BROKER : CONNECT_TRIPS;
    const atUs = this.#outages.servedAtUs(world.nowUs + world.trips(node, trips));
    world.fly(hasGate ? FLIGHT.connectAtBroker : FLIGHT.connected, node, 0, undefined, atUs);
  }

  /** The node's own patience has ended its dial. */
  lapsed(node: number): void {
    this.#world.record(KIND.connectFailed, node, LAPSED, NO_JOB, 0, 0);
  }

  /** A connect is at the broker's gate. */
  atBroker(node: number): void {
    const world = this.#world;
    const backUs = world.nowUs + world.trips(node, CONNECT_TRIPS - TRIPS_TO_BROKER);
    const isDead = this.#outages.isDead("broker", world.nowUs);
    const waitUs = isDead ? undefined : this.#connects?.arrive(world.nowUs);
    if (waitUs === undefined) world.fly(FLIGHT.connectRefused, node, 0, undefined, backUs);
    else world.fly(FLIGHT.connected, node, waitUs, undefined, backUs + waitUs);
  }

  /** The broker is killed: whoever waits at its gate is reset. */
  killed(): void {
    if (this.#connects === undefined) return;
    const world = this.#world;
    this.#connects.gate.reset(world.nowUs);
    for (const slot of world.flight.slotsOf(FLIGHT.connected)) {
      const node = world.flight.nodeOf(slot);
      const isStale = world.flight.epochOf(slot) !== world.epochs.get(node);
      world.recall(slot);
      if (!isStale) world.fly(FLIGHT.connectRefused, node, 0, undefined, world.nowUs + world.trips(node, 1));
    }
  }

  /** @param waitedUs at the broker's gate */
  arrives(node: number, waitedUs: number): void {
    const { hasLinks } = this.#host;
    if (hasLinks && this.#outages.isDead("broker", this.#world.nowUs)) {
      this.refused(node);
      return;
    }
    const tcpUs = hasLinks ? Math.round(this.#world.trips(node, CONNECT_TRIPS / 2)) : 0;
    const us = hasLinks ? Math.round(this.#world.trips(node, CONNECT_TRIPS) + waitedUs) : 0;
    this.#backend.counters.connections++;
    this.#world.record(KIND.connected, node, 0, NO_JOB, us, 0);
    this.#world.record(KIND.connectParts, node, 0, NO_JOB, tcpUs, 0);
    this.#host.deliver(node, { kind: "connected" });
  }

  refused(node: number): void {
    this.#world.record(KIND.connectFailed, node, REFUSED, NO_JOB, 0, 0);
    this.#host.deliver(node, { kind: "connection refused" });
    this.#sleepOver(node);
  }

  /** Something happens to a node: what it dialled up to now is put on record. */
  wake(node: number): void {
    const times = this.#times?.[node] ?? 0;
    if (times === 0) return;
    const firstUs = this.#firstUs?.[node] ?? 0;
    const { nowUs } = this.#world;
    const answerUs = this.#answerUs(node);
    const row = this.#host.table.at(node);
    const everyUs = answerUs + row.wallMs(row.generation.redialMs);
    if (this.#times !== undefined) this.#times[node] = 0;
    if (firstUs + (times - 1) * everyUs + answerUs < nowUs) {
      const dials = { firstUs, everyUs, times };
      this.#record(node, dials, answerUs);
      this.#host.onSleptOver?.(node, { ...dials, answerUs, openSinceUs: undefined });
      return;
    }
    // Sooner than was thought: the later dials have not been.
    const over = Math.max(0, Math.ceil((nowUs - firstUs - answerUs) / everyUs));
    const dials = { firstUs, everyUs, times: over };
    this.#record(node, dials, answerUs);
    const nextUs = firstUs + over * everyUs;
    const isUnderWay = nextUs <= nowUs;
    standBetweenDials(row, isUnderWay ? nextUs : undefined, nextUs);
    this.#world.schedule(node, row.deadlineUs);
    this.#host.onSleptOver?.(node, { ...dials, answerUs, openSinceUs: isUnderWay ? nextUs : undefined });
    if (!isUnderWay) return;
    this.#host.sink.record(KIND.dialled, node, nextUs, 0, NO_JOB, 0, 0);
    this.#world.fly(FLIGHT.connectRefused, node, 0, undefined, nextUs + answerUs);
  }

  /** The run ends at an instant: what every node dialled so far is put on record, and nobody sleeps any more. */
  end(atUs: InstantUs): void {
    this.#isOver = true;
    if (this.#times === undefined || !this.#times.some((times) => times > 0)) return;
    this.#world.nowUs = Math.max(this.#world.nowUs, atUs);
    for (let node = 0; node < this.#world.nodes; node++) this.wake(node);
  }

  /** Dials that will all be refused, with nothing between them, are slept over. */
  #sleepOver(node: number): void {
    const untilUs =
      this.#host.countsInBulk && !this.#isOver
        ? this.#outages.modelledAt("broker", this.#world.nowUs)?.untilUs
        : undefined;
    if (untilUs === undefined) return;
    const row = this.#host.table.at(node);
    const dials = refuseDials(row, this.#answerUs(node), untilUs);
    if (dials === undefined) return;
    this.#firstUs ??= new Float64Array(this.#world.nodes);
    this.#times ??= new Uint32Array(this.#world.nodes);
    this.#firstUs[node] = dials.firstUs;
    this.#times[node] = dials.times;
    this.#world.schedule(node, row.deadlineUs);
  }

  /** From a dial to its refusal. */
  #answerUs(node: number): number {
    return this.#world.trips(node, CONNECT_TRIPS);
  }

  #record(node: number, { firstUs, everyUs, times }: RefusedDials, answerUs: number): void {
    const { sink } = this.#host;
    if (times === 0) return;
    const lastUs = firstUs + (times - 1) * everyUs + answerUs;
    if (sink.recordRefusedDials !== undefined) {
      sink.recordRefusedDials(node, REFUSED, lastUs, times);
      return;
    }
    for (let i = 0; i < times; i++) {
      sink.record(KIND.dialled, node, firstUs + i * everyUs, 0, NO_JOB, 0, 0);
      sink.record(KIND.connectFailed, node, firstUs + i * everyUs + answerUs, REFUSED, NO_JOB, 0, 0);
    }
  }
}
