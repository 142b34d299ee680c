/** Why a node gave a job up, refused it or fell back: its own last word, and what only the order of events tells. */
import type { Reason } from "../node/report.ts";
import { REASONS, reasonNumber, reasonOfCode, statusOfCode } from "./status-code.ts";

/**
 * What a node does not report: the bootloader goes back without a word, and the old image knows no more than that it
 * runs again. What struck the new one is in the order of events.
 */
const UNTOLD = {
  /** An offer came between the update and the reboot, and its half-written slot did not boot. */
  secondOffer: "second offer before the reboot",
  noBoot: "new image did not boot",
  crashed: "boot loop",
  noNetwork: "no network after the update",
  powerLost: "power lost before the image was confirmed",
  /** By then no bootloader goes back. */
  lateCrash: "crashed after it was confirmed",
  broken: "broke at its first boot",
} as const;

/** What a result says of whoever was struck by one. */
export const SECOND_OFFER: string = UNTOLD.secondOffer;

/** A reason as the reducer keeps it, in a byte; 0 = none. Reports have 1 to 32. */
export const END_REASON = {
  none: 0,
  secondOffer: 33,
  noBoot: 34,
  crashed: 35,
  noNetwork: 36,
  powerLost: 37,
  lateCrash: 38,
  broken: 39,
  // In the words of firmware that is built to tell them.
  noConnection: endReason("no connection in time"),
  selfTest: endReason("self-test failed"),
} as const;

const UNTOLD_BY_NUMBER: ReadonlyMap<number, string> = new Map(
  Object.entries(UNTOLD).map(([name, text]) => [END_REASON[name as keyof typeof UNTOLD], text]),
);

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
  return UNTOLD_BY_NUMBER.get(number) ?? REASONS[number - 1] ?? "";
}
