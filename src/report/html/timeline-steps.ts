/** A timeline in few enough steps to point at and to read as a table; the drawing itself keeps every bucket. */
import type { Timelines } from "../../measure/run-result.ts";

/** More columns would be narrower than a pointer is precise. */
export const STEPS_MAX = 120;

/**
 * What a column's entries mean when several are told as one: a level has a lowest and a highest value, events add
 * up, a running total stands where it stands at the end.
 */
export type ColumnKind = "level" | "events" | "total";

/** A span of buckets, the last one excluded. */
export interface Step {
  readonly from: number;
  readonly until: number;
}

/** Divides the buckets into at most `STEPS_MAX` spans of equal width; the last may be narrower. */
export function stepsOf({ buckets }: Pick<Timelines, "buckets">): readonly Step[] {
  const width = Math.max(1, Math.ceil(buckets / STEPS_MAX));
  const steps: Step[] = [];
  for (let from = 0; from < buckets; from += width) steps.push({ from, until: Math.min(buckets, from + width) });
  return steps;
}

/** What a column says of a step, in words. */
export function stepText(
  values: readonly number[],
  step: Step,
  kind: ColumnKind,
  text: (value: number) => string,
): string {
  const own = values.slice(step.from, step.until);
  switch (kind) {
    case "level": {
      const [low, high] = [text(Math.min(...own)), text(Math.max(...own))];
      return low === high ? low : `${low} to ${high}`;
    }
    case "events":
      return text(own.reduce((sum, value) => sum + value, 0) / own.length);
    case "total":
      return text(own.at(-1) ?? 0);
  }
}
