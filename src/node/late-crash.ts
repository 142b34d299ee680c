/**
 * A fault that an image hides until it has run for a while: it crashes then, and at every boot after that. While it is
 * unconfirmed, the bootloader goes back to the image before. Once it is confirmed nothing does: ESP-IDF aborts only
 * what is pending, and boots what is valid again and again, so the node is lost until somebody opens it.
 */
import type { InstantUs } from "../base/instant.ts";
import type { Carrier } from "./carrier.ts";
import { noteLateCrash } from "./faulting.ts";
import type { NodeRow } from "./node-row.ts";
import { crash } from "./power-off.ts";
import { keptBytes } from "./resume.ts";
import { breakOff } from "./transfer-notes.ts";

/** The running image has run for as long as its fault lets it. */
export function crashLate(node: NodeRow, now: InstantUs, io: Carrier): void {
  const { power, flash } = node;
  noteLateCrash(node, io);
  // A slot that was written just before is booted by the crash as it would have been by the restart.
  const isAnotherNext = flash.nextSlot !== power.slot;
  const isPending = power.state === "pending-verify";
  breakOff(node, keptBytes(node), io);
  crash(node, now, io);
  if (!isPending && !isAnotherNext) breakForGood(node, io);
}

/** Nothing boots any more. */
export function breakForGood(node: NodeRow, io: Carrier): void {
  node.power.isBricked = true;
  io.note({ kind: "bricked" });
}
