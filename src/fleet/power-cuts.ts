/** The power cuts that a run of nodes lives through: what both drivers carry out at their instants. */
import type { InstantUs } from "../base/instant.ts";
import type { Cohort } from "./cohort.ts";
import type { Fleet } from "./fleet.ts";
import { zoneOf } from "./traits.ts";

/** Power is away from these slots (the second one excluded) from one instant to another, fleet time. */
export interface ShardPowerCut {
  readonly atUs: InstantUs;
  readonly backAtUs: InstantUs;
  readonly fromSlot: number;
  readonly untilSlot: number;
  /** Only slots whose node is in one of these zones; undefined = all. */
  readonly isInZone: ((slot: number) => boolean) | undefined;
}

/**
 * The cuts that hit a shard's nodes, the earliest first. Slots count from the shard's first node.
 *
 * @param seed 32 bits, see `seedOf`: which zone a node is in hangs on it
 */
export function powerCutsOf(fleet: Fleet, firstNode: number, nodes: number, seed: number): readonly ShardPowerCut[] {
  const inZones = (zones: readonly string[]): ShardPowerCut["isInZone"] =>
    zones.length === 0 ? undefined : (slot) => zones.includes(zoneOf(fleet, seed, firstNode + slot));
  return fleet.cohorts
    .flatMap((cohort) => {
      const fromSlot = Math.max(0, cohort.firstNode - firstNode);
      const untilSlot = Math.min(nodes, cohort.firstNode + cohort.nodes - firstNode);
      if (fromSlot >= untilSlot) return [];
      return cutsOf(fleet, cohort).map(({ atUs, forUs, zones }) => {
        return { atUs, backAtUs: atUs + forUs, fromSlot, untilSlot, isInZone: inZones(zones) };
      });
    })
    .toSorted((a, b) => a.atUs - b.atUs);
}

export interface CohortCut {
  readonly atUs: number;
  readonly forUs: number;
  readonly zones: readonly string[];
}

/** The cuts of a cohort: its own, and the fleet's that are for it. */
export function cutsOf({ powerCuts }: Fleet, cohort: Cohort): readonly CohortCut[] {
  const ofFleet = (powerCuts ?? []).filter(({ cohorts }) => cohorts.length === 0 || cohorts.includes(cohort.name));
  return [...cohort.powerCuts.map((cut) => ({ ...cut, zones: [] })), ...ofFleet];
}
