/** Hardware revisions, as cohorts run them and defects of images strike them. */
import * as z from "zod";
import type { Weighted } from "../fleet/cohort.ts";
import { HARDWARE_PATTERN } from "../image/image-defects.ts";
import { weights } from "./weights-schema.ts";

const HARDWARE_EXPECTED = "must be a hardware revision such as rev-b: letters, digits, dots, - and _, at most 31 long";

/** One revision by its name. */
export const HARDWARE = z.string({ error: HARDWARE_EXPECTED }).regex(HARDWARE_PATTERN, { error: HARDWARE_EXPECTED });

const HARDWARE_MIX_EXPECTED = `${HARDWARE_EXPECTED}; or a mapping of revisions to weights`;

/** One revision, or several by weight. */
export const HARDWARE_MIX = z.union(
  [
    HARDWARE.transform((name): Weighted[] => [{ value: name, weight: 1 }]),
    weights(
      "hardware revisions",
      "hardware revision",
      (name) => HARDWARE_PATTERN.test(name),
      () => HARDWARE_EXPECTED,
    ),
  ],
  { error: HARDWARE_MIX_EXPECTED },
);
