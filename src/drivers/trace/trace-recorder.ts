/** Watches one node of a virtual fleet and writes its life down: it changes nothing of it, and keeps nothing of others. */
import { assert } from "../../base/assert.ts";
import { NEVER, type InstantUs } from "../../base/instant.ts";
import type { Carrier } from "../../node/carrier.ts";
import type { NodeInput } from "../../node/inputs.ts";
import type { ShownRow, TracedInput, TraceStep } from "../../node/trace-step.ts";
import type { NodeTable } from "../../node/node-table.ts";
import type { VirtualNode } from "../../node/virtual-node.ts";
import { RecordingCarrier } from "./recording-carrier.ts";
import type { SleptOver } from "../virtual/virtual-dials.ts";
import { changes, shownRow } from "./shown-row.ts";
import { SilentCarrier } from "./silent-carrier.ts";
import { newTraceCounts } from "./trace-numbers.ts";
import { tracedInput } from "./traced-input.ts";

/** What came of the wishes is on record already. */
const NOBODY = new SilentCarrier();

export class TraceRecorder {
  readonly steps: TraceStep[] = [];
  readonly #slot: number;
  #table: NodeTable | undefined;
  readonly #counts = newTraceCounts();
  #carrier: RecordingCarrier | undefined;
  #input: TracedInput | undefined;
  #atUs: InstantUs = 0;
  #before: ShownRow | undefined;
  /** The row behind the last step, byte by byte. */
  #stood: Uint8Array | undefined;

  /** @param slot of the node in the table that `watch` names */
  constructor(slot: number) {
    this.#slot = slot;
  }

  /** The table that the node is in; to be told before the node hears anything. */
  watch(table: NodeTable): this {
    this.#table = table;
    return this;
  }

  /** The node is about to hear of this. */
  onInput(slot: number, input: NodeInput, atUs: InstantUs): void {
    if (slot !== this.#slot) return;
    const node = this.#node;
    this.#before ??= shownRow(node, this.#counts);
    this.#input = tracedInput(input, node.settings.books, this.#counts);
    this.#atUs = atUs;
  }

  onNote(): void {
    // The node's own come by the carrier, with its wishes in between.
  }

  /** The carrier that a node is to be told with. */
  carrierFor(slot: number, own: Carrier): Carrier {
    if (slot !== this.#slot) return own;
    this.#carrier ??= new RecordingCarrier(() => this.#node, this.#counts, own);
    this.#carrier.acts = [];
    return this.#carrier.over(own);
  }

  /** The node has heard, and names its next deadline. */
  onDelivered(slot: number, deadlineUs: InstantUs): void {
    if (slot !== this.#slot || this.#input === undefined || this.#before === undefined) return;
    const node = this.#node;
    const after = shownRow(node, this.#counts);
    this.steps.push({
      atUs: this.#atUs,
      input: this.#input,
      acts: this.#carrier?.acts ?? [],
      changed: changes(this.#before, after),
      wakesAtUs: deadlineUs === NEVER ? null : deadlineUs,
      wakesFor: node.deadlineReason,
    });
    this.#before = after;
    this.#stood = this.#watched.rowOf(slot).slice();
    this.#input = undefined;
  }

  /**
   * The node slept over dials that were all refused. It is told of each again, from where it stood, and so comes to
   * where it stands: a trace has them one by one, as a replay needs them, and the plan goes on as without it.
   */
  onSleptOver(slot: number, { firstUs, everyUs, times, answerUs, openSinceUs }: SleptOver): void {
    if (slot !== this.#slot || this.#stood === undefined) return;
    const row = this.#watched.rowOf(slot);
    const stands = row.slice();
    row.set(this.#stood);
    for (let dial = 0; dial < times; dial++) {
      this.#tell({ kind: "deadline reached" }, firstUs + dial * everyUs);
      this.#tell({ kind: "connection refused" }, firstUs + dial * everyUs + answerUs);
    }
    if (openSinceUs !== undefined) this.#tell({ kind: "deadline reached" }, openSinceUs);
    assert(
      row.every((byte, place) => byte === stands[place]),
      "a node that slept over dials stands as if it had been told of each",
    );
  }

  #tell(input: NodeInput, atUs: InstantUs): void {
    this.onInput(this.#slot, input, atUs);
    const deadlineUs = this.#watched.deliver(this.#slot, input, atUs, this.carrierFor(this.#slot, NOBODY));
    this.onDelivered(this.#slot, deadlineUs);
  }

  /** Wherever the table's cursor stands by now. */
  get #node(): VirtualNode {
    return this.#watched.at(this.#slot);
  }

  get #watched(): NodeTable {
    assert(this.#table !== undefined, "a recorder watches a table");
    return this.#table;
  }
}
