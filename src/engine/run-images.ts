/** The images of a run: of their files, or made to their descriptions. */
import { assert } from "../base/assert.ts";
import { imageOfJob, imagesOf, isSameImage } from "../scenario/job-images.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { imageMadeTo } from "./made-image.ts";

/**
 * The bytes of the images that the jobs of a run install, in the order of `imagesOf`.
 *
 * @param imageBytes of `scenario.image`
 * @param jobImages bytes of the files that jobs name for themselves, by path as written
 */
export function runImages(
  scenario: Scenario,
  imageBytes: Uint8Array,
  jobImages: ReadonlyMap<string, Uint8Array> = new Map(),
): readonly Uint8Array[] {
  return imagesOf(scenario).map((image) => {
    if (isSameImage(image, scenario.image)) return imageBytes;
    if (image.from === "make") return imageMadeTo(image, scenario.seed);
    const bytes = jobImages.get(image.path);
    assert(bytes !== undefined, `the image file ${image.path} was read`);
    return bytes;
  });
}

/** The version that a node runs which runs the image of a job, given by its name. */
export function versionAfter(scenario: Scenario, jobName: string): string {
  const job = scenario.jobs.find(({ name }) => name === jobName);
  return imageOfJob(scenario, job ?? { image: undefined }).version;
}
