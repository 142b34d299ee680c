/** Why a node gave a job up, refused it or fell back: its own last word, and what only the order of events tells. */
import type { Reason } from "../node/report.ts";
import { REASONS, reasonNumber, reasonOfCode, statusOfCode } from "./status-code.ts";

/** What a node does not report: why its new image never ran. */
const UNTOLD = {
  /** An offer came between the update and the reboot, and its half-written slot did not boot. */
  secondOffer: "second offer before the reboot",
  noBoot: "new image did not boot",
} as const;

/** A reason as the reducer keeps it, in a byte; 0 = none. Reports have 1 to 32. */
export const END_REASON = { none: 0, secondOffer: 33, noBoot: 34 } as const;

/** The byte of a reason. */
export function endReason(reason: Reason): number {
  return 1 + reasonNumber(reason);
}

/** The byte of what a status says, where it is one of failure or refusal; undefined = it is neither. */
export function endReasonOfCode(code: number): number | undefined {
  const status = statusOfCode(code);
  const reason = reasonOfCode(code);
  return reason !== undefined && (status === "failed" || status === "rejected") ? endReason(reason) : undefined;
}

/** The words of a byte; "" = none. */
export function endReasonText(number: number): string {
  if (number === END_REASON.secondOffer) return UNTOLD.secondOffer;
  if (number === END_REASON.noBoot) return UNTOLD.noBoot;
  return REASONS[number - 1] ?? "";
}
