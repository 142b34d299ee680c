/**
 * In which order the targets of a job are released: stage by stage, and inside a stage by a hash of seed, node and job.
 * So a stage is a random sample of the targets, the same under every driver, and each job draws its own.
 */
import { draw, seedOf } from "../base/random.ts";
import { cohortOf } from "../fleet/fleet.ts";
import { PURPOSE } from "../fleet/purposes.ts";
import type { RolloutPlan } from "./rollout.ts";
import type { Scenario } from "./scenario.ts";
import { shareCount } from "./share-of.ts";
import { targetsOf } from "./targets.ts";

export interface RolloutOrder {
  /** The job's targets in the order of their release. */
  readonly nodes: Uint32Array;
  /** By stage, the place behind its last target; a stage that others have emptied ends where the one before does. */
  readonly ends: readonly number[];
}

/** The order of a job of the scenario. `jobNumber`: its place among the jobs. */
export function rolloutOrder(scenario: Scenario, jobNumber: number, { stages }: RolloutPlan): RolloutOrder {
  const job = scenario.jobs[jobNumber];
  const drawn = job === undefined ? new Uint32Array() : drawnTargets(scenario, jobNumber, targetsOf(scenario, job));
  const isTaken = new Uint8Array(scenario.fleet.nodes);
  const nodes = new Uint32Array(drawn.length);
  let placed = 0;
  const ends = stages.map(({ share, cohorts }) => {
    const untilPlace = share === undefined ? drawn.length : shareCount(share, drawn.length);
    const isMeant = (node: number): boolean =>
      share !== undefined || cohorts.includes(cohortOf(scenario.fleet, node).name);
    for (const node of drawn) {
      if (placed >= untilPlace) break;
      if (isTaken[node] === 1 || !isMeant(node)) continue;
      isTaken[node] = 1;
      nodes[placed] = node;
      placed += 1;
    }
    return placed;
  });
  return { nodes: nodes.subarray(0, placed), ends };
}

function drawnTargets(scenario: Scenario, jobNumber: number, targets: Iterable<number>): Uint32Array {
  const nodes = Uint32Array.from(targets);
  const seed = seedOf(scenario.seed);
  const drawn = new Float64Array(scenario.fleet.nodes);
  for (const node of nodes) drawn[node] = draw(seed, node, PURPOSE.rolloutPlace, jobNumber);
  return nodes.sort((a, b) => (drawn[a] ?? 0) - (drawn[b] ?? 0) || a - b);
}
