/**
 * The virtual driver: a whole fleet and the embedded backend's rules in one event queue. Time jumps from event to
 * event; latencies are each node's own and fixed, servers are what the scenario's model says, unlimited where it says
 * nothing. Equal scenarios give equal records. It stands in one file as one reads a fleet's day from birth to end.
 */
import type { Adapter } from "../../adapters/adapter.ts";
import { assert } from "../../base/assert.ts";
import { NEVER, SECOND_US, type InstantUs } from "../../base/instant.ts";
import { faultCounters } from "../../faults/backend/fault-counters.ts";
import { FAULT_NAMES } from "../../faults/fault-names.ts";
import { powerCutsOf, type ShardPowerCut } from "../../fleet/power-cuts.ts";
import { NO_JOB, type RecordSink } from "../../measure/event-record.ts";
import type { ModelResult } from "../../measure/model-result.ts";
import { kindNumber } from "../../measure/record-codec.ts";
import type { NodeInput } from "../../node/inputs.ts";
import { NodeTable } from "../../node/node-table.ts";
import type { OutboxEntry } from "../../node/report.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { outagesOf } from "../../scenario/outages.ts";
import type { FleetWatcher } from "./fleet-watcher.ts";
import { Foresight } from "./foresight.ts";
import { IdleQuestions } from "./idle-questions.ts";
import { FLIGHT, type FlightKind } from "./in-flight.ts";
import { ModelledServers } from "./models/modelled-servers.ts";
import { RunAhead } from "./run-ahead.ts";
import { SentMessages } from "./sent-messages.ts";
import { VirtualAnswers } from "./virtual-answers.ts";
import { VirtualBackend } from "./virtual-backend.ts";
import { VirtualCarrier } from "./virtual-carrier.ts";
import { type DialHost, VirtualDials } from "./virtual-dials.ts";
import { type Outage, VirtualOutages } from "./virtual-outages.ts";
import { VirtualReception } from "./virtual-reception.ts";
import type { VirtualImage } from "./virtual-images.ts";
import { VirtualOperator } from "./virtual-operator.ts";
import { VirtualRoster } from "./virtual-roster.ts";
import { VirtualTransfers } from "./virtual-transfers.ts";
import { VirtualWorld } from "./virtual-world.ts";

const KIND = {
  released: kindNumber("released"),
  faultDrawn: kindNumber("fault drawn"),
} as const;

/** The question's, and its answer's. */
const FLIGHTS_OF_QUESTION = 2;
const DEADLINE: NodeInput = { kind: "deadline reached" };
/** After the end, acknowledgements under way are waited for so long. */
const DRAIN_US = 60 * SECOND_US;

/**
 * Until when a run goes on for certain, if nothing happens to a node before the instant that is told of it (0 = soon) and
 * the operator does nothing.
 */
export type GoesOnUntil = (nextUsOf: (node: number) => InstantUs) => InstantUs;

export interface VirtualFleetOptions {
  readonly scenario: Scenario;
  readonly adapter: Adapter;
  readonly sink: RecordSink;
  readonly watcher?: FleetWatcher | undefined;
  /** In the order of `imagesOf`. */
  readonly images: readonly VirtualImage[];
}

export interface VirtualEnd {
  readonly endedAtUs: InstantUs;
  readonly because: "settled" | "time is up";
  readonly events: number;
  /** What came otherwise than the scenario has it and takes nothing from the plan, as sentences. */
  readonly remarks: readonly string[];
  /** What the scenario's model came to; undefined = it states none. */
  readonly model: ModelResult | undefined;
}

/** What a run asks and tells beside whether it is over. */
export interface FleetRunHooks {
  /** Hears at each node how many there are, before fleet time begins. */
  readonly onBorn?: ((nodes: number) => void) | undefined;
  /** Left out: the run may end at any event. */
  readonly goesOnUntilUs?: GoesOnUntil | undefined;
}

