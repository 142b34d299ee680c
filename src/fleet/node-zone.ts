/** The zone that a node really lives in: its firmware may know another rule than tzdata, or not know the name at all. */
import {
  FIRMWARE_DEFAULT_ZONE,
  firmwareRuleOf,
  ZONES_UNKNOWN_TO_FIRMWARE,
} from "../adapters/rainmaker/zone-exceptions.ts";
import { assert } from "../base/assert.ts";
import { posixRuleOf } from "./zones.ts";

/**
 * The POSIX rule of a node.
 *
 * @param adapter kind of backend, which says whose firmware the nodes run
 * @param zone an IANA name that `isZone` knows
 */
export function nodeRuleOf(adapter: string, zone: string): string {
  const rule = adapter === "rainmaker" ? firmwareRuleOf(zone, posixRuleOf) : posixRuleOf(zone);
  assert(rule !== undefined, `${zone} is a time zone`);
  return rule;
}

/** The zone in which a node stays that is given one whose name its firmware does not know; undefined if it knows it. */
export function zoneKeptInstead(adapter: string, zone: string): string | undefined {
  return adapter === "rainmaker" && ZONES_UNKNOWN_TO_FIRMWARE.has(zone) ? FIRMWARE_DEFAULT_ZONE : undefined;
}
