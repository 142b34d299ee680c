/** Which nodes a job is for. */
import { unreachable } from "../base/assert.ts";
import { cohortOf } from "../fleet/fleet.ts";
import type { Cohort } from "../fleet/cohort.ts";
import type { Scenario, Targets } from "./scenario.ts";

/** Whether a node is a target. */
export function isTarget(scenario: Scenario, targets: Targets, node: number): boolean {
  return targets.kind === "nodes"
    ? targets.ranges.some(([first, last]) => node >= first && node <= last)
    : isTargetCohort(targets, cohortOf(scenario.fleet, node));
}

/** The targets' indices, ascending. */
export function* targetsOf(scenario: Scenario, targets: Targets): Generator<number> {
  for (const cohort of scenario.fleet.cohorts) {
    if (targetsIn(targets, cohort) === 0) continue;
    for (let node = cohort.firstNode; node < cohort.firstNode + cohort.nodes; node += 1)
      if (targets.kind !== "nodes" || isTarget(scenario, targets, node)) yield node;
  }
}

/** How many nodes of a cohort are targets. */
export function targetsIn(targets: Targets, cohort: Cohort): number {
  if (targets.kind !== "nodes") return isTargetCohort(targets, cohort) ? cohort.nodes : 0;
  // Ranges may overlap, so they are joined before they are counted.
  let counted = 0;
  let end = cohort.firstNode;
  for (const [first, last] of [...targets.ranges].sort((a, b) => a[0] - b[0])) {
    const from = Math.max(first, end);
    const until = Math.min(last + 1, cohort.firstNode + cohort.nodes);
    counted += Math.max(0, until - from);
    end = Math.max(end, until);
  }
  return counted;
}

function isTargetCohort(targets: Targets, cohort: Cohort): boolean {
  switch (targets.kind) {
    case "all":
      return true;
    case "cohorts":
      return targets.names.includes(cohort.name);
    case "where":
      return (
        (targets.project === undefined || targets.project === cohort.runs.project) &&
        (targets.version === undefined || targets.version === cohort.runs.version)
      );
    case "nodes":
      return targets.ranges.some(
        ([first, last]) => last >= cohort.firstNode && first < cohort.firstNode + cohort.nodes,
      );
    default:
      return unreachable(targets);
  }
}
