/** What the reducer has to know of a scenario: a pure function of it, so run and report plan alike. */
import { assert } from "../base/assert.ts";
import { seedOf } from "../base/random.ts";
import { FAULT_NAMES } from "../faults/fault-names.ts";
import { AT_FIRST_BOOT, isImageBorne } from "../faults/image-borne.ts";
import type { Cohort } from "../fleet/cohort.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { bookOf, runsIn, zonesIn } from "../fleet/fleet-rows.ts";
import { zoneOf } from "../fleet/traits.ts";
import { END_REASON } from "../measure/end-reason.ts";
import type { PlannedDefect, PlannedJob, PlannedStage, RunPlan } from "../measure/run-plan.ts";
import { parseThreshold, type Threshold } from "../measure/threshold.ts";
import { foretoldOf } from "../scenario/foretold.ts";
import { imageOfJob } from "../scenario/job-images.ts";
import { lastStartUs } from "../scenario/last-start.ts";
import type { JobScenario, PlannedDefect as ScenarioDefect, Scenario } from "../scenario/scenario.ts";
import { rolloutOrder } from "../scenario/rollout-order.ts";
import type { RolloutPlan } from "../scenario/rollout.ts";
import { targetsOf } from "../scenario/targets.ts";
import { SHARE } from "../scenario/units.ts";

/** The frame of a scenario's run. `speed`: the scenario's own live, 1 under the virtual driver. */
export function planOf(scenario: Scenario, speed: number): RunPlan {
  const { fleet } = scenario;
  const seed = seedOf(scenario.seed);
  const zoneNames = [...new Set(fleet.cohorts.flatMap(zonesIn))];
  return {
    nodes: fleet.nodes,
    cohorts: fleet.cohorts.map(plannedCohort),
    zoneNames,
    zoneOf: zoneNumbersOf(fleet, seed, zoneNames),
    jobs: scenario.jobs.map((job, number) => plannedJob(scenario, job, number)),
    endsOfFaults: ENDS_OF_FAULTS,
    speed,
    endUs: scenario.end.afterUs,
  };
}

/** By number, how a fault ends whom it strikes at the first boot of an image. */
const ENDS_OF_FAULTS: readonly number[] = FAULT_NAMES.map((name) => {
  const end = isImageBorne(name) ? AT_FIRST_BOOT[name] : null;
  return end === null ? END_REASON.none : END_REASON[end];
});

/** The place of each node's zone among the names. */
function zoneNumbersOf(fleet: Fleet, seed: number, zoneNames: readonly string[]): Uint16Array {
  const numbers = new Map(zoneNames.map((name, number) => [name, number]));
  const byNode = new Uint16Array(fleet.nodes);
  for (let node = 0; node < fleet.nodes; node++) {
    const number = numbers.get(zoneOf(fleet, seed, node));
    assert(number !== undefined, "a node's zone is one of its cohort's");
    byNode[node] = number;
  }
  return byNode;
}

/** The scenario's thresholds, ready to be judged. Their syntax was checked when the scenario was read. */
export function thresholdsOf(scenario: Scenario, plan: RunPlan): readonly Threshold[] {
  const known = {
    cohorts: plan.cohorts.map(({ name }) => name),
    zones: plan.zoneNames,
    jobs: plan.jobs.map(({ name }) => name),
  };
  return scenario.thresholds.flatMap(({ metric, expressions }) =>
    expressions.map((expression) => {
      const threshold = parseThreshold(metric, expression, known);
      assert("on" in threshold, `the threshold ${metric}: ${expression} was checked when the scenario was read`);
      return threshold;
    }),
  );
}

function plannedCohort(cohort: Cohort): RunPlan["cohorts"][number] {
  const { name, firstNode, nodes } = cohort;
  const runs = runsIn(cohort).map(({ project, version }) => ({ project, version }));
  const runsOf = bookOf(cohort)?.columns.kinds;
  return { name, runs, ...(runsOf === undefined ? {} : { runsOf }), from: firstNode, until: firstNode + nodes };
}

function plannedJob(scenario: Scenario, job: JobScenario, number: number): PlannedJob {
  const { name, targets, approval, rollout } = job;
  const validUntilUs = lastStartUs(scenario, job);
  const image = imageOfJob(scenario, job);
  const { project, version, defects = [] } = image;
  const foretold = foretoldOf(scenario, job);
  return {
    name,
    image: { project, version },
    targets: targets.kind === "all" ? "all" : targetBytes(scenario, job),
    ...(validUntilUs === Infinity ? {} : { validUntilUs }),
    ...(approval === undefined ? {} : { needsApproval: true }),
    ...(rollout === undefined ? {} : { stages: plannedStages(scenario, number, rollout) }),
    ...(defects.length === 0 ? {} : { defects: defects.map(plannedDefect) }),
    ...(foretold === undefined ? {} : { foretold }),
  };
}

function plannedDefect({ fault, hardware, share, afterUs }: ScenarioDefect): PlannedDefect {
  return { fault: FAULT_NAMES.indexOf(fault), name: fault, hardware: hardware ?? null, share, afterUs };
}

function plannedStages(scenario: Scenario, number: number, rollout: RolloutPlan): readonly PlannedStage[] {
  const { ends } = rolloutOrder(scenario, number, rollout);
  return rollout.stages.map(({ share, cohorts }, stage) => ({
    name: share === undefined ? cohorts.join(", ") : `to ${SHARE.print(share)}`,
    targets: (ends[stage] ?? 0) - (ends[stage - 1] ?? 0),
  }));
}

function targetBytes(scenario: Scenario, job: JobScenario): Uint8Array {
  const bytes = new Uint8Array(scenario.fleet.nodes);
  for (const node of targetsOf(scenario, job)) bytes[node] = 1;
  return bytes;
}
