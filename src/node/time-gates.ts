/**
 * Validity and window: may the update start now, and if not, when to ask again. Both ends are included; the window is
 * judged in whole local minutes and its wait is counted in plain minutes, so on a day of a clock change it is off by
 * the change, which the next fetch finds out. Source: esp_rainmaker src/ota/esp_rmaker_ota.c, and its answers when run.
 */
import type { LocalWindow, Offer, Validity } from "./offer.ts";
import { localMinuteAt, type PosixZone } from "./posix-zone.ts";
import type { Reason } from "./report.ts";

/** Every wait ends this much after the opening. */
const WAIT_MARGIN_MS = 5_000;
/** Without a clock there is nothing to wait for, so it asks again soon. */
const NO_CLOCK_DELAY_MS = 30_000;
/** A clock at or before 2019-01-01T00:00:00Z counts as not set. */
const CLOCK_SET_AFTER_SECONDS = 1_546_300_800;

const DAY_MINUTES = 1_440;

export type TimeVerdict =
  | { readonly kind: "open" }
  | { readonly kind: "wait"; readonly reason: Reason; readonly delayMs: number }
  | { readonly kind: "over"; readonly reason: Reason };

const OPEN: TimeVerdict = { kind: "open" };

/** @param clockSeconds what the node's clock shows, whole seconds; small where it was never set */
export function judgeTime(offer: Offer, clockSeconds: number, zone: PosixZone): TimeVerdict {
  if (offer.validity === undefined && offer.window === undefined) return OPEN;
  if (clockSeconds <= CLOCK_SET_AFTER_SECONDS) return { kind: "wait", reason: "no clock", delayMs: NO_CLOCK_DELAY_MS };
  if (offer.validity !== undefined) {
    const verdict = judgeValidity(offer.validity, clockSeconds);
    if (verdict !== OPEN) return verdict;
  }
  return offer.window === undefined ? OPEN : judgeWindow(offer.window, localMinuteAt(zone, clockSeconds));
}

function judgeValidity({ startSeconds, endSeconds }: Validity, now: number): TimeVerdict {
  if (startSeconds !== undefined && now < startSeconds) {
    return { kind: "wait", reason: "before validity", delayMs: (startSeconds - now) * 1_000 + WAIT_MARGIN_MS };
  }
  if (endSeconds !== undefined && now > endSeconds) return { kind: "over", reason: "validity over" };
  return OPEN;
}

function judgeWindow({ startMinute, endMinute }: LocalWindow, now: number): TimeVerdict {
  // An end without a start is no window.
  if (startMinute === undefined) return OPEN;
  if (endMinute === undefined) return { kind: "over", reason: "window without end" };
  const isInside =
    startMinute <= endMinute ? now >= startMinute && now <= endMinute : now >= startMinute || now <= endMinute;
  if (isInside) return OPEN;
  const minutes = now < startMinute ? startMinute - now : startMinute + DAY_MINUTES - now;
  return { kind: "wait", reason: "outside window", delayMs: minutes * 60_000 + WAIT_MARGIN_MS };
}
