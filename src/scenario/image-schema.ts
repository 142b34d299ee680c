/** The image of a scenario or of one of its jobs, as users write it. */
import { CHIP_NAMES, type ChipName } from "../image/chips.ts";
import { IMAGE_DEFAULTS } from "./defaults.ts";
import { SIZE } from "./units.ts";
import { block, oneOf, optional, quantity, text, wholeNumber } from "./value-schemas.ts";

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
        },
        "chip, project, version, size, secureVersion",
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
