/** One node of a fleet in a table of its own: the same settings and the same birth, whoever else there was. */
import type { Adapter } from "../../adapters/adapter.ts";
import { assert } from "../../base/assert.ts";
import type { Cohort } from "../../fleet/cohort.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { runsOf } from "../../fleet/fleet-rows.ts";
import { fleetOfShard } from "../../fleet/node-settings.ts";
import { traitsOf } from "../../fleet/traits.ts";
import { seedOf } from "../../base/random.ts";
import { NodeTable } from "../../node/node-table.ts";
import type { NodeSettings } from "../../node/settings.ts";
import type { Birth } from "../../node/virtual-node.ts";

/** In a table of its own a node is of the only cohort and zone, and its first image is the only one. */
const OWN_NUMBERS = { cohort: 0, zone: 0, image: 1 } as const;

/** The world of a lone node: what of its scenario it can tell. */
export interface LoneWorld {
  readonly seed: number;
  readonly startUtcMs: number;
  readonly adapter: Adapter;
  /** Fleet seconds in a wall second; left out: 1. */
  readonly speed?: number | undefined;
}

/** The cohort that a node would be alone: its own zone, image and release in the place of mixtures and files. */
export function loneCohort(fleet: Fleet, seed: number, node: number): Cohort {
  const traits = traitsOf(fleet, seedOf(seed), node);
  const cohort = fleet.cohorts[traits.cohort];
  assert(cohort !== undefined, "a node belongs to a cohort");
  const { from: _, ...drawn } = cohort;
  const { hardware: _mixed, ...image } = runsOf(fleet, node);
  const runs = {
    ...image,
    ...(traits.hardware === "" ? {} : { hardware: [{ value: traits.hardware, weight: 1 }] }),
    generations: [{ value: traits.generation, weight: 1 }],
  };
  return { ...drawn, runs, zones: [{ value: traits.zone, weight: 1 }], firstNode: node, nodes: 1 };
}

/** How a node of a fleet is born, for a table of its own. */
export function loneBirth(world: LoneWorld & { readonly rampSpeed: number }, fleet: Fleet, node: number): Birth {
  const { seed, startUtcMs, adapter, rampSpeed } = world;
  const shard = fleetOfShard({ fleet, seed, adapter, firstNode: node, startUtcMs, speed: 1, rampSpeed });
  return { ...shard.birthOf(0), ...OWN_NUMBERS };
}

/** A table with a node alone, born. */
export function loneTable(
  { seed, startUtcMs, adapter, speed = 1 }: LoneWorld,
  cohort: Cohort,
  birth: Birth,
): { readonly table: NodeTable; readonly settings: NodeSettings } {
  const node = cohort.firstNode;
  const fleet = { nodes: node + 1, begins: "running", connectOverMs: 0, cohorts: [cohort] } as const;
  const plan = { fleet, seed, adapter, firstNode: node, startUtcMs, speed, rampSpeed: 1 };
  const { settings } = fleetOfShard(plan);
  const table = new NodeTable(settings, 1);
  table.at(0).born(birth);
  return { table, settings };
}
