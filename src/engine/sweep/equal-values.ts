/** Values of a knob that mean the same, such as 1h and 60m: they would stand in the table as two. */
import { type Mistake, UserError } from "../../base/user-error.ts";
import type { Knob } from "../../scenario/knob.ts";

/**
 * Throws a `UserError` with every value that makes the same plans as one before it, whatever the other knobs are set to.
 *
 * @param inputs what the plans of each combination depend on (`inputsOf`), the first knob changing slowest
 */
export function checkValuesDiffer(
  knobs: readonly Knob[],
  points: readonly { readonly values: readonly string[] }[],
  inputs: readonly string[],
): void {
  const mistakes = knobs.flatMap(({ path, values }, place): Mistake[] => {
    const firstOf = new Map<string, string>();
    return values.flatMap((value) => {
      const makes = inputs.filter((_, point) => points[point]?.values[place] === value).join("\n");
      const before = firstOf.get(makes);
      if (before === undefined) firstOf.set(makes, value);
      if (before === undefined) return [];
      const seen = `has ${before} and ${value}, which come to the same scenario`;
      return [{ file: `--sweep ${path}`, seen, expected: "name each value once" }];
    });
  });
  if (mistakes.length > 0) throw new UserError(mistakes);
}
