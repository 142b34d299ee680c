/**
 * What a scenario foretells of each target of a job: which defect of the image strikes it, and whether it refuses the
 * image by what it runs when the run begins. Both follow from seed and scenario, so whom a bad image would have hit is
 * counted, not simulated.
 */
import { seedOf } from "../base/random.ts";
import type { RunningImage } from "../fleet/cohort.ts";
import { runsIn, runsPlaceOf } from "../fleet/fleet-rows.ts";
import { hardwareOf } from "../fleet/traits.ts";
import { FORETOLD } from "../measure/run-plan.ts";
import { strikingFault } from "../node/image-fault.ts";
import { imageFaultsOf, imageOfJob } from "./job-images.ts";
import type { ImagePlan, JobScenario, Scenario } from "./scenario.ts";
import { targetsOf } from "./targets.ts";

/** A byte a node, see `FORETOLD`; nodes that are no targets have 0. Undefined = nobody will ask. */
export function foretoldOf(scenario: Scenario, job: JobScenario): Uint8Array | undefined {
  const image = imageOfJob(scenario, job);
  const faults = imageFaultsOf(image);
  if (faults === undefined && job.rollout === undefined) return undefined;
  const { fleet } = scenario;
  const bytes = new Uint8Array(fleet.nodes);
  const targets = targetsOf(scenario, job);
  const seed = seedOf(scenario.seed);
  for (const cohort of fleet.cohorts) {
    const refusing = runsIn(cohort).map((runs) => refuses(runs, image));
    for (const node of targets.within(cohort)) {
      const hardware = faults === undefined ? "" : hardwareOf(fleet, seed, node);
      const striking =
        faults === undefined ? undefined : strikingFault(faults, image.version, { seed, node, hardware });
      bytes[node] =
        (striking === undefined ? 0 : (faults?.indexOf(striking) ?? 0) + 1) |
        (refusing[runsPlaceOf(cohort, node)] === true ? FORETOLD.refuses : 0);
    }
  }
  return bytes;
}

/** The node's own checks, in the order of the firmware. */
function refuses(runs: RunningImage, image: ImagePlan): boolean {
  const { checks } = runs;
  return (
    runs.chip !== image.chip ||
    (checks.project && runs.project !== image.project) ||
    (checks.version && runs.version === image.version) ||
    (checks.secureVersion && image.secureVersion < runs.secureVersion)
  );
}
