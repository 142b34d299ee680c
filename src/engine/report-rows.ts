/** The lines of `nodes.csv`: what a node was born with, and what the run made of it. */
import { assert } from "../base/assert.ts";
import { seedOf } from "../base/random.ts";
import { FAULT_NAMES } from "../faults/fault-names.ts";
import type { Names } from "../fleet/node-names.ts";
import { nodeIdOf } from "../fleet/node-id.ts";
import { traitsOf } from "../fleet/traits.ts";
import { type NodeRow, nodeRows } from "../measure/node-row.ts";
import type { RunFacts } from "../measure/run-facts.ts";
import type { RunState } from "../measure/run-state.ts";
import { strikingFault } from "../node/image-fault.ts";
import { type NodeReportRow, nodeReportRows } from "../report/node-row.ts";
import { imageFaultsOf, imagesOf } from "../scenario/job-images.ts";
import type { RunDocument } from "./run-document.ts";
import { versionAfter } from "./run-images.ts";

/** Every node's lines, by index, then job; may be walked more than once. To be asked for after `computeResult`. */
export function reportRows(
  document: RunDocument,
  state: RunState,
  facts: Pick<RunFacts, "beliefs" | "lostWorkers">,
  names: Names,
): Iterable<NodeReportRow> {
  return {
    *[Symbol.iterator]() {
      for (const row of nodeRows(state, facts)) yield* linesOf(document, row, names);
    },
  };
}

function linesOf({ scenario, nodePrefix }: RunDocument, row: NodeRow, names: Names): readonly NodeReportRow[] {
  const { node } = row;
  const seed = seedOf(scenario.seed);
  const { cohort: number, faults, ...traits } = traitsOf(scenario.fleet, seed, node);
  const { hardware } = traits;
  const cohort = scenario.fleet.cohorts[number];
  assert(cohort !== undefined, "a node belongs to a cohort");
  const { chip, project, version } = cohort.runs;
  const birth = {
    index: node,
    id: nodeIdOf(nodePrefix, node),
    name: names.node(node),
    cohort: row.cohort,
    chip,
    project,
    firstVersion: version,
    ...traits,
    defects: imagesOf(scenario).flatMap((image) => {
      const striking = strikingFault(imageFaultsOf(image) ?? [], image.version, { seed, node, hardware });
      return striking === undefined ? [] : [`${FAULT_NAMES[striking.fault]}@${image.version}`];
    }),
    faultsDrawn: FAULT_NAMES.filter((_, fault) => (faults & (1 << fault)) !== 0),
  };
  const finalVersion = row.isBricked ? "" : row.runsJob === "" ? version : versionAfter(scenario, row.runsJob);
  return nodeReportRows(birth, row, finalVersion);
}
