import type { Noted } from "../history.ts";
import type { Checker } from "./checker.ts";

/**
 * Judged by the platform's own time zones, not by the node's rule. Later attempts on one offer follow at once, however
 * late it is: so the firmware has it. A release without time limits starts at once.
 */
export const noEarlyStart: Checker = {
  id: "N2",
  sentence: "no download starts outside window or validity by the node's clock, on the first attempt after an offer",
  check: ({ notes, generations, traits }) => {
    const breaches: string[] = [];
    for (const noted of notes) {
      if (noted.note.kind !== "attempt begun" || noted.note.attempt !== 1) continue;
      if (generations[noted.node]?.heedsTimeLimits === false) continue;
      const why = whyNot(noted, traits[noted.node]?.zone ?? "");
      if (why !== undefined) breaches.push(`node ${noted.node} starts at ${noted.clockSeconds}: ${why}`);
    }
    return breaches;
  },
};

function whyNot({ offer, clockSeconds, isClockSet }: Noted, zone: string): string | undefined {
  if (offer === undefined) return "it has no offer";
  const { window, validity } = offer;
  if (window === undefined && validity === undefined) return undefined;
  if (!isClockSet) return "its clock was never set";
  if (validity?.startSeconds !== undefined && clockSeconds < validity.startSeconds) return "before validity";
  if (validity?.endSeconds !== undefined && clockSeconds > validity.endSeconds) return "after validity";
  if (window?.startMinute === undefined || window.endMinute === undefined) return undefined;
  const minute = minuteIn(zone, clockSeconds);
  const { startMinute, endMinute } = window;
  const isInside =
    startMinute <= endMinute
      ? minute >= startMinute && minute <= endMinute
      : minute >= startMinute || minute <= endMinute;
  return isInside ? undefined : `minute ${minute} of the day in ${zone} is not in ${startMinute} to ${endMinute}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function minuteIn(zone: string, epochSeconds: number): number {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    formats.set(zone, format);
  }
  const [hour, minute] = format
    .format(epochSeconds * 1_000)
    .split(":")
    .map(Number);
  return (hour as number) * 60 + (minute as number);
}
