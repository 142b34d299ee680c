/** What a reader should know of a run and what changes nothing of its verdict. */
import type { RunFacts } from "./run-facts.ts";
import type { OutcomeCounts } from "./run-result.ts";

/** The remarks of a run as sentences: those of the operator, then what the verdict does not say by itself. */
export function remarksOn(
  facts: Pick<RunFacts, "remarks" | "thresholds" | "interruptedBecause">,
  { targeted, success }: Pick<OutcomeCounts, "targeted" | "success">,
): readonly string[] {
  const isOnOutcomes = facts.thresholds.some(({ on }) => on.kind === "counted" && on.name.startsWith("outcome."));
  // Of a run that was stopped nobody expects updates.
  const isHollow = targeted > 0 && success === 0 && !isOnOutcomes && facts.interruptedBecause === undefined;
  return isHollow
    ? [...facts.remarks, "Not one node was updated, and no threshold is on outcomes: the verdict says nothing of it."]
    : facts.remarks;
}
