/** What a peak is of: a second of fleet time, or a longer step where the run lasted too long to count by seconds. */
import { SECOND_US } from "../base/instant.ts";
import type { Peaks } from "../measure/run-result.ts";
import { significantText } from "./count-text.ts";
import { durationText } from "./duration-text.ts";

/** `second`, or `2 s`: after "in the fullest" and "in the same". */
export function stepText({ stepUs }: Pick<Peaks, "stepUs">): string {
  return stepUs === SECOND_US ? "second" : durationText(stepUs);
}

/** `212 in a second`, or, as no second is known, `106 a second on average over 2 s`. */
export function fullestRateText({ stepUs }: Pick<Peaks, "stepUs">, count: number): string {
  const rate = significantText((count * SECOND_US) / stepUs);
  return stepUs === SECOND_US ? `${rate} in a second` : `${rate} a second on average over ${durationText(stepUs)}`;
}
