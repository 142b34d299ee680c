/** Who the nodes of a shard are on the wire. */
import type { NodeIdentity } from "../../adapters/adapter.ts";
import type { RunningImage } from "../../fleet/cohort.ts";
import type { SlotNumber } from "../../node/flash.ts";
import type { NodeTable } from "../../node/node-table.ts";

/** Hands out one object for all nodes: good until the next `of`, so never keep it. */
export class NodeIdentities {
  readonly #nodes: NodeTable;
  readonly #ids: readonly string[];
  readonly #secrets: readonly string[];
  readonly #runsOf: (slot: number) => Pick<RunningImage, "type" | "model">;
  readonly #shown = {
    id: "",
    secret: "",
    project: "",
    version: "",
    name: "",
    networkId: undefined,
    type: "",
    model: "",
  };

  constructor(
    nodes: NodeTable,
    ids: readonly string[],
    secrets: readonly string[],
    runsOf: (slot: number) => Pick<RunningImage, "type" | "model">,
  ) {
    this.#nodes = nodes;
    this.#runsOf = runsOf;
    this.#ids = ids;
    this.#secrets = secrets;
  }

  /** The node, with what the image says that it runs at this moment. */
  of(slot: number): NodeIdentity {
    const node = this.#nodes.at(slot);
    const image = node.settings.books.images.get(node.flash.imageIn(node.power.slot as SlotNumber));
    const shown = this.#shown;
    shown.id = this.#ids[slot]!;
    shown.secret = this.#secrets[slot]!;
    shown.project = image.project;
    shown.version = image.version;
    shown.name = shown.id;
    const { type, model } = this.#runsOf(slot);
    shown.type = type;
    shown.model = model;
    return shown;
  }
}
