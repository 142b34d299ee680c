/** The images of a scenario: each different one has a number, by which drivers and engine know it. */
import { assert } from "../base/assert.ts";
import { FAULT_NAMES } from "../faults/fault-names.ts";
import type { ImageFault } from "../node/image-fault.ts";
import type { ImagePlan, JobScenario, Scenario } from "./scenario.ts";

type Frame = Pick<Scenario, "image" | "jobs">;

/** The image that a job installs. */
export function imageOfJob({ image }: Pick<Scenario, "image">, job: Pick<JobScenario, "image">): ImagePlan {
  return job.image ?? image;
}

/** The different images that jobs install, in the order of the jobs. */
export function imagesOf(scenario: Frame): readonly ImagePlan[] {
  const byText = new Map(scenario.jobs.map((job) => [keyOf(imageOfJob(scenario, job)), imageOfJob(scenario, job)]));
  return [...byText.values()];
}

/** For each job the place of its image in `imagesOf`. */
export function imageNumbersOf(scenario: Frame): readonly number[] {
  const keys = imagesOf(scenario).map(keyOf);
  return scenario.jobs.map((job) => {
    const number = keys.indexOf(keyOf(imageOfJob(scenario, job)));
    assert(number !== -1, "a job's image is one of the scenario's");
    return number;
  });
}

/** What an image does to nodes that run it, as they know it; undefined = nothing. */
export function imageFaultsOf({ defects }: Pick<ImagePlan, "defects">): readonly ImageFault[] | undefined {
  if (defects === undefined || defects.length === 0) return undefined;
  return defects.map(({ fault, hardware, share, afterUs }) => ({
    fault: FAULT_NAMES.indexOf(fault),
    hardware,
    share,
    afterUs,
  }));
}

/** Whether two plans are of one image. */
export function isSameImage(one: ImagePlan, other: ImagePlan): boolean {
  return keyOf(one) === keyOf(other);
}

function keyOf(image: ImagePlan): string {
  const { from, project, version, chip, secureVersion, sizeBytes, defects = [] } = image;
  const path = from === "file" ? image.path : "";
  return JSON.stringify([from, project, version, chip, secureVersion, sizeBytes, path, defects]);
}
