/**
 * Where the nodes of a shard act: their rows, the time they live in, and the way by which inputs reach them. One
 * input at a time: what arises while a node handles one waits until it has returned.
 */
import type { InstantUs } from "../../base/instant.ts";
import { NO_JOB, type RecordSink } from "../../measure/event-record.ts";
import { kindNumber } from "../../measure/record-codec.ts";
import type { Carrier } from "../../node/carrier.ts";
import type { NodeInput } from "../../node/inputs.ts";
import { NodeTable } from "../../node/node-table.ts";
import type { NodeSettings } from "../../node/settings.ts";
import { DeadlineAlarm } from "./deadline-alarm.ts";
import { fleetInstantAt, hrtimeUs, hrtimeUsOf, type FleetClock } from "./fleet-clock.ts";
import { WaitTally } from "./wait-tally.ts";

const KIND = { startDropped: kindNumber("start dropped") } as const;

interface LaterInput {
  readonly slot: number;
  readonly input: NodeInput;
  /** The slot's link when this arose: what came over one that is gone is not told. Undefined = it came over none. */
  readonly link: number | undefined;
}

/** Sees what nodes are told and what they name next; for traces. It must change nothing. */
export interface StageWatcher {
  onInput(slot: number, input: NodeInput, atUs: InstantUs): void;
  /** The carrier that a node is told with, in front of the shard's own. */
  carrierFor(slot: number, own: Carrier): Carrier;
  onDelivered(slot: number, deadlineUs: InstantUs): void;
}

/** Time, rows and inputs of a shard. */
export class NodeStage {
  readonly nodes: NodeTable;
  readonly settings: NodeSettings;
  readonly waits: WaitTally;
  readonly #sink: RecordSink;
  readonly #alarm: DeadlineAlarm;
  readonly #later: LaterInput[] = [];
  readonly #links: Uint32Array;
  readonly #watcher: StageWatcher | undefined;
  /** Starts that this machine could not make, by DROP_CAUSES. */
  readonly droppedStarts = new Map<number, number>();
  #carrier: Carrier | undefined;
  #clock: FleetClock | undefined;
  #isHandling = false;
  #isClosed = false;
  #nowUs: InstantUs = 0;
  #latenessUs = 0;

