/**
 * The backend's end of the nodes' links in virtual time: what arrives there, what it does, and what goes back. It also
 * is where messages, offers and acknowledgements meet the backend's misbehaviour.
 */
import type { InstantUs } from "../../base/instant.ts";
import type { AnswerPoint } from "../../faults/backend/fault-draws.ts";
import { NO_JOB } from "../../measure/event-record.ts";
import type { OutboxEntry } from "../../node/report.ts";
import { FLIGHT, type FlightKind } from "./in-flight.ts";
import type { BrokerFanOut } from "./models/broker-gates.ts";
import type { MessageServers } from "./models/message-servers.ts";
import type { VirtualBackend } from "./virtual-backend.ts";
import type { VirtualOutages } from "./virtual-outages.ts";
import type { VirtualRoster } from "./virtual-roster.ts";
import type { VirtualWorld } from "./virtual-world.ts";

/** As long as a RainMaker job's id on the wire: what a status has left for its text depends on it. */
const JOB_ID_ON_WIRE = "0".repeat(22);

const NO_OFFERS: readonly FlightKind[] = [];

/** What the reception needs of the fleet. */
export interface ReceptionHost {
  readonly roster: VirtualRoster;
  /** Undefined = as many as come are served at once. */
  readonly servers: MessageServers | undefined;
  readonly fanOut: BrokerFanOut | undefined;
}

export class VirtualReception {
  readonly #world: VirtualWorld;
  readonly #backend: VirtualBackend;
  readonly #outages: VirtualOutages;
  readonly #host: ReceptionHost;

  constructor(world: VirtualWorld, backend: VirtualBackend, outages: VirtualOutages, host: ReceptionHost) {
    this.#world = world;
    this.#backend = backend;
    this.#outages = outages;
    this.#host = host;
  }

  /** A message of a node arrives. `isStale`: the link that it came by is gone, and nothing can go back. */
  take(node: number, message: number, entry: OutboxEntry, isStale: boolean): void {
    const { nowUs } = this.#world;
    if (this.#outages.isLost(entry.sentAtUs, nowUs)) {
      this.#fail(node, message, entry, isStale);
      return;
    }
    const { servers } = this.#host;
    const doneUs = servers === undefined ? nowUs : servers.arrive(entry.kind, node, nowUs);
    if (doneUs === undefined) this.#fail(node, message, entry, isStale);
    else if (doneUs <= nowUs) this.serve(node, message, entry, isStale);
    else this.#world.fly(isStale ? FLIGHT.servedUnheard : FLIGHT.served, node, message, entry, doneUs);
  }

  /** A message of a node has been served. */
  serve(node: number, message: number, entry: OutboxEntry, isStale: boolean): void {
    const { nowUs } = this.#world;
    const { faults } = this.#backend;
    const fault = faults.at("message", node);
    if (fault !== undefined) faults.fired(fault.name);
    if (fault?.effect === "swallowed") return;
    if (fault?.effect === "error") {
      this.#fail(node, message, entry, isStale);
      return;
    }
    const lateUs = this.#lateUs(entry.kind === "fetch" ? "fetch answer" : "status answer", node);
    const job = entry.kind === "fetch" ? this.#answerFetch(node) : this.#hearReport(node, entry);
    const offers = job === undefined ? NO_OFFERS : this.#backend.offersTo(node);
    if (isStale) return;
    const saysNothing = entry.kind === "fetch" && job === undefined && !this.#host.roster.hasLinks;
    const times = fault?.effect === "unacknowledged" ? 0 : fault?.effect === "acknowledged twice" ? 2 : 1;
    for (let i = 0; i < times; i++) {
      this.#toNode(saysNothing ? FLIGHT.nothingOffered : FLIGHT.acknowledged, node, message, entry, nowUs + lateUs);
    }
    // Behind the acknowledgement, which may confirm a new image: an unconfirmed one takes no offers. A question is
    // answered once; a copy of the answer is one that nobody asked for.
    let leavesUs = nowUs + lateUs;
    for (let copy = 0; copy < offers.length; copy++) {
      leavesUs++;
      this.#offer(offers[copy] as FlightKind, node, job ?? NO_JOB, copy === 0 ? entry : undefined, leavesUs);
    }
  }

  /** The backend sends an offer that the node did not ask for. */
  push(node: number, job: number): void {
    const { nowUs } = this.#world;
    this.#backend.offersTo(node).forEach((kind, copy) => this.#offer(kind, node, job, undefined, nowUs + copy));
  }

  /** The servers were killed: what they had taken is lost, and an exchange hears of it. */
  killed(): void {
    const { flight, nowUs } = this.#world;
    this.#host.servers?.die(nowUs);
    this.#host.fanOut?.gate.reset(nowUs);
    if (this.#host.servers === undefined) return;
    for (const slot of flight.slotsOf(FLIGHT.served, FLIGHT.servedUnheard)) {
      const node = flight.nodeOf(slot);
      const entry = flight.entryOf(slot) as OutboxEntry;
      const isStale = flight.kindOf(slot) !== FLIGHT.served || flight.epochOf(slot) !== this.#world.epochs.get(node);
      this.#fail(node, flight.valueOf(slot), entry, isStale);
      this.#world.recall(slot);
    }
  }

  #answerFetch(node: number): number | undefined {
    return this.#backend.fetch(node, this.#host.roster.versionOf(node), this.#world.nowUs);
  }

  #hearReport(node: number, entry: OutboxEntry): undefined {
    const jobId = this.#host.roster.jobIdOf(entry);
    if (this.#isReadable(node, entry, jobId)) {
      const job = this.#host.roster.jobOf(entry);
      const { status, clockSeconds } = entry;
      this.#backend.report(node, job === NO_JOB ? undefined : job, status, clockSeconds, this.#world.nowUs);
    } else this.#backend.takeUnreadable();
  }

  /** A status that the firmware's buffer cut is no JSON any more. Only errors make texts so long. */
  #isReadable(node: number, entry: OutboxEntry, jobId: string | undefined): boolean {
    if (entry.err === "" || !this.#host.roster.hasLinks) return true;
    const who = { id: "", secret: "", project: "", version: "", name: "", networkId: undefined };
    const wire = this.#host.roster.halfOf(node).encode(who, entry, jobId === undefined ? undefined : JOB_ID_ON_WIRE);
    return wire.via === "mqtt" && typeof wire.payload === "string";
  }

  /** Only an exchange knows that it failed; on a link nothing comes back. */
  #fail(node: number, message: number, entry: OutboxEntry, isStale: boolean): void {
    if (!isStale && !this.#host.roster.hasLinks)
      this.#toNode(FLIGHT.messageFailed, node, message, entry, this.#world.nowUs);
  }

  /** How much later than at once an answer leaves. */
  #lateUs(point: AnswerPoint, node: number): number {
    const { nowUs } = this.#world;
    return this.#outages.servedAtUs(nowUs + this.#backend.faults.lateUs(point, node)) - nowUs;
  }

  /** The broker gives an offer out that is ready at an instant, in its turn. */
  #offer(kind: FlightKind, node: number, job: number, entry: OutboxEntry | undefined, leavesUs: InstantUs): void {
    const waitUs = this.#host.fanOut?.waitUs(this.#world.nowUs) ?? 0;
    this.#toNode(kind, node, job, entry, leavesUs + waitUs);
  }

  #toNode(kind: FlightKind, node: number, value: number, entry: OutboxEntry | undefined, leavesUs: InstantUs): void {
    const world = this.#world;
    world.fly(kind, node, value, entry, leavesUs + world.trips(node, 1));
  }
}
