/**
 * How long an unconfirmed image still has. The wait counts the node's time; while a dial or, without a link, a question
 * is outstanding it stands still, for that is the backend's time, which a compressed clock would multiply.
 */
import { NEVER, type InstantUs } from "../base/instant.ts";
import type { NodeRow } from "./node-row.ts";

/** Something is asked of the backend. */
export function pauseValidation(node: NodeRow, now: InstantUs): void {
  const { update } = node;
  if (!node.isValidating || update.verdictAtUs === NEVER || update.isRollbackPaused) return;
  // Overdue deadlines are served in their order, so a wait that is over at this moment was outrun by a late generator:
  // the dial that came first in fleet time keeps its chance.
  update.verdictAtUs = Math.max(1, update.verdictAtUs - now);
  update.isRollbackPaused = true;
}

/** The backend has answered, or its time is up: the node's own wait runs on. */
export function resumeValidation(node: NodeRow, now: InstantUs): void {
  const { update } = node;
  if (!update.isRollbackPaused) return;
  update.verdictAtUs += now;
  update.isRollbackPaused = false;
}

/**
 * The backend refused: until the next dial the wait stands still, as that pause counts wall time, and is charged what
 * the pause costs the firmware. Where less than that is left, it runs out meanwhile.
 */
export function chargeValidation(node: NodeRow, spanUs: number, now: InstantUs): void {
  const { update } = node;
  if (!update.isRollbackPaused) return;
  if (update.verdictAtUs > spanUs) update.verdictAtUs -= spanUs;
  else resumeValidation(node, now);
}