  constructor(
    settings: NodeSettings,
    nodes: number,
    rows: SharedArrayBuffer,
    sink: RecordSink,
    watcher?: StageWatcher,
  ) {
    this.settings = settings;
    this.#watcher = watcher;
    this.nodes = new NodeTable(settings, nodes, rows);
    this.waits = new WaitTally(nodes);
    this.#sink = sink;
    this.#links = new Uint32Array(nodes);
    this.#alarm = new DeadlineAlarm(nodes, (slot, dueHrtimeUs) => {
      this.tell(slot, { kind: "deadline reached" }, hrtimeUs() - dueHrtimeUs);
    });
  }

  /** Who carries the nodes' wishes out; once, before the first input. */
  castCarrier(carrier: Carrier): void {
    this.#carrier = carrier;
  }

  /** Fleet time begins to run. */
  begin(clock: FleetClock): void {
    this.#clock = clock;
    this.waits.begin(clock.originHrtimeUs);
    this.#alarm.begin(clock);
  }

  /** A node was born: its first deadline counts. */
  wake(slot: number): void {
    this.#alarm.set(slot, this.nodes.at(slot).deadlineUs);
  }

  /** Deadlines are not served any more. */
  stopStarts(): void {
    this.#alarm.stop();
  }

  /** Nobody is told anything any more. */
  close(): void {
    this.#isClosed = true;
    this.#alarm.stop();
    this.#later.length = 0;
  }

  /** Fleet time of the input that is being handled, or of the last one. */
  get handledAtUs(): InstantUs {
    return this.#nowUs;
  }

  /** Fleet time of this moment; 0 until it begins to run. */
  get nowUs(): InstantUs {
    return this.#clock === undefined ? 0 : fleetInstantAt(this.#clock, hrtimeUs());
  }

  /** How late the input that is being handled was told, in microseconds of wall time. */
  get latenessUs(): number {
    return this.#latenessUs;
  }

  /** The monotonic microsecond at which a fleet instant was or will be reached; that of now before time begins. */
  hrtimeUsOf(instant: InstantUs): number {
    return this.#clock === undefined ? hrtimeUs() : hrtimeUsOf(this.#clock, instant);
  }

  /** Tells a node what happened: at once, or when the input that is being handled is over. */
  tell(slot: number, input: NodeInput, latenessUs = 0): void {
    if (this.#isHandling) {
      this.#later.push({ slot, input, link: this.#links[slot]! });
      return;
    }
    this.#tellAt(slot, input, latenessUs, this.nowUs);
  }

  /** Tells a node what happened at `atHrtimeUs`, a moment ago, and was told to nobody yet. */
  tellOf(slot: number, input: NodeInput, atHrtimeUs: number): void {
    const atUs = this.#clock === undefined ? 0 : fleetInstantAt(this.#clock, atHrtimeUs);
    // Whatever was told meanwhile has happened: no node's time runs backwards.
    if (this.#isHandling) this.tell(slot, input);
    else this.#tellAt(slot, input, 0, Math.max(this.#nowUs, atUs));
  }

  #tellAt(slot: number, input: NodeInput, latenessUs: number, atUs: InstantUs): void {
    this.#deliver(slot, input, latenessUs, atUs);
    // What follows at once happens at the same instant. Under a compressed clock the microseconds in between would be
    // milliseconds of the node's life: two timers that a boot sets would ring one after the other, and both be heard.
    for (let next = this.#later.shift(); next !== undefined; next = this.#later.shift()) {
      const isStale = next.link !== undefined && next.link !== this.#links[next.slot];
      if (!isStale) this.#deliver(next.slot, next.input, 0, atUs);
    }
  }

  /** Tells the node that is handling an input what follows for it, whatever becomes of its link until then. */
  tellAfter(slot: number, input: NodeInput): void {
    this.#later.push({ slot, input, link: undefined });
  }

  /** The link of a node is gone, and with it whatever was still to be told of it. */
  forgetLink(slot: number): void {
    this.#links[slot]! += 1;
  }

  /** Changes whenever the link of a node is gone. */
  linkOf(slot: number): number {
    return this.#links[slot]!;
  }

  /** Writes a record of this moment. */
  record(kind: number, slot: number, detail: number, job: number, a: number, b: number): void {
    const atUs = this.#isHandling ? this.#nowUs : this.nowUs;
    this.#sink.record(kind, this.settings.firstNode + slot, atUs, detail, job, a, b);
  }

  /** This machine had no file or port left: counted, as it makes the run's numbers doubtful. */
  dropStart(slot: number, cause: number): void {
    if (cause === -1) return;
    this.droppedStarts.set(cause, (this.droppedStarts.get(cause) ?? 0) + 1);
    this.record(KIND.startDropped, slot, cause, NO_JOB, 0, 0);
  }

  /** Wall microseconds that a node has waited for the backend by now. */
  waitedUs(slot: number): number {
    return this.waits.ofUs(slot, hrtimeUs());
  }

  #deliver(slot: number, input: NodeInput, latenessUs: number, atUs: InstantUs): void {
    if (this.#isClosed || this.#carrier === undefined) return;
    this.#isHandling = true;
    this.#nowUs = atUs;
    this.#latenessUs = Math.max(0, latenessUs);
    this.#watcher?.onInput(slot, input, this.#nowUs);
    const carrier = this.#watcher?.carrierFor(slot, this.#carrier) ?? this.#carrier;
    const deadlineUs = this.nodes.deliver(slot, input, this.#nowUs, carrier);
    this.#watcher?.onDelivered(slot, deadlineUs);
    this.#isHandling = false;
    this.#alarm.set(slot, deadlineUs);
  }
}
