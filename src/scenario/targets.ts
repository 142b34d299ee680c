/**
 * Which nodes a job is for. For all kinds of targets but `dynamic` that is settled when the run begins. A dynamic job
 * takes nodes in as long as it lives; counted as its targets are the nodes that match when the run begins, and those
 * that come to match by what another job of the scenario installs on them.
 */
import { unreachable } from "../base/assert.ts";
import type { Cohort, RunningImage } from "../fleet/cohort.ts";
import { runsIn, runsPlaceOf } from "../fleet/fleet-rows.ts";
import { imageOfJob } from "./job-images.ts";
import { common, countWithin, joined } from "./node-ranges.ts";
import type { JobScenario, NodeRange, Scenario, Targets } from "./scenario.ts";

/** What of a scenario targets depend on. */
type Frame = Pick<Scenario, "fleet" | "groups" | "image" | "jobs">;

/** The targets of a job. */
export class TargetSet implements Iterable<number> {
  readonly #ranges: readonly NodeRange[];

  constructor(ranges: readonly NodeRange[]) {
    this.#ranges = joined(ranges);
  }

  has(node: number): boolean {
    // Rows of a fleet file make many ranges.
    let low = 0;
    let high = this.#ranges.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const [first, last] = this.#ranges[middle] as NodeRange;
      if (node < first) high = middle - 1;
      else if (node > last) low = middle + 1;
      else return true;
    }
    return false;
  }

  get size(): number {
    return countWithin(this.#ranges, 0, Infinity);
  }

  /** How many nodes of a cohort are targets. */
  countIn({ firstNode, nodes }: Pick<Cohort, "firstNode" | "nodes">): number {
    return countWithin(this.#ranges, firstNode, firstNode + nodes - 1);
  }

  /** Whether any node of a cohort is in this set and in another. */
  sharesNodesWith(other: TargetSet, { firstNode, nodes }: Pick<Cohort, "firstNode" | "nodes">): boolean {
    return countWithin(common(this.#ranges, other.#ranges), firstNode, firstNode + nodes - 1) > 0;
  }

  /** Those of a cohort, ascending. */
  *within({ firstNode, nodes }: Pick<Cohort, "firstNode" | "nodes">): Generator<number> {
    for (const [first, last] of common(this.#ranges, [[firstNode, firstNode + nodes - 1]]))
      for (let node = first; node <= last; node += 1) yield node;
  }

  /** Indices, ascending. */
  *[Symbol.iterator](): Generator<number> {
    for (const [first, last] of this.#ranges) for (let node = first; node <= last; node += 1) yield node;
  }
}

/** Who a job is for. */
export function targetsOf(scenario: Frame, job: JobScenario): TargetSet {
  return new TargetSet(rangesOf(scenario, job, []));
}

/** The nodes of a group itself; with `isWhole` those of its sub-groups too. Unknown names have none. */
export function membersOf(scenario: Frame, name: string, isWhole: boolean): TargetSet {
  return new TargetSet(groupRanges(scenario, name, isWhole));
}

/** @param asking jobs whose targets depend on these: two dynamic jobs may install each other's version */
function rangesOf(scenario: Frame, job: JobScenario, asking: readonly JobScenario[]): readonly NodeRange[] {
  const { targets } = job;
  switch (targets.kind) {
    case "all":
      return cohortRanges(scenario, () => true);
    case "where":
      return runningRanges(
        scenario,
        (runs) =>
          (targets.project === undefined || targets.project === runs.project) &&
          (targets.version === undefined || targets.version === runs.version),
      );
    case "cohorts":
      return cohortRanges(scenario, ({ name }) => targets.names.includes(name));
    case "nodes":
      return targets.ranges;
    case "groups":
      return targets.names.flatMap((name) => groupRanges(scenario, name, true));
    case "dynamic":
      return dynamicRanges(scenario, targets, [...asking, job]);
    default:
      return unreachable(targets);
  }
}

function dynamicRanges(
  scenario: Frame,
  { type, model, version }: Extract<Targets, { readonly kind: "dynamic" }>,
  asking: readonly JobScenario[],
): readonly NodeRange[] {
  const alike = runningRanges(
    scenario,
    (runs) => (type === undefined || type === runs.type) && (model === undefined || model === runs.model),
  );
  if (version === undefined) return alike;
  const comeToRunIt = scenario.jobs
    .filter((other) => !asking.includes(other) && imageOfJob(scenario, other).version === version)
    .flatMap((other) => rangesOf(scenario, other, asking));
  const runIt = runningRanges(scenario, (runs) => runs.version === version);
  return common(joined(alike), joined([...runIt, ...comeToRunIt]));
}

function groupRanges(scenario: Frame, name: string, isWhole: boolean): readonly NodeRange[] {
  const group = scenario.groups.find((each) => each.name === name);
  if (group === undefined) return [];
  const own = [...cohortRanges(scenario, (cohort) => group.cohorts.includes(cohort.name)), ...group.ranges];
  if (!isWhole) return own;
  const below = scenario.groups.filter(({ parent }) => parent === name);
  return [...own, ...below.flatMap((child) => groupRanges(scenario, child.name, true))];
}

/** Nodes that run such an image when the run begins. */
function runningRanges({ fleet }: Frame, isIn: (runs: RunningImage) => boolean): NodeRange[] {
  return fleet.cohorts.flatMap((cohort): NodeRange[] => {
    const { firstNode, nodes } = cohort;
    const wanted = runsIn(cohort).map(isIn);
    if (nodes === 0 || !wanted.includes(true)) return [];
    if (!wanted.includes(false)) return [[firstNode, firstNode + nodes - 1]];
    const ranges: [number, number][] = [];
    for (let node = firstNode; node < firstNode + nodes; node += 1) {
      if (wanted[runsPlaceOf(cohort, node)] !== true) continue;
      const last = ranges.at(-1);
      if (last !== undefined && last[1] === node - 1) last[1] = node;
      else ranges.push([node, node]);
    }
    return ranges;
  });
}

/** How many nodes of a cohort are in a set and run such an image when the run begins. */
export function countRunning(targets: TargetSet, cohort: Cohort, isIn: (runs: RunningImage) => boolean): number {
  const wanted = runsIn(cohort).map(isIn);
  if (!wanted.includes(true)) return 0;
  if (!wanted.includes(false)) return targets.countIn(cohort);
  let count = 0;
  for (const node of targets.within(cohort)) if (wanted[runsPlaceOf(cohort, node)] === true) count += 1;
  return count;
}

function cohortRanges({ fleet }: Frame, isIn: (cohort: Cohort) => boolean): NodeRange[] {
  return fleet.cohorts.flatMap((cohort): NodeRange[] => {
    const { firstNode, nodes } = cohort;
    return nodes > 0 && isIn(cohort) ? [[firstNode, firstNode + nodes - 1]] : [];
  });
}
