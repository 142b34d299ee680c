/** Who is away when a plan ends before its latest end, and would come back by then: only a plan knows it. */
import type { InstantUs } from "../../base/instant.ts";
import { NEVER } from "../../base/instant.ts";
import { PAIR } from "../../measure/columns.ts";
import type { DueBack } from "../../measure/run-end.ts";
import type { RunState } from "../../measure/run-state.ts";
import { isReachable } from "../../measure/standing.ts";
import type { NodeRow } from "../../node/node-row.ts";
import type { NodeTable } from "../../node/node-table.ts";

/** Targets that nobody has seen since their job's start, that are not settled, and that come back while it is open. */
export function dueBack(
  table: NodeTable,
  { plan, columns, createdAtUs, cancelledAtUs }: RunState,
  endedAtUs: InstantUs,
): DueBack {
  let [targets, firstAtUs, lastAtUs] = [0, Infinity, -Infinity];
  plan.jobs.forEach(({ validUntilUs = Infinity }, job) => {
    const wasCancelled = !Number.isNaN(cancelledAtUs[job] ?? Number.NaN);
    if (wasCancelled || !Number.isFinite(createdAtUs[job])) return;
    const untilUs = Math.min(plan.endUs, validUntilUs);
    for (let node = 0; node < plan.nodes; node++) {
      const bits = columns.pairBits.get(job * plan.nodes + node);
      if ((bits & PAIR.targeted) === 0 || (bits & PAIR.settled) !== 0 || isReachable(bits)) continue;
      const atUs = Math.max(endedAtUs, backAtUs(table.at(node)));
      if (atUs > untilUs) continue;
      targets += 1;
      firstAtUs = Math.min(firstAtUs, atUs);
      lastAtUs = Math.max(lastAtUs, atUs);
    }
  });
  return targets === 0
    ? { targets, firstAtUs: null, lastAtUs: null }
    : { targets, firstAtUs: Math.round(firstAtUs), lastAtUs: Math.round(lastAtUs) };
}

/** When a node has both network and power again, as things stand; in the past where it has them. */
function backAtUs({ power, link }: NodeRow): InstantUs {
  if (power.isBricked) return NEVER;
  return Math.max(link.isUp ? 0 : link.changesAtUs, power.isOn ? 0 : power.bootedAtUs);
}
