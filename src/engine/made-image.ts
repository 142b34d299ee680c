/** Images that a scenario or a job describes instead of naming a file. */
import { assert } from "../base/assert.ts";
import { seedOf } from "../base/random.ts";
import { buildAppImage } from "../image/build-image.ts";
import type { ChipName } from "../image/chips.ts";
import type { ImagePlan, Scenario } from "../scenario/scenario.ts";

/** Makes the image that `scenario.image` describes; the same bytes for the same scenario and seed. */
export function madeImage({ image, seed }: Pick<Scenario, "image" | "seed">): Uint8Array<ArrayBuffer> {
  return imageMadeTo(image, seed);
}

/** Makes an image to its description. */
export function imageMadeTo(image: ImagePlan, seed: number): Uint8Array<ArrayBuffer> {
  assert(image.from === "make", "an image of a file is read, not made");
  const { project, version, secureVersion, sizeBytes, defects } = image;
  return buildAppImage({
    chip: image.chip as ChipName,
    project,
    version,
    secureVersion,
    sizeBytes,
    defects,
    seed: seedOf(seed),
  });
}
