/**
 * The virtual driver: a whole fleet and the embedded backend's rules in one event queue. Time jumps from event to
 * event; latencies are each node's own and fixed, servers are unlimited. Equal scenarios give equal records.
 */
import type { Adapter, NodeHalf } from "../../adapters/adapter.ts";
import { assert } from "../../base/assert.ts";
import { NEVER, SECOND_US, type InstantUs } from "../../base/instant.ts";
import { TimerQueue } from "../../base/timer-queue.ts";
import { FAULT_NAMES } from "../../faults/fault-names.ts";
import { fleetOfShard, type FleetOfShard } from "../../fleet/node-settings.ts";
import { traitsOf } from "../../fleet/traits.ts";
import { NO_JOB, OFFER_KINDS, type RecordSink } from "../../measure/event-record.ts";
import { kindNumber } from "../../measure/record-codec.ts";
import { statusCode } from "../../measure/status-code.ts";
import type { Carrier } from "../../node/carrier.ts";
import type { NodeInput } from "../../node/inputs.ts";
import { NodeTable } from "../../node/node-table.ts";
import type { NodeNote } from "../../node/notes.ts";
import type { OutboxEntry } from "../../node/report.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { NoteRecorder } from "../note-recorder.ts";
import { InFlight, type FlightKind } from "./in-flight.ts";
import { VirtualBackend, type ImageOnOffer } from "./virtual-backend.ts";

const KIND = {
  released: kindNumber("released"),
  dialled: kindNumber("dialled"),
  connected: kindNumber("connected"),
  connectParts: kindNumber("connect parts"),
  fetchSent: kindNumber("fetch sent"),
  fetchAcked: kindNumber("fetch acked"),
  offerReceived: kindNumber("offer received"),
  firstByte: kindNumber("first byte"),
  reportSent: kindNumber("report sent"),
  reportAcked: kindNumber("report acked"),
  faultDrawn: kindNumber("fault drawn"),
  jobCreated: kindNumber("job created"),
} as const;

const DEADLINE: NodeInput = { kind: "deadline reached" };
/** One-way trips: TCP's handshake and MQTT's take a round trip each. */
const CONNECT_TRIPS = 4;
/** TCP, TLS 1.2 as the firmware has it (two round trips), and the request. */
const FIRST_BYTE_TRIPS = 8;
/** After the end, acknowledgements under way are waited for so long. */
const DRAIN_US = 60 * SECOND_US;
/** newlib's ECONNABORTED: what a socket says when the network goes away under it. */
const NO_NETWORK_ERRNO = 113;
/** Between two looks at whether the run is over. */
const EVENTS_A_LOOK = 256;

export interface VirtualFleetOptions {
  readonly scenario: Scenario;
  readonly adapter: Adapter;
  readonly sink: RecordSink;
  readonly image: ImageOnOffer & { readonly secureVersion: number; readonly chip: string };
}

export interface VirtualEnd {
  readonly endedAtUs: InstantUs;
  readonly because: "settled" | "time is up";
  readonly events: number;
}

interface Transfer {
  readonly offer: number;
  readonly fromBytes: number;
  readonly pace: number;
  readonly dueUs: InstantUs;
  begunUs: InstantUs;
  untilBytes: number;
  /** Its entry in the queue; -1 = none. */
  slot: number;
}

export class VirtualFleet implements Carrier {
  readonly table: NodeTable;
  readonly backend: VirtualBackend;
  readonly #scenario: Scenario;
  readonly #sink: RecordSink;
  readonly #half: NodeHalf;
  readonly #fleet: FleetOfShard;
  readonly #queue: TimerQueue;
  readonly #flight: InFlight;
  readonly #notes: NoteRecorder;
  readonly #nodes: number;
  readonly #latencyUs: Float32Array;
  readonly #epochs: Uint32Array;
  /** When the last message of a node reached the backend: those of one connection keep their order. */
  readonly #arrivals: Float64Array;
  readonly #transfers = new Map<number, Transfer>();
  readonly #imageFits: number;
  readonly #imageMisfits: number;
  readonly #chips: readonly boolean[];
  readonly #jobNumbers: ReadonlyMap<string, number>;
  #slot = 0;
  #nowUs: InstantUs = 0;
  #isRamp = true;
  #events = 0;

