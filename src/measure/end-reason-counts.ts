/** Of those that did not get there: how many for which reason, as nodes said it or their order of events tells it. */
import { endReasonText } from "./end-reason.ts";
import type { Outcome } from "./outcome-class.ts";
import type { Outcomes } from "./outcome.ts";
import type { EndReasonCount } from "./run-result.ts";
import type { RunState } from "./run-state.ts";

/** Outcomes that have a reason of the node's own. */
const TOLD: readonly Outcome[] = ["bricked", "rolledBack", "rejected", "failed"];

/** By outcome in that order, the most frequent reason first; of equal ones the first by its letters. */
export function endReasonCounts({ columns }: RunState, outcomes: Outcomes): readonly EndReasonCount[] {
  const counts = new Map<string, EndReasonCount>();
  for (let job = 0; job < columns.jobs; job++) {
    for (let node = 0; node < columns.nodes; node++) {
      const outcome = outcomes.of(job, node);
      if (outcome === undefined || !TOLD.includes(outcome)) continue;
      const reason = endReasonText(columns.reason.get(job * columns.nodes + node));
      const key = `${outcome} ${reason}`;
      counts.set(key, { outcome, reason, count: (counts.get(key)?.count ?? 0) + 1 });
    }
  }
  return [...counts.values()].toSorted(
    (a, b) => TOLD.indexOf(a.outcome) - TOLD.indexOf(b.outcome) || b.count - a.count || (a.reason < b.reason ? -1 : 1),
  );
}
