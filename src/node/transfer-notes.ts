/** What the event log hears of a transfer's end, whoever ended it. */
import type { Carrier } from "./carrier.ts";
import type { NodeRow } from "./node-row.ts";
import type { Reason } from "./report.ts";

/** @param gotBytes absolute in the image; what is noted is what arrived in this attempt */
export function noteEnd(node: NodeRow, reason: Reason, gotBytes: number, io: Carrier): void {
  io.note({ kind: "attempt ended", reason, gotBytes: Math.max(0, gotBytes - node.update.fromBytes) });
}

/** The node goes off in mid-transfer: nobody says so but the event log. */
export function breakOff(node: NodeRow, gotBytes: number, io: Carrier): void {
  const { step } = node.update;
  if (step === "idle") return;
  // First stopped, then noted: what the backend let the node wait until now belongs to this transfer.
  io.stopDownload();
  if (step !== "verifying") noteEnd(node, "transfer failed", gotBytes, io);
}
