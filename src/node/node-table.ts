import type { InstantUs } from "../base/instant.ts";
import type { Carrier } from "./carrier.ts";
import type { NodeInput } from "./inputs.ts";
import type { NodeSettings } from "./settings.ts";
import { VirtualNode } from "./virtual-node.ts";

/**
 * The nodes of a shard, a row each, in one shared buffer: whoever holds the buffer can read what every node really
 * runs, even after the worker that drove them died. Drivers know a node by its slot: never keep what `at` returns.
 */
export class NodeTable {
  readonly nodes: number;
  readonly rows: SharedArrayBuffer;
  readonly #node: VirtualNode;

  constructor(settings: NodeSettings, nodes: number, rows = new SharedArrayBuffer(NodeTable.bytesFor(nodes))) {
    this.nodes = nodes;
    this.rows = rows;
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

  /** Tells a node what happened, and returns when to wake it next. */
  deliver(slot: number, input: NodeInput, now: InstantUs, io: Carrier): InstantUs {
    return this.at(slot).handle(input, now, io);
  }
}