  constructor({ scenario, adapter, sink, image }: VirtualFleetOptions) {
    const { fleet, clock } = scenario;
    this.#scenario = scenario;
    this.#sink = sink;
    this.#nodes = fleet.nodes;
    this.#fleet = fleetOfShard({
      fleet,
      seed: scenario.seed,
      adapter,
      firstNode: 0,
      startUtcMs: clock.startUtcMs,
      speed: 1,
    });
    const { settings } = this.#fleet;
    const generation = adapter.generations[adapter.defaultGeneration];
    assert(generation !== undefined, "an adapter has its default generation");
    this.#half = adapter.node({ baseUrl: "", generation, settings: {} });
    this.backend = new VirtualBackend(scenario, image);
    this.table = new NodeTable(settings, fleet.nodes);
    this.#queue = new TimerQueue(fleet.nodes);
    this.#flight = new InFlight(fleet.nodes);
    this.#latencyUs = new Float32Array(fleet.nodes);
    this.#epochs = new Uint32Array(fleet.nodes);
    this.#arrivals = new Float64Array(fleet.nodes);
    this.#jobNumbers = new Map(scenario.jobs.map((_, number) => [VirtualBackend.jobIdOf(number), number]));
    const { project, version, secureVersion, sizeBytes } = image;
    const identity = { project, version, secureVersion, sizeBytes, sha256: "" };
    this.#imageFits = settings.books.images.add({ ...identity, suitsChip: true });
    this.#imageMisfits = settings.books.images.add({ ...identity, suitsChip: false });
    this.#chips = fleet.cohorts.map((cohort) => cohort.runs.chip === image.chip);
    const jobOfImage = (number: number): number =>
      number === this.#imageFits || number === this.#imageMisfits ? 0 : NO_JOB;
    this.#notes = new NoteRecorder(sink, { jobOfId: (id) => this.#jobOfId(id), jobOfImage }, 0);
  }

  /** Runs to the end: until `isOver` says so, or the scenario's time is up. */
  run(isOver: () => boolean): VirtualEnd {
    this.#birth();
    while (this.#queue.nextUs <= 0) this.#step(true);
    this.#isRamp = false;
    this.#createJobs();
    const endUs = this.#scenario.end.afterUs;
    let because: VirtualEnd["because"] = "time is up";
    while (this.#queue.nextUs <= endUs) {
      this.#step(true);
      if (this.#events % EVENTS_A_LOOK === 0 && isOver()) {
        because = "settled";
        break;
      }
    }
    if (because !== "settled" && isOver()) because = "settled";
    const endedAtUs = because === "settled" ? this.#nowUs : endUs;
    this.#drain();
    return { endedAtUs, because, events: this.#events };
  }

  #birth(): void {
    const { fleet } = this.#scenario;
    for (let slot = 0; slot < this.#nodes; slot++) {
      const birth = this.#fleet.birthOf(slot);
      this.table.at(slot).born(birth);
      this.#latencyUs[slot] = traitsOf(fleet, this.#fleet.settings.seed, slot).latencyUs;
      for (let fault = 0; fault < FAULT_NAMES.length; fault++) {
        if ((birth.faults & (1 << fault)) !== 0) this.#record(KIND.faultDrawn, slot, fault, NO_JOB, 0, 0);
      }
      this.#queue.set(slot, this.table.at(slot).deadlineUs);
      if (birth.begins !== "running") continue;
      // The ramp's connect happens while fleet time stands still, so nothing of it takes time here.
      this.#record(KIND.released, slot, 0, NO_JOB, 0, 0);
      this.#deliver(slot, { kind: "released" });
    }
  }

  #createJobs(): void {
    const { jobs, fleet } = this.#scenario;
    jobs.forEach((job) => {
      const atUs = fleet.begins === "running" ? 0 : this.#nowUs;
      const { job: number, pushTo } = this.backend.createJob(this.#scenario, job, atUs, (node) => {
        const { link } = this.table.at(node);
        return link.isConnected && link.isListening;
      });
      this.#sink.record(KIND.jobCreated, 0, atUs, 0, number, 0, 0);
      for (const node of pushTo) this.#toNode("offered", node, number, undefined);
    });
  }

  /** Serves the next event. `servesNodes` false: deadlines pass unheard, and only what is under way goes on. */
  #step(servesNodes: boolean): void {
    const slot = this.#queue.peek();
    this.#nowUs = this.#queue.nextUs;
    this.#events++;
    if (slot >= this.#nodes) {
      this.#queue.set(slot, NEVER);
      this.#arrive(slot);
    } else if (servesNodes) this.#deliver(slot, DEADLINE);
    else this.#queue.set(slot, NEVER);
  }

  #drain(): void {
    const untilUs = this.#nowUs + DRAIN_US;
    while (this.#flight.size > 0 && this.#queue.nextUs <= untilUs) this.#step(false);
  }

  #deliver(slot: number, input: NodeInput): void {
    this.#slot = slot;
    const deadlineUs = this.table.deliver(slot, input, this.#nowUs, this);
    this.#queue.set(slot, deadlineUs);
  }

  #arrive(slot: number): void {
    const flight = this.#flight;
    const kind = flight.kindOf(slot);
    const node = flight.nodeOf(slot);
    const value = flight.valueOf(slot);
    const entry = flight.entryOf(slot);
    const isStale = flight.epochOf(slot) !== this.#epochs[node];
    flight.release(slot);
    // What has left the node reaches the backend, whatever becomes of the link behind it.
    if (kind === "fetch at backend") this.#fetchArrives(node, value, entry as OutboxEntry, isStale);
    else if (kind === "report at backend") this.#reportArrives(node, value, entry as OutboxEntry, isStale);
    else if (!isStale) this.#reachNode(kind, node, value, entry);
  }

  #reachNode(kind: FlightKind, node: number, value: number, entry: OutboxEntry | undefined): void {
    switch (kind) {
      case "connected":
        this.#connectionArrives(node);
        break;
      case "started":
        this.#deliver(node, { kind: "started" });
        break;
      case "acknowledged":
      case "nothing offered":
        this.#answerArrives(kind, node, value, entry as OutboxEntry);
        break;
      case "offered":
        this.#offerArrives(node, value, entry);
        break;
      case "transfer begun":
        this.#transferBegins(node);
        break;
      case "transfer cut":
        this.#transferCut(node, value);
        break;
      default:
        this.#transferGoesOn(node);
    }
  }

  #connectionArrives(node: number): void {
    const trip = this.#latencyUs[node] as number;
    this.backend.counters.connections++;
    const us = this.#half.link === "none" ? 0 : Math.round(trip * CONNECT_TRIPS);
    this.#record(KIND.connected, node, 0, NO_JOB, us, 0);
    this.#record(KIND.connectParts, node, 0, NO_JOB, Math.round(us / 2), 0);
    this.#deliver(node, { kind: "connected" });
  }

  #fetchArrives(node: number, message: number, entry: OutboxEntry, isStale: boolean): void {
    const { books } = this.#fleet.settings;
    const running = this.table.at(node).runningImage;
    const version = running === 0 ? "" : books.images.get(running).version;
    const job = this.backend.fetch(node, version, this.#nowUs);
    if (isStale) return;
    const isSilent = this.#half.link === "mqtt" || job !== undefined;
    this.#toNode(isSilent ? "acknowledged" : "nothing offered", node, message, entry);
    if (job !== undefined) this.#toNode("offered", node, job, entry);
  }

  #reportArrives(node: number, message: number, entry: OutboxEntry, isStale: boolean): void {
    const { texts } = this.#fleet.settings.books;
    const jobId = entry.job === 0 ? undefined : texts.get(entry.job);
    if (this.#isReadable(entry, jobId)) {
      const job = jobId === undefined ? NO_JOB : this.#jobOfId(jobId);
      this.backend.report(node, job === NO_JOB ? undefined : job, entry.status, entry.clockSeconds, this.#nowUs);
    } else this.backend.takeUnreadable();
    if (!isStale) this.#toNode("acknowledged", node, message, entry);
  }

  /** A status that the firmware's buffer cut is no JSON any more. Only errors make texts so long. */
  #isReadable(entry: OutboxEntry, jobId: string | undefined): boolean {
    if (entry.err === "" || this.#half.link === "none") return true;
    const who = { id: "0".repeat(22), secret: "", project: "", version: "", name: "", networkId: undefined };
    const wire = this.#half.encode(who, entry, jobId);
    return wire.via === "mqtt" && typeof wire.payload === "string";
  }

  #answerArrives(kind: "acknowledged" | "nothing offered", node: number, message: number, entry: OutboxEntry): void {
    const { outbox } = this.#fleet.settings.books;
    // The number may have been given to a later message: then this answer is too late.
    if (!outbox.has(message) || outbox.get(message) !== entry) return;
    if (entry.kind === "fetch") this.#record(KIND.fetchAcked, node, 0, NO_JOB, this.#nowUs - entry.dueUs, 0);
    else {
      const job = entry.job === 0 ? NO_JOB : this.#jobOfId(this.#fleet.settings.books.texts.get(entry.job));
      const code = statusCode(entry.status, entry.reason);
      this.#record(KIND.reportAcked, node, code, job, this.#nowUs - entry.madeAtUs, 0);
    }
    this.#deliver(node, { kind, message });
  }

  #offerArrives(node: number, job: number, fetch: OutboxEntry | undefined): void {
    const kind = OFFER_KINDS.indexOf(fetch === undefined ? "push" : "answer");
    const us = fetch === undefined ? 0 : this.#nowUs - fetch.dueUs;
    this.#record(KIND.offerReceived, node, kind, job, us, 0);
    const offer = this.#fleet.settings.books.offers.add(this.backend.offerOf(job));
    this.#deliver(node, { kind: "offered", offer });
  }

  #transferBegins(node: number): void {
    const transfer = this.#transfers.get(node);
    if (transfer === undefined) return;
    transfer.begunUs = this.#nowUs;
    transfer.slot = -1;
    this.#record(KIND.firstByte, node, 0, this.#jobOfOffer(transfer.offer), this.#nowUs - transfer.dueUs, 0);
    this.#deliver(node, { kind: "transfer begun" });
    if (this.#transfers.get(node) !== transfer) return;
    const cohort = traitsOf(this.#scenario.fleet, this.#fleet.settings.seed, node).cohort;
    const image = this.#chips[cohort] === true ? this.#imageFits : this.#imageMisfits;
    this.#deliver(node, { kind: "image head read", image });
    if (this.#transfers.get(node) === transfer) this.#planTransfer(node, transfer);
  }

  #transferCut(node: number, gotBytes: number): void {
    const { step } = this.table.at(node).update;
    if (step === "idle" || step === "verifying") return;
    const at = step === "writing" ? "body" : step === "reading head" ? "head" : "begin";
    this.#deliver(node, { kind: "transfer failed", step: at, gotBytes, err: "ESP_FAIL", errno: NO_NETWORK_ERRNO });
  }

  #transferGoesOn(node: number): void {
    const transfer = this.#transfers.get(node);
    if (transfer === undefined) return;
    transfer.slot = -1;
    const size = this.#sizeBytes();
    if (transfer.untilBytes < size) {
      const gotBytes = transfer.untilBytes;
      transfer.untilBytes = Infinity;
      this.#deliver(node, { kind: "bytes reached", gotBytes });
      if (this.#transfers.get(node) === transfer && transfer.slot === -1) this.#planTransfer(node, transfer);
      return;
    }
    this.#transfers.delete(node);
    this.backend.counters.imageBytesServed += size - transfer.fromBytes;
    this.#deliver(node, { kind: "transfer ended", gotBytes: size, isComplete: true, isIntact: true });
  }

  #planTransfer(node: number, transfer: Transfer): void {
    const goal = Math.min(transfer.untilBytes, this.#sizeBytes());
    const atUs = transfer.begunUs + Math.ceil(((goal - transfer.fromBytes) / transfer.pace) * SECOND_US);
    transfer.slot = this.#flight.add("transfer goes on", node, this.#epochs[node] as number, 0, undefined);
    this.#queue.set(transfer.slot, Math.max(this.#nowUs, atUs));
  }

  // Wishes -------------------------------------------------------------------------------------------------------

  connect(): void {
    const slot = this.#slot;
    this.#record(KIND.dialled, slot, 0, NO_JOB, 0, 0);
    const trips = this.#isRamp || this.#half.link === "none" ? 0 : CONNECT_TRIPS;
    this.#fly("connected", slot, 0, undefined, this.#nowUs + trips * (this.#latencyUs[slot] as number));
  }

  disconnect(): void {
    this.#epochs[this.#slot] = ((this.#epochs[this.#slot] as number) + 1) >>> 0;
  }

  listen(): void {
    // The subscription is there when the connection is: nothing can be published in between.
  }

  greet(): void {
    this.#fly("started", this.#slot, 0, undefined, this.#nowUs + 2 * (this.#latencyUs[this.#slot] as number));
  }

  send(message: number): void {
    const slot = this.#slot;
    const entry = this.#fleet.settings.books.outbox.get(message);
    if (entry.kind === "fetch") this.#record(KIND.fetchSent, slot, 0, NO_JOB, 0, 0);
    else {
      const job = entry.job === 0 ? NO_JOB : this.#jobOfId(this.#fleet.settings.books.texts.get(entry.job));
      // Sent before, if it was made earlier than this instant.
      const isAgain = entry.madeAtUs < this.#nowUs ? 1 : 0;
      this.#record(KIND.reportSent, slot, statusCode(entry.status, entry.reason), job, isAgain, 0);
    }
    const atUs = Math.max(this.#nowUs + (this.#latencyUs[slot] as number), (this.#arrivals[slot] as number) + 1);
    this.#arrivals[slot] = atUs;
    this.#fly(entry.kind === "fetch" ? "fetch at backend" : "report at backend", slot, message, entry, atUs);
  }

  download(offer: number, fromBytes: number, _isRanged: boolean, untilBytes: number, pace: number): void {
    const slot = this.#slot;
    this.backend.counters.imageRequests++;
    const transfer: Transfer = { offer, fromBytes, pace, dueUs: this.#nowUs, begunUs: 0, untilBytes, slot: -1 };
    this.#transfers.set(slot, transfer);
    const atUs = this.#nowUs + FIRST_BYTE_TRIPS * (this.#latencyUs[slot] as number);
    transfer.slot = this.#flight.add("transfer begun", slot, this.#epochs[slot] as number, 0, undefined);
    this.#queue.set(transfer.slot, Math.ceil(atUs));
  }

  awaitBytes(untilBytes: number): void {
    const transfer = this.#transfers.get(this.#slot);
    if (transfer === undefined) return;
    transfer.untilBytes = untilBytes;
    if (transfer.slot === -1) return;
    this.#forget(transfer);
    this.#planTransfer(this.#slot, transfer);
  }

  stopDownload(): void {
    const transfer = this.#transfers.get(this.#slot);
    if (transfer === undefined) return;
    this.#transfers.delete(this.#slot);
    this.#forget(transfer);
    this.backend.counters.imageRequestsCut++;
    this.backend.counters.imageBytesServed += Math.max(0, this.#gotBytes(transfer) - transfer.fromBytes);
  }

  cutDownload(): void {
    const slot = this.#slot;
    const transfer = this.#transfers.get(slot);
    if (transfer === undefined) return;
    const gotBytes = this.#gotBytes(transfer);
    this.stopDownload();
    // Of the node's own making, so it does not fall with the connection.
    this.#queue.set(this.#flight.add("transfer cut", slot, this.#epochs[slot] as number, gotBytes, undefined), this.#nowUs);
  }

  powerOff(): void {}

  release(offer: number): void {
    this.#fleet.settings.books.offers.release(offer);
  }

  note(what: NodeNote): void {
    this.#notes.note(this.table.at(this.#slot), what, this.#nowUs, 0);
  }

  // ---------------------------------------------------------------------------------------------------------------

  #forget(transfer: Transfer): void {
    if (transfer.slot === -1) return;
    this.#queue.set(transfer.slot, NEVER);
    this.#flight.release(transfer.slot);
    transfer.slot = -1;
  }

  #gotBytes(transfer: Transfer): number {
    if (transfer.begunUs === 0) return transfer.fromBytes;
    const bytes = Math.floor(((this.#nowUs - transfer.begunUs) / SECOND_US) * transfer.pace);
    return Math.min(this.#sizeBytes(), transfer.fromBytes + bytes);
  }

  #toNode(kind: FlightKind, node: number, value: number, entry: OutboxEntry | undefined): void {
    this.#fly(kind, node, value, entry, this.#nowUs + (this.#latencyUs[node] as number));
  }

  #fly(kind: FlightKind, node: number, value: number, entry: OutboxEntry | undefined, atUs: InstantUs): void {
    this.#queue.set(this.#flight.add(kind, node, this.#epochs[node] as number, value, entry), Math.ceil(atUs));
  }

  #jobOfId(jobId: string): number {
    return this.#jobNumbers.get(jobId) ?? NO_JOB;
  }

  #jobOfOffer(offer: number): number {
    return this.#jobOfId(this.#fleet.settings.books.offers.get(offer).jobId ?? "");
  }

  #sizeBytes(): number {
    return this.#fleet.settings.books.images.get(this.#imageFits).sizeBytes;
  }

  #record(kind: number, slot: number, detail: number, job: number, a: number, b: number): void {
    this.#sink.record(kind, slot, this.#nowUs, detail, job, a, b);
  }
}
