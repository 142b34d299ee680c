/** The power cuts that a run of nodes lives through: what both drivers carry out at their instants. */
import type { InstantUs } from "../base/instant.ts";
import type { Fleet } from "./fleet.ts";

/** Power is away from these slots (the second one excluded) from one instant to another, fleet time. */
export interface ShardPowerCut {
  readonly atUs: InstantUs;
  readonly backAtUs: InstantUs;
  readonly fromSlot: number;
  readonly untilSlot: number;
}

/** The cuts that hit a shard's nodes, the earliest first. Slots count from the shard's first node. */
export function powerCutsOf({ cohorts }: Fleet, firstNode: number, nodes: number): readonly ShardPowerCut[] {
  return cohorts
    .flatMap((cohort) => {
      const fromSlot = Math.max(0, cohort.firstNode - firstNode);
      const untilSlot = Math.min(nodes, cohort.firstNode + cohort.nodes - firstNode);
      if (fromSlot >= untilSlot) return [];
      return cohort.powerCuts.map(({ atUs, forUs }) => ({ atUs, backAtUs: atUs + forUs, fromSlot, untilSlot }));
    })
    .toSorted((a, b) => a.atUs - b.atUs);
}
