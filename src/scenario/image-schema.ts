/** The image of a scenario or of one of its jobs, as users write it. */
import * as z from "zod";
import { IMAGE_BORNE_FAULTS } from "../faults/image-borne.ts";
import { CHIP_NAMES, type ChipName } from "../image/chips.ts";
import { DEFECTS_MAX } from "../image/image-defects.ts";
import { IMAGE_DEFAULTS } from "./defaults.ts";
import { HARDWARE } from "./hardware-schema.ts";
import type { PlannedDefect } from "./scenario.ts";
import { DURATION, SHARE, SIZE } from "./units.ts";
import { block, oneOf, optional, quantity, required, text, wholeNumber } from "./value-schemas.ts";

const DEFECT = block(
  {
    fault: required(oneOf(IMAGE_BORNE_FAULTS), "What happens when the image boots or runs."),
    hardware: optional(HARDWARE, "Only on nodes of this hardware, see runs.hardware. Left out: on every node."),
    share: optional(quantity(SHARE), "Share of those nodes.", { default: "100%" }),
    after: optional(
      quantity(DURATION, { isGood: (us) => us > 0, expected: 'a duration above zero, such as "14d"' }),
      "Of a boot-loop: how long the image runs without a restart before it crashes, and crashes at every boot from then on. Before it is confirmed, it is rolled back; after that, the node is lost. Left out: at its first boot.",
    ),
  },
  "fault, hardware, share, after",
).transform(({ fault, hardware, share, after }, context): PlannedDefect => {
  if (after !== undefined && fault !== "boot-loop")
    context.addIssue({
      code: "custom",
      path: ["after"],
      message: "leave it out: only a boot-loop can wait",
      input: after,
    });
  return { fault, ...(hardware === undefined ? {} : { hardware }), share: share ?? 1, afterUs: after ?? 0 };
});

const DEFECTS = z
  .array(DEFECT, { error: "must be a list of defects, each { fault: boot-loop, hardware: rev-b, share: 30% }" })
  .max(DEFECTS_MAX, { error: `must be at most ${DEFECTS_MAX} defects` });

export const IMAGE = block(
  {
    make: optional(
      block(
        {
          chip: optional(oneOf(CHIP_NAMES as readonly [ChipName, ...ChipName[]]), "The chip it is for.", {
            default: IMAGE_DEFAULTS.chip,
          }),
          project: optional(text("a project name", 31), "Project name in its app description.", {
            default: IMAGE_DEFAULTS.project,
          }),
          version: optional(text("a version", 31), "Version in its app description.", {
            default: IMAGE_DEFAULTS.version,
          }),
          size: optional(
            quantity(SIZE, {
              isGood: (bytes) => bytes >= 4_096 && bytes <= 16 * 2 ** 20,
              expected: 'a size from "4KiB" to "16MiB"',
            }),
            "Size of the file, 4KiB to 16MiB.",
            { default: IMAGE_DEFAULTS.size },
          ),
          secureVersion: optional(wholeNumber(0, 32), "Secure version in its app description, for anti-rollback.", {
            default: IMAGE_DEFAULTS.secureVersion,
          }),
          defects: optional(
            DEFECTS,
            "Faults that the image carries in itself; an image of a job's own has those that it names, and no others.",
            { default: [] },
          ),
        },
        "chip, project, version, size, secureVersion, defects",
      ),
      "Make a valid image with this description.",
    ),
    file: optional(
      text("the path of an image file", 1_000),
      "Path of an ESP application image, relative to the scenario.",
    ),
  },
  "make or file",
).transform((given, context) => {
  if (given.make !== undefined && given.file !== undefined)
    context.addIssue({ code: "custom", message: "must have either make or file, not both" });
  return given;
});
