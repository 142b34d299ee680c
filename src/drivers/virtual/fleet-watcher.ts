import type { InstantUs } from "../../base/instant.ts";
import type { Carrier } from "../../node/carrier.ts";
import type { NodeInput } from "../../node/inputs.ts";
import type { NodeNote } from "../../node/notes.ts";
import type { SleptOver } from "./virtual-dials.ts";

/** Sees what nodes are told and what happens inside them, in order; for traces and checks. It must change nothing. */
export interface FleetWatcher {
  onInput(slot: number, input: NodeInput, atUs: InstantUs): void;
  onNote(slot: number, note: NodeNote, atUs: InstantUs): void;
  /** The carrier that a node is told with, in front of the fleet's own: it hears the node's wishes, and passes them on. */
  carrierFor?(slot: number, own: Carrier): Carrier;
  /** The node has heard, and names its next deadline. */
  onDelivered?(slot: number, deadlineUs: InstantUs): void;
  /** Dials of a node that were counted in bulk; without this, each is an event of its own. */
  onSleptOver?(slot: number, dials: SleptOver): void;
}
