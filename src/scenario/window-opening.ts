/** When a job's window opens for the nodes of a zone, by the rule that their firmware has for it. */
import { DAY_US, HOUR_US, MINUTE_US, SECOND_US } from "../base/instant.ts";
import { nodeRuleOf } from "../fleet/node-zone.ts";
import { localMinuteAt, parsePosixZone } from "../node/posix-zone.ts";
import type { JobScenario, Scenario } from "./scenario.ts";

/** When a zone's window is open for the first time after `afterUs`; undefined without a window, or if it never is. */
export function opensInUs(
  scenario: Scenario,
  { window }: JobScenario,
  zone: string,
  afterUs: number,
): number | undefined {
  const posix = parsePosixZone(nodeRuleOf(scenario.backend.adapter, zone));
  if (window?.startMinute === undefined || window.endMinute === undefined || posix === undefined) return undefined;
  const { startMinute, endMinute } = window;
  const startSeconds = scenario.clock.startUtcMs / 1000;
  for (let us = afterUs; us <= afterUs + 2 * DAY_US + HOUR_US; us += MINUTE_US) {
    const minute = localMinuteAt(posix, startSeconds + us / SECOND_US);
    const isOpen =
      startMinute <= endMinute
        ? minute >= startMinute && minute <= endMinute
        : minute >= startMinute || minute <= endMinute;
    if (isOpen) return us;
  }
  return undefined;
}

/** Fleet microseconds that a window is open for, both ends included. */
export function windowLengthUs({ window }: JobScenario): number {
  if (window?.startMinute === undefined || window.endMinute === undefined) return Infinity;
  const minutes = window.endMinute - window.startMinute;
  return ((minutes < 0 ? minutes + DAY_US / MINUTE_US : minutes) + 1) * MINUTE_US;
}
