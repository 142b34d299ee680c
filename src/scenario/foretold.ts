/**
 * What a scenario foretells of each target of a job: which defect of the image strikes it, whether it refuses the image
 * by what it is and runs when the run begins, and whether the image or a fault of its own ends it badly. All follows
 * from seed and scenario, so whom a bad image would have hit is counted, not simulated.
 */
import { adapterOf } from "../adapters/adapters.ts";
import { seedOf } from "../base/random.ts";
import { FAULT_NAMES } from "../faults/fault-names.ts";
import { AT_FIRST_BOOT, isImageBorne } from "../faults/image-borne.ts";
import type { Cohort, RunningImage } from "../fleet/cohort.ts";
import { runsIn, runsPlaceOf } from "../fleet/fleet-rows.ts";
import { SLOT_BYTES } from "../fleet/node-settings.ts";
import { faultsOf, generationOf, hardwareOf } from "../fleet/traits.ts";
import { FORETOLD } from "../measure/run-plan.ts";
import type { Generation } from "../node/generation.ts";
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
    const fates = fatesOf(scenario, cohort, image);
    for (const node of targets.within(cohort)) {
      const hardware = faults === undefined ? "" : hardwareOf(fleet, seed, node);
      const striking =
        faults === undefined ? undefined : strikingFault(faults, image.version, { seed, node, hardware });
      const own = fates(runsPlaceOf(cohort, node), generationOf(fleet, seed, node), faultsOf(fleet, seed, node));
      const struck =
        striking === undefined ? 0 : striking.afterUs > 0 ? FORETOLD.hitLater : ENDS_BADLY & (1 << striking.fault);
      const fate = own !== 0 || struck === 0 ? own : struck === FORETOLD.hitLater ? struck : FORETOLD.hit;
      bytes[node] = (striking === undefined ? 0 : (faults?.indexOf(striking) ?? 0) + 1) | fate;
    }
  }
  return bytes;
}

const bitOf = (name: (typeof FAULT_NAMES)[number]): number => 1 << FAULT_NAMES.indexOf(name);

/** Faults that end whoever they strike at the first boot of an image, as a mask. */
const ENDS_BADLY = FAULT_NAMES.reduce(
  (mask, name) => mask | (isImageBorne(name) && AT_FIRST_BOOT[name] !== null ? bitOf(name) : 0),
  0,
);

/** What comes of a node that takes the image, whatever that carries; 0 = it boots and runs it. */
type Fate = 0 | typeof FORETOLD.refuses | typeof FORETOLD.hit;

/** By what a node runs, its generation and the mask of its faults: its own checks, in the order of the firmware. */
function fatesOf(
  { backend }: Scenario,
  cohort: Cohort,
  image: ImagePlan,
): (place: number, generation: string, faults: number) => Fate {
  const known = adapterOf(backend.adapter)?.generations ?? {};
  const runsBy = runsIn(cohort);
  // A node's fuses are its cohort's, whatever its row of a fleet file says that it runs.
  const { secureVersion } = cohort.runs;
  return (place, name, faults) => {
    const runs = runsBy[place] ?? cohort.runs;
    const generation = known[name];
    if (refuses(runs, image, secureVersion)) return FORETOLD.refuses;
    if (runs.checks.project && (faults & bitOf("wrong-image")) !== 0) return FORETOLD.refuses;
    if (runs.chip !== image.chip && generation?.chipMismatch !== "failed") return FORETOLD.refuses;
    // No attempt comes to a good end.
    if (runs.chip !== image.chip || image.sizeBytes > SLOT_BYTES) return spent(generation);
    if (generation?.attemptsMax === 1 && (faults & bitOf("corrupt-block")) !== 0) return spent(generation);
    // The bootloader goes by the fuses, whatever the application checks.
    return image.secureVersion < secureVersion || (faults & ENDS_BADLY) !== 0 ? FORETOLD.hit : 0;
  };
}

/** After its last attempt: firmware that asks again never comes to an end, so nobody can say that it was hit. */
function spent(generation: Generation | undefined): Fate {
  return generation?.refetchAfterMs === undefined ? FORETOLD.hit : FORETOLD.refuses;
}

function refuses({ checks, project, version }: RunningImage, image: ImagePlan, secureVersion: number): boolean {
  return (
    (checks.project && project !== image.project) ||
    (checks.version && version === image.version) ||
    (checks.secureVersion && image.secureVersion < secureVersion)
  );
}
