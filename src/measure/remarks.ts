/** What a reader should know of a run and what changes nothing of its verdict. */
import { howMany } from "../base/how-many.ts";
import type { EndResult } from "./run-end.ts";
import type { RunFacts } from "./run-facts.ts";
import type { OutcomeCounts } from "./run-result.ts";

/**
 * The remarks of a run as sentences: those of the operator, then what the verdict does not say by itself.
 *
 * @param hanging what hangs on its end; see `hangingOnEnd`
 */
export function remarksOn(
  facts: Pick<RunFacts, "remarks" | "thresholds" | "interruptedBecause" | "endedAtUs">,
  { targeted, success }: Pick<OutcomeCounts, "targeted" | "success">,
  end: EndResult,
  hanging: readonly string[],
): readonly string[] {
  const isOnOutcomes = facts.thresholds.some(({ on }) => on.kind === "counted" && on.name.startsWith("outcome."));
  // Of a run that was stopped nobody expects updates.
  const isHollow = targeted > 0 && success === 0 && !isOnOutcomes && facts.interruptedBecause === undefined;
  return [
    ...facts.remarks,
    ...(hanging.length === 0 ? [] : [chanceSentence(end, facts.endedAtUs, hanging)]),
    ...(isHollow ? ["Not one node was updated, and no threshold is on outcomes: the verdict says nothing of it."] : []),
  ];
}

function chanceSentence(
  { unseen, dueBack, latestAtUs }: EndResult,
  endedAtUs: number,
  hanging: readonly string[],
): string {
  const away = howMany(unseen, "target");
  const ended = `It ended after ${endedAtUs} us, as all who had been seen were settled, with ${away} never seen`;
  const whose =
    dueBack === null
      ? `, some of whom may come back by the latest end, ${latestAtUs} us`
      : `: ${dueBack.targets} of them ${dueBack.targets === 1 ? "comes" : "come"} back by the latest end, ${latestAtUs} us, the first after ${dueBack.firstAtUs ?? 0} us`;
  const [first = "", ...others] = hanging.toReversed();
  const all = others.length === 0 ? first : `${others.toReversed().join(", ")} and ${first}`;
  const advice = `When that is hangs on who happens to be away, and with it ${all}: to compare, give end.when=time`;
  return `${ended}${whose}. ${advice}.`;
}
