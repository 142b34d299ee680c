/** Of those that did not get there: how many for which reason, as nodes said it or events tell it, and on record. */
import { BELIEFS, type Belief } from "../base/belief.ts";
import { endReasonText } from "./end-reason.ts";
import type { Outcome } from "./outcome-class.ts";
import type { Outcomes } from "./outcome.ts";
import type { RunFacts } from "./run-facts.ts";
import type { EndReasonCount } from "./run-result.ts";
import type { RunState } from "./run-state.ts";
import { beliefOf } from "./truth-matrix.ts";

interface Tally {
  readonly outcome: Outcome;
  readonly reason: string;
  count: number;
  readonly beliefs: Map<Belief, number>;
}

/** Outcomes that have a reason of the node's own. */
const TOLD: readonly Outcome[] = ["bricked", "rolledBack", "rejected", "failed", "unfinished"];

/** By outcome in that order, the most frequent reason first; of equal ones the first by its letters. */
export function endReasonCounts(
  { columns }: RunState,
  outcomes: Outcomes,
  facts: Pick<RunFacts, "beliefs">,
): readonly EndReasonCount[] {
  const counts = new Map<string, Tally>();
  for (let job = 0; job < columns.jobs; job++) {
    for (let node = 0; node < columns.nodes; node++) {
      const outcome = outcomes.of(job, node);
      if (outcome === undefined || !TOLD.includes(outcome)) continue;
      const reason = endReasonText(columns.reason.get(job * columns.nodes + node));
      // Whoever never heard of the job has nothing to say of it.
      if (outcome === "unfinished" && reason === "") continue;
      const key = `${outcome} ${reason}`;
      const tally = counts.get(key) ?? { outcome, reason, count: 0, beliefs: new Map<Belief, number>() };
      const belief = beliefOf(facts, job, node);
      tally.count += 1;
      tally.beliefs.set(belief, (tally.beliefs.get(belief) ?? 0) + 1);
      counts.set(key, tally);
    }
  }
  return [...counts.values()]
    .toSorted(
      (a, b) =>
        TOLD.indexOf(a.outcome) - TOLD.indexOf(b.outcome) || b.count - a.count || (a.reason < b.reason ? -1 : 1),
    )
    .map(({ beliefs, ...tally }) => ({
      ...tally,
      beliefs: Object.fromEntries(
        BELIEFS.flatMap((belief) => (beliefs.has(belief) ? [[belief, beliefs.get(belief) ?? 0]] : [])),
      ),
    }));
}
