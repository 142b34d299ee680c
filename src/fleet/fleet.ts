/** All nodes of a scenario. Node indices run from 0, cohort after cohort, so a cohort is a contiguous range. */
import { assert } from "../base/assert.ts";
import type { Cohort } from "./cohort.ts";

export interface Fleet {
  readonly nodes: number;
  /** `running`: booted long ago. `booting`: all boot along the ramp. */
  readonly begins: "running" | "booting";
  /** Wall time of the ramp along which the nodes connect, evenly. */
  readonly connectOverMs: number;
  readonly cohorts: readonly Cohort[];
  /** Beside those of the cohorts. */
  readonly powerCuts?: readonly FleetPowerCut[] | undefined;
}

/** Power goes for the nodes of some cohorts in some zones; empty = all. Microseconds of fleet time. */
export interface FleetPowerCut {
  readonly atUs: number;
  readonly forUs: number;
  readonly cohorts: readonly string[];
  readonly zones: readonly string[];
}

/** What a cohort asks for: a share of the nodes that no count has taken (0 to 1), or a count. */
export type CohortSize = { readonly share: number } | { readonly count: number };

/** Index of the cohort that a node belongs to. */
export function cohortIndexOf(fleet: Fleet, node: number): number {
  // The sentence is made only where it is needed: of a million nodes this is asked many times.
  const isThere = node >= 0 && node < fleet.nodes;
  assert(isThere, "the fleet has the node that is asked for", node);
  let low = 0;
  let high = fleet.cohorts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((fleet.cohorts[middle]?.firstNode ?? Infinity) <= node) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The cohort that a node belongs to. */
export function cohortOf(fleet: Fleet, node: number): Cohort {
  const cohort = fleet.cohorts[cohortIndexOf(fleet, node)];
  assert(cohort !== undefined, "a fleet has at least one cohort");
  return cohort;
}

/**
 * Nodes of each cohort: counts are kept, and shares divide what is left of `total` by the method of the largest
 * remainder, so that the sum is exact. Of equal remainders the earlier cohort wins.
 *
 * @param total whole number, at least the sum of all counts
 */
export function nodesOfCohorts(sizes: readonly CohortSize[], total: number): number[] {
  const counted = sizes.reduce((sum, size) => sum + ("count" in size ? size.count : 0), 0);
  const shareSum = sizes.reduce((sum, size) => sum + ("share" in size ? size.share : 0), 0);
  assert(counted <= total, "counts of cohorts fit into the fleet");
  const rest = shareSum > 0 ? total - counted : 0;
  const exact = sizes.map((size) => ("share" in size && shareSum > 0 ? (size.share / shareSum) * rest : 0));
  // Sums of shares such as 0.1 + 0.2 are a hair off; without the nudge 299.99999999999994 would count as 299.
  const nodes = exact.map((value) => Math.floor(value + 1e-9));
  const order = exact
    .map((value, index) => ({ index, remainder: value - (nodes[index] ?? 0) }))
    .filter(({ index }) => "share" in (sizes[index] ?? {}))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  let missing = rest - nodes.reduce((sum, value) => sum + value, 0);
  for (const { index } of order) {
    if (missing <= 0) break;
    nodes[index] = (nodes[index] ?? 0) + 1;
    missing -= 1;
  }
  return sizes.map((size, index) => ("count" in size ? size.count : (nodes[index] ?? 0)));
}
