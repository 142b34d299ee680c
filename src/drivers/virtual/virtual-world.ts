/**
 * What all parts of a virtual run share: the one queue of events, the messages in flight, the instant, and each node's
 * latency and connection epoch.
 */
import { BucketQueue } from "../../base/bucket-queue.ts";
import type { FewTimers } from "../../base/few-timers.ts";
import { type F32Column, FieldTable, type U16Column } from "../../base/field-table.ts";
import { NEVER, type InstantUs } from "../../base/instant.ts";
import type { RecordSink } from "../../measure/event-record.ts";
import type { OutboxEntry } from "../../node/report.ts";
import { ArrivalOrder } from "./arrival-order.ts";
import { InFlight, type FlightKind } from "./in-flight.ts";

export class VirtualWorld {
  readonly nodes: number;
  readonly queue: BucketQueue;
  readonly flight: InFlight;
  /** One way, microseconds. */
  readonly latencyUs: F32Column;
  /** Counted up when a node's connection ends: what was under way on it falls away. */
  readonly epochs: U16Column;
  /** How many flights each node has. */
  readonly underWay: U16Column;
  /** When the last message of each node reaches the backend. */
  readonly arrivals: ArrivalOrder;
  nowUs: InstantUs = 0;
  /** While a node lives ahead of the others: what is due for it, in place of the queue; see `RunAhead`. */
  own: FewTimers | undefined;
  /** The run ends at this instant at the latest. */
  readonly endUs: InstantUs;
  readonly #sink: RecordSink;
  readonly #byNode: FieldTable;

  constructor(nodes: number, endUs: InstantUs, sink: RecordSink) {
    this.nodes = nodes;
    this.endUs = endUs;
    // Room for the messages in flight: a queue that grows while it runs leaves its old half behind.
    this.flight = new InFlight(nodes);
    this.queue = new BucketQueue(nodes + (nodes >> 5) + 256, endUs, this.flight.isBehind);
    // In one row, as each message of a node needs all of it.
    const byNode = new FieldTable(nodes, 16);
    this.#byNode = byNode;
    this.arrivals = new ArrivalOrder(byNode.f64());
    this.latencyUs = byNode.f32();
    this.epochs = byNode.u16();
    this.underWay = byNode.u16();
    this.#sink = sink;
  }

  /** Reads what is kept of a node here, and by whoever takes records of it. */
  touch(node: number): number {
    return this.#byNode.touch(node) + (this.#sink.touch?.(node) ?? 0);
  }

  /** Sets, moves or (NEVER) removes when something is due: a node, or a message in flight. */
  schedule(slot: number, atUs: InstantUs): void {
    if (this.own === undefined) this.queue.set(slot, atUs);
    else this.own.set(slot, atUs);
  }

  /** So many one-way trips of a node, microseconds. */
  trips(node: number, count: number): number {
    return count * this.latencyUs.get(node);
  }

  /** The node's connection has ended: what is under way on it falls away. */
  endConnection(node: number): void {
    this.epochs.set(node, this.epochs.get(node) + 1);
  }

  /** Sends a message on its way; it arrives at a whole microsecond. Answers its slot in the queue. */
  fly(kind: FlightKind, node: number, value: number, entry: OutboxEntry | undefined, atUs: InstantUs): number {
    this.underWay.set(node, this.underWay.get(node) + 1);
    const slot = this.flight.add(kind, node, this.epochs.get(node), value, entry);
    this.schedule(slot, Math.max(this.nowUs, Math.ceil(atUs)));
    return slot;
  }

  /** Moves a message that is under way to another instant. */
  move(slot: number, atUs: InstantUs): void {
    this.schedule(slot, Math.max(this.nowUs, Math.ceil(atUs)));
  }

  /** Takes a message back that is under way. */
  recall(slot: number): void {
    this.schedule(slot, NEVER);
    this.land(slot);
  }

  /** A message is not under way any more. */
  land(slot: number): void {
    const node = this.flight.nodeOf(slot);
    this.underWay.set(node, this.underWay.get(node) - 1);
    this.flight.release(slot);
  }

  /** Whether an answer of "nothing" changes what is on record of no other node, nor how far this one is. */
  takesAnswersAhead(node: number): boolean {
    return this.#sink.takesAnswersAhead?.(node) === true;
  }

  record(kind: number, node: number, detail: number, job: number, a: number, b: number): void {
    this.#sink.record(kind, node, this.nowUs, detail, job, a, b);
  }
}
