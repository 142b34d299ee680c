/** The name of a hardware revision, as cohorts run it and defects of images strike it. */
import * as z from "zod";
import { HARDWARE_PATTERN } from "../image/image-defects.ts";

/** What a name that is none should have been. */
export const HARDWARE_EXPECTED =
  "must be a hardware revision such as rev-b: letters, digits, dots, - and _, at most 31 long";

export const HARDWARE = z.string({ error: HARDWARE_EXPECTED }).regex(HARDWARE_PATTERN, { error: HARDWARE_EXPECTED });