export class VirtualFleet {
  readonly table: NodeTable;
  readonly backend: VirtualBackend;
  readonly #servers: ModelledServers | undefined;
  readonly #scenario: Scenario;
  readonly #watcher: FleetWatcher | undefined;
  readonly #roster: VirtualRoster;
  readonly #carrier: VirtualCarrier;
  readonly #outages: VirtualOutages;
  readonly #reception: VirtualReception;
  readonly #answers: VirtualAnswers;
  readonly #transfers: VirtualTransfers;
  readonly #dials: VirtualDials;
  readonly #world: VirtualWorld;
  readonly #operator: VirtualOperator;
  readonly #powerCuts: readonly ShardPowerCut[];
  /** Undefined where something of the scenario may come between any question and its answer. */
  readonly #idle: IdleQuestions | undefined;
  /** Undefined where something of the scenario concerns more nodes than one. */
  readonly #ahead: RunAhead | undefined;
  #isDraining = false;
  #events = 0;
  /** Only what the operator does changes when it does the next thing, so it need not be asked at each event. */
  #operatesAtUs: InstantUs = NEVER;

  constructor({ scenario, adapter, sink, watcher, images }: VirtualFleetOptions) {
    const { nodes } = scenario.fleet;
    this.#scenario = scenario;
    this.#watcher = watcher;
    const roster = new VirtualRoster(scenario, adapter, images);
    this.#roster = roster;
    this.table = roster.table;
    this.#world = new VirtualWorld(nodes, scenario.end.afterUs, sink);
    this.backend = new VirtualBackend(scenario, images);
    this.#powerCuts = powerCutsOf(scenario.fleet, 0, nodes, roster.fleet.settings.seed);
    const deliver = (node: number, input: NodeInput): void => this.#deliver(node, input);
    this.#outages = new VirtualOutages(outagesOf(scenario), scenario.model?.outages ?? []);
    this.#servers = ModelledServers.of(scenario);
    const sent = new SentMessages();
    const parts = [this.#world, this.backend, this.#outages] as const;
    this.#transfers = new VirtualTransfers(...parts, { roster, deliver }, this.#servers?.cdn);
    this.#dials = new VirtualDials(...parts, this.#dialHost(sink, deliver), this.#servers?.connects);
    this.#answers = new VirtualAnswers(this.#world, this.backend, sent, { roster, deliver });
    const { messages, fanOut } = this.#servers ?? {};
    const isUneventful = this.#outages.all.length === 0 && this.backend.faults.isQuiet;
    if (roster.hasLinks && messages?.fetch === undefined && isUneventful && this.#powerCuts.length === 0)
      this.#idle = new IdleQuestions(this.#world, this.backend, this.#answers, roster);
    if (this.#servers === undefined && isUneventful) {
      this.#ahead = new RunAhead(this.#world, {
        serve: (slot) => this.#serve(slot, true),
        touch: (node) => this.table.touch(node) + this.#world.touch(node),
      });
    }
    this.#carrier = new VirtualCarrier({
      sink,
      watcher,
      world: this.#world,
      backend: this.backend,
      outages: this.#outages,
      roster,
      sent,
      transfers: this.#transfers,
      dials: this.#dials,
      idle: this.#idle,
    });
    this.#reception = new VirtualReception(...parts, { roster, servers: messages, fanOut });
    this.#operator = new VirtualOperator({
      scenario,
      sink,
      world: this.#world,
      backend: this.backend,
      outages: this.#outages,
      reception: this.#reception,
      hears: (node) => roster.hears(node),
    });
  }

  #dialHost(sink: RecordSink, deliver: DialHost["deliver"]): DialHost {
    const watcher = this.#watcher;
    return {
      hasLinks: this.#roster.hasLinks,
      table: this.table,
      sink,
      countsInBulk: watcher === undefined || watcher.onSleptOver !== undefined,
      deliver,
      onSleptOver: (node, dials) => watcher?.onSleptOver?.(node, dials),
    };
  }

  /** What the backend has counted, by the names that the laws know, and how it misbehaved. */
  get backendCounters(): Readonly<Record<string, number>> {
    const misbehaviour = [...this.backend.faults.counts, ...this.#outages.counts];
    return { ...this.backend.counters, ...faultCounters(misbehaviour) };
  }

  /** Fleet time reached. */
  get reachedUs(): InstantUs {
    return this.#ahead?.reachedUs ?? this.#world.nowUs;
  }

  /** Events served so far. */
  get events(): number {
    return this.#events;
  }

  /** Runs to the end: until `isOver`, asked after each event, says so, or the scenario's time is up. */
  run(
    isOver: (nowUs: InstantUs) => boolean,
    { onBorn = () => {}, goesOnUntilUs = () => 0 }: FleetRunHooks = {},
  ): VirtualEnd {
    this.#birth(onBorn);
    Foresight.into(this.#world, this.table);
    while (this.#world.queue.isDue(0)) this.#step(true);
    this.#carrier.isRamp = false;
    this.#powerCuts.forEach(({ atUs }, cut) => this.#world.fly(FLIGHT.powerCut, 0, cut, undefined, atUs));
    this.#outages.all.forEach(({ fromUs }, outage) =>
      this.#world.fly(FLIGHT.backendGoesAway, 0, outage, undefined, fromUs),
    );
    const endUs = this.#scenario.end.afterUs;
    let because: VirtualEnd["because"] = "time is up";
    this.#operatesAtUs = this.#operator.nextUs;
    for (
      let nextUs = this.#world.queue.nextUs;
      Math.min(nextUs, this.#operatesAtUs) <= endUs;
      nextUs = this.#world.queue.nextUs
    ) {
      // What the operator does at an instant is there when a node asks at the same one.
      if (this.#operatesAtUs <= nextUs) {
        this.#operate();
        this.#operatesAtUs = this.#operator.nextUs;
      } else if (!this.#runAhead(isOver, goesOnUntilUs)) this.#step(true);
      else continue;
      if (isOver(this.#world.nowUs) && !this.#operator.isWaiting) {
        because = "settled";
        break;
      }
    }
    if (because !== "settled" && !this.#operator.isWaiting && isOver(this.#world.nowUs)) because = "settled";
    const endedAtUs = because === "settled" ? this.#world.nowUs : endUs;
    this.#dials.end(endedAtUs);
    const model = this.#servers?.result(endedAtUs, this.backend.counters.imageBytesServed);
    this.#drain();
    this.#servers?.destroy();
    return { endedAtUs, because, events: this.#events, remarks: this.#operator.remarks, model };
  }

  #birth(onBorn: (nodes: number) => void): void {
    for (let slot = 0; slot < this.#world.nodes; slot++) {
      onBorn(slot);
      const traits = this.#roster.fleet.traitsOf(slot);
      const birth = this.#roster.fleet.birthOf(slot, traits);
      this.table.at(slot).born(birth);
      this.#world.latencyUs.set(slot, traits.latencyUs);
      for (let fault = 0; birth.faults !== 0 && fault < FAULT_NAMES.length; fault++) {
        if ((birth.faults & (1 << fault)) !== 0) this.#world.record(KIND.faultDrawn, slot, fault, NO_JOB, 0, 0);
      }
      this.#servers?.cdn.expect(this.table.at(slot).traits.paceBytesPerSecond);
      this.#world.queue.set(slot, this.table.at(slot).deadlineUs);
      if (this.#scenario.fleet.begins !== "running") continue;
      // The ramp's connect happens while fleet time stands still, so nothing of it takes time here.
      this.#world.record(KIND.released, slot, 0, NO_JOB, 0, 0);
      this.#deliver(slot, { kind: "released" });
      // One after the other: if all connects were in flight at once, their slots would be half of a node's memory.
      while (this.#world.queue.isDue(0)) this.#step(true);
    }
  }

  #operate(): void {
    this.#world.nowUs = Math.max(this.#world.nowUs, this.#operator.nextUs);
    this.#events++;
    this.#operator.operate();
  }

  /** Lets the nodes live ahead one after the other, as far as none of them can matter to others, if that is a gain. */
  #runAhead(isOver: (nowUs: InstantUs) => boolean, goesOnUntilUs: GoesOnUntil): boolean {
    const ahead = this.#ahead;
    if (ahead?.isWorthALook(this.#events) !== true) return false;
    const goesOnUs = this.#operator.isWaiting ? NEVER : goesOnUntilUs((node) => ahead.nextUsOf(node));
    const untilUs = Math.min(goesOnUs, this.#operatesAtUs, this.backend.nextExpiryUs, this.#nextCutUs);
    return ahead.live(untilUs, this.#events, () => {
      const ends = isOver(this.#world.nowUs) && !this.#operator.isWaiting;
      assert(!ends, "a run does not end while it goes on for certain");
    });
  }

  /** The next power cut, from this instant on; NEVER = there is none. */
  get #nextCutUs(): InstantUs {
    const { nowUs } = this.#world;
    return this.#powerCuts.reduce((next, { atUs }) => (atUs >= nowUs && atUs < next ? atUs : next), NEVER);
  }

  /** Serves the next event. `servesNodes` false: deadlines pass unheard, and only what is under way goes on. */
  #step(servesNodes: boolean): void {
    const { queue } = this.#world;
    this.#world.nowUs = queue.nextUs;
    this.#serve(queue.peek(), servesNodes);
  }

  /** Serves what is due at this instant. */
  #serve(slot: number, servesNodes: boolean): void {
    this.#events++;
    if (slot >= this.#world.nodes) {
      this.#world.schedule(slot, NEVER);
      this.#arrive(slot);
    } else if (servesNodes) this.#deliver(slot, DEADLINE);
    else this.#world.schedule(slot, NEVER);
  }

  #drain(): void {
    this.#isDraining = true;
    const untilUs = this.#world.nowUs + DRAIN_US;
    while (this.#world.flight.size > 0 && this.#world.queue.nextUs <= untilUs) this.#step(false);
  }

  #deliver(slot: number, input: NodeInput): void {
    this.#dials.wake(slot);
    this.#carrier.slot = slot;
    this.#watcher?.onInput(slot, input, this.#world.nowUs);
    const io = this.#watcher?.carrierFor?.(slot, this.#carrier) ?? this.#carrier;
    const deadlineUs = this.table.deliver(slot, input, this.#world.nowUs, io);
    this.#world.schedule(slot, deadlineUs);
    this.#watcher?.onDelivered?.(slot, deadlineUs);
    if (this.#idle?.isHeld === true && this.#idle.goOn(slot, { operatesAtUs: this.#operatesAtUs, deadlineUs }))
      this.#events += FLIGHTS_OF_QUESTION;
  }

  #arrive(slot: number): void {
    const flight = this.#world.flight;
    const kind = flight.kindOf(slot);
    const node = flight.nodeOf(slot);
    const value = flight.valueOf(slot);
    const entry = flight.entryOf(slot);
    const isStale = flight.epochOf(slot) !== this.#world.epochs.get(node);
    this.#world.land(slot);
    // What has left the node reaches the backend, whatever becomes of the link behind it.
    if (kind === FLIGHT.atBackend) {
      this.#world.arrivals.arrived(node, this.#world.nowUs);
      this.#reception.take(node, value, entry as OutboxEntry, isStale);
    } else if (kind === FLIGHT.greetingAtBackend) {
      if (!this.#outages.isLost(this.#world.nowUs - this.#world.trips(node, 1), this.#world.nowUs))
        this.backend.hearVersion(node, this.#roster.books.images.get(value).version, this.#world.nowUs);
    } else if (kind === FLIGHT.served || kind === FLIGHT.servedUnheard) {
      this.#servers?.messages.served(node, this.#world.nowUs);
      this.#reception.serve(node, value, entry as OutboxEntry, isStale || kind === FLIGHT.servedUnheard);
    } else if (kind === FLIGHT.linkMoves) this.#transfers.linkMoves();
    else if (kind === FLIGHT.backendGoesOn)
      this.#transfers.stand(this.#outages.servedAtUs(this.#world.nowUs) > this.#world.nowUs);
    else if (kind === FLIGHT.backendGoesAway) this.#loseBackend(this.#outages.all[value] as Outage);
    else if (kind === FLIGHT.powerCut) this.#cutPower(this.#powerCuts[value] as ShardPowerCut);
    else if (!isStale) this.#reachNode(kind, node, value, entry);
  }

  #reachNode(kind: FlightKind, node: number, value: number, entry: OutboxEntry | undefined): void {
    switch (kind) {
      case FLIGHT.connectAtBroker:
        this.#dials.atBroker(node);
        break;
      case FLIGHT.connectRefused:
        this.#dials.refused(node);
        break;
      case FLIGHT.connected:
        // Whoever comes back behind the end was not there when it was judged who is done.
        if (!this.#isDraining) this.#dials.arrives(node, value);
        break;
      case FLIGHT.started:
        this.#deliver(node, { kind: "started" });
        break;
      case FLIGHT.acknowledged:
      case FLIGHT.nothingOffered:
        this.#answers.answered(
          kind === FLIGHT.acknowledged ? "acknowledged" : "nothing offered",
          node,
          value,
          entry as OutboxEntry,
        );
        break;
      case FLIGHT.messageFailed:
        this.#answers.failed(node, value, entry as OutboxEntry);
        break;
      case FLIGHT.offered:
      case FLIGHT.offeredWithAnExpiredUrl:
        // An offer would start something, and after the end nothing begins any more.
        if (!this.#isDraining) this.#answers.offered(node, value, entry, kind !== FLIGHT.offered);
        break;
      case FLIGHT.transferBegun:
        this.#transfers.begins(node);
        break;
      case FLIGHT.transferCut:
      case FLIGHT.transferBroken:
        this.#transfers.cutNoticed(kind, node, this.table.at(node).update.step, value);
        break;
      case FLIGHT.transferResumes:
        this.#transfers.resumes(node);
        break;
      default:
        this.#transfers.goesOn(node);
    }
  }

  #cutPower({ backAtUs, fromSlot, untilSlot, isInZone }: ShardPowerCut): void {
    if (this.#isDraining) return;
    for (let slot = fromSlot; slot < untilSlot; slot++) {
      if (isInZone?.(slot) === false) continue;
      this.#deliver(slot, { kind: "power lost", gotBytes: this.#transfers.gotBytesOf(slot), backAtUs });
    }
  }

  /** Killed, it takes every link and every download with it; standing still, it only lets wait. */
  #loseBackend(outage: Outage): void {
    if (this.#isDraining) return;
    this.#outages.begun(outage);
    if (outage.effect === "stands still") {
      if (this.#transfers.stand(true)) this.#world.fly(FLIGHT.backendGoesOn, 0, 0, undefined, outage.untilUs);
      return;
    }
    if (outage.of !== "cdn") this.#loseBroker(outage.of === "all");
    if (outage.of !== "broker") this.#transfers.breakAll();
  }

  #loseBroker(isWhole: boolean): void {
    if (isWhole) this.backend.faults.beginNextLife();
    this.#dials.killed();
    this.#reception.killed();
    for (let slot = 0; slot < this.#world.nodes && this.#roster.hasLinks; slot++) {
      if (!this.table.at(slot).link.isConnected) continue;
      this.#world.endConnection(slot);
      this.#deliver(slot, { kind: "connection lost" });
    }
  }
}
