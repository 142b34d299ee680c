/**
 * The steps of an update and how one leads to another: read this first. A step that the table does not allow is a
 * fault of ours, and stops the run.
 */
import { assert } from "../base/assert.ts";
import type { NodeRow, UpdateStep } from "./node-row.ts";

export const NEXT_STEPS: Readonly<Record<UpdateStep, readonly UpdateStep[]>> = {
  // An offer passed the gates.
  idle: ["beginning"],
  // The request is out. Failed: the next attempt begins, or none is left.
  beginning: ["reading head", "beginning", "idle"],
  // The answer began. The head decides: write, reject, or try again.
  "reading head": ["writing", "beginning", "idle"],
  // Bytes reach the flash. All there: verify. Broken: try again.
  writing: ["verifying", "beginning", "idle"],
  // The slot is read back. Good: idle until the reboot. Bad: try again.
  verifying: ["beginning", "idle"],
};

export function moveTo(node: NodeRow, step: UpdateStep): void {
  const from = node.update.step;
  const isStep = NEXT_STEPS[from].includes(step);
  if (!isStep) assert(isStep, `node ${node.index}: an update goes from "${from}" to "${step}"`);
  node.update.step = step;
}
