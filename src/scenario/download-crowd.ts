/** How many nodes may be drawing the image at the same moment, at worst: each such download is a socket of its own. */
import { SECOND_US } from "../base/instant.ts";
import type { Cohort } from "../fleet/cohort.ts";
import type { Scenario } from "./scenario.ts";
import { targetsOf } from "./targets.ts";

/**
 * Wall time for which a backend may serve nobody before a run is allowed to find its own limit: who asks within it
 * waits with an open socket. A run in which it lasts longer loses starts, counts them, and is invalid.
 */
export const CROWDING_WALL_US = 60 * SECOND_US;

/**
 * Nodes with an open download at worst; at most the targets, and all of them where anything lets nodes start together:
 * a push, a window, a date, a power cut, a boot, a phase that a whole cohort shares.
 */
export function downloadsAtOnceMax(scenario: Scenario): number {
  const { fleet, jobs, clock } = scenario;
  const targetSets = jobs.map((job) => targetsOf(scenario, job));
  return fleet.cohorts.reduce((sum, cohort) => {
    // Two jobs may be for different nodes.
    const targeted = targetSets.reduce((total, set) => total + set.countIn(cohort), 0);
    const targets = Math.min(cohort.nodes, targeted);
    const isHerd = startsTogether(scenario) || !asksOneByOne(cohort);
    return sum + (isHerd ? targets : Math.min(targets, Math.ceil(cohort.nodes * shareInCrowd(cohort, clock.speed))));
  }, 0);
}

function startsTogether({ fleet, jobs }: Scenario): boolean {
  return (
    fleet.begins === "booting" ||
    fleet.cohorts.some(({ powerCuts }) => powerCuts.length > 0) ||
    jobs.some(
      ({ trigger, window, validity }) => trigger !== "default" || window !== undefined || validity !== undefined,
    )
  );
}

function asksOneByOne({ autofetch }: Cohort): boolean {
  return autofetch.kind === "periodic" && typeof autofetch.phase !== "number";
}

/** Of a cohort that asks one by one: the share that asks within the crowding time, 0 to 1. */
function shareInCrowd({ autofetch }: Cohort, speed: number): number {
  return autofetch.kind === "periodic" ? Math.min(1, (CROWDING_WALL_US * speed) / autofetch.everyUs) : 1;
}
