import type { InstantUs } from "../base/instant.ts";
import type { Carrier } from "./carrier.ts";
import type { NodeInput } from "./inputs.ts";
import type { NodeSettings } from "./settings.ts";
import { VirtualNode } from "./virtual-node.ts";

/** A row in words of eight bytes, and what a processor fetches of it at once. */
const UNITS = VirtualNode.bytes / 8;
const LINE_UNITS = 8;

/**
 * The nodes of a shard, a row each, in one shared buffer: whoever holds the buffer can read what every node really
 * runs, even after the worker that drove them died. Drivers know a node by its slot: never keep what `at` returns.
 */
export class NodeTable {
  readonly nodes: number;
  readonly rows: SharedArrayBuffer;
  readonly #node: VirtualNode;
  readonly #units: Float64Array;

  constructor(settings: NodeSettings, nodes: number, rows = new SharedArrayBuffer(NodeTable.bytesFor(nodes))) {
    this.nodes = nodes;
    this.rows = rows;
    this.#units = new Float64Array(rows);
    this.#node = new VirtualNode(rows, settings);
  }

  /** Bytes of the buffer for so many nodes. */
  static bytesFor(nodes: number): number {
    return nodes * VirtualNode.bytes;
  }

  at(slot: number): VirtualNode {
    this.#node.moveTo(slot);
    return this.#node;
  }

  /** The bytes of a node's row, to be kept or put back. */
  rowOf(slot: number): Uint8Array {
    return new Uint8Array(this.rows, slot * VirtualNode.bytes, VirtualNode.bytes);
  }

  /** Reads a node's row, so that it is near when the node is told something. */
  touch(slot: number): number {
    const from = slot * UNITS;
    return this.#units[from]! + this.#units[from + LINE_UNITS]! + this.#units[from + UNITS - 1]!;
  }

  /** Tells a node what happened, and returns when to wake it next. */
  deliver(slot: number, input: NodeInput, now: InstantUs, io: Carrier): InstantUs {
    return this.at(slot).handle(input, now, io);
  }
}
