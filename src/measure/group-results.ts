/** Parts of the fleet in the tables of a result: cohorts, and time zones. */
import { Distribution } from "./distribution.ts";
import { Histogram } from "./histogram.ts";
import { durationSinceJobUs } from "./measured-metric.ts";
import type { Outcomes } from "./outcome.ts";
import type { GroupResult, OutcomeCounts } from "./run-result.ts";
import type { RunState } from "./run-state.ts";

/** Outcomes and completion by cohort or zone; a group without targets is left in, with zeros. */
export function groupResults(
  state: RunState,
  judged: Outcomes,
  names: readonly string[],
  groupOf: (node: number) => number,
): readonly GroupResult[] {
  const { columns } = state;
  const counts = judged.countsByNodeGroup(names.length, groupOf);
  const nodes = new Float64Array(names.length);
  for (let node = 0; node < columns.nodes; node++) {
    const group = groupOf(node);
    if (group < nodes.length) nodes[group]! += 1;
  }
  const histograms = names.map(() => new Histogram());
  for (let pair = 0; pair < columns.confirmedAtUs.length; pair++) {
    const node = pair % columns.nodes;
    const since = durationSinceJobUs(state, pair, columns.confirmedAtUs, columns.confirmedWaited);
    if (since === undefined || judged.of(Math.floor(pair / columns.nodes), node) === undefined) continue;
    histograms[groupOf(node)]?.record(Math.round(since.composedUs));
  }
  const rows = names.map((name, group) => groupRow(name, nodes[group]!, counts[group]!, histograms[group]!));
  for (const histogram of histograms) histogram.destroy();
  return rows;
}

function groupRow(name: string, nodes: number, outcomes: OutcomeCounts, histogram: Histogram): GroupResult {
  return { name, nodes, outcomes, completion: new Distribution(histogram, "targeted", outcomes.targeted).series() };
}
