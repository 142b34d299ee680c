/**
 * What all parts of a virtual run share: the one queue of events, the messages in flight, the instant, and each node's
 * latency and connection epoch.
 */
import { BucketQueue } from "../../base/bucket-queue.ts";
import { type F32Column, FieldTable, type U32Column } from "../../base/field-table.ts";
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
  readonly epochs: U32Column;
  /** When the last message of each node reaches the backend. */
  readonly arrivals: ArrivalOrder;
  nowUs: InstantUs = 0;
  readonly #sink: RecordSink;
  readonly #byNode: FieldTable;

  /** @param endUs the run ends at this instant at the latest */
  constructor(nodes: number, endUs: InstantUs, sink: RecordSink) {
    this.nodes = nodes;
    // Room for the messages in flight: a queue that grows while it runs leaves its old half behind.
    this.queue = new BucketQueue(nodes + (nodes >> 5) + 256, endUs);
    this.flight = new InFlight(nodes);
    // In one row, as each message of a node needs all of it.
    const byNode = new FieldTable(nodes, 16);
    this.#byNode = byNode;
    this.arrivals = new ArrivalOrder(byNode.f64());
    this.latencyUs = byNode.f32();
    this.epochs = byNode.u32();
    this.#sink = sink;
  }

  /** Reads what is kept of a node here, and by whoever takes records of it. */
  touch(node: number): number {
    return this.#byNode.touch(node) + (this.#sink.touch?.(node) ?? 0);
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
    const slot = this.flight.add(kind, node, this.epochs.get(node), value, entry);
    this.queue.set(slot, Math.max(this.nowUs, Math.ceil(atUs)));
    return slot;
  }

  /** Moves a message that is under way to another instant. */
  move(slot: number, atUs: InstantUs): void {
    this.queue.set(slot, Math.max(this.nowUs, Math.ceil(atUs)));
  }

  /** Takes a message back that is under way. */
  recall(slot: number): void {
    this.queue.set(slot, NEVER);
    this.flight.release(slot);
  }

  record(kind: number, node: number, detail: number, job: number, a: number, b: number): void {
    this.#sink.record(kind, node, this.nowUs, detail, job, a, b);
  }
}
