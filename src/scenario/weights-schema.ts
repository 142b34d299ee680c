/** Several values with weights, as a cohort's zones, generations and hardware are mixed. */
import * as z from "zod";
import type { Weighted } from "../fleet/cohort.ts";
import { numberAbove } from "./value-schemas.ts";

const WEIGHT = numberAbove(0, 1_000_000, "a weight");

/** A mapping of names to weights. */
export function weights(
  what: string,
  one: string,
  isName: (name: string) => boolean,
  advice: (name: string) => string,
) {
  const map = z.record(z.string(), WEIGHT, { error: `must be a mapping of ${what} to weights` });
  return map.transform((given, context): Weighted[] => {
    const names = Object.keys(given);
    if (names.length === 0) context.addIssue({ code: "custom", message: `must name at least one of ${what}` });
    for (const name of names.filter((each) => !isName(each)))
      context.addIssue({ code: "custom", path: [name], params: { seenAtKey: `is no ${one}` }, message: advice(name) });
    return names.map((value) => ({ value, weight: given[value] ?? 0 }));
  });
}
