/** The lines of `nodes.csv`: what a node was born with, and what the run made of it. */
import { seedOf } from "../base/random.ts";
import { FAULT_NAMES } from "../faults/fault-names.ts";
import { fileIdOf, runsOf } from "../fleet/fleet-rows.ts";
import type { Names } from "../fleet/node-names.ts";
import { nodeIdOf } from "../fleet/node-id.ts";
import { traitsOf } from "../fleet/traits.ts";
import { type NodeRow, nodeRows } from "../measure/node-row.ts";
import type { RunFacts } from "../measure/run-facts.ts";
import type { RunState } from "../measure/run-state.ts";
import { type ImageFault, strikingFault } from "../node/image-fault.ts";
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
  const faulty = imagesOf(document.scenario).flatMap((image) => {
    const faults = imageFaultsOf(image);
    return faults === undefined ? [] : [{ version: image.version, faults }];
  });
  return {
    *[Symbol.iterator]() {
      for (const row of nodeRows(state, facts)) yield* linesOf(document, row, names, faulty);
    },
  };
}

/** An image that carries faults. */
interface FaultyImage {
  readonly version: string;
  readonly faults: readonly ImageFault[];
}

function linesOf(
  { scenario, nodePrefix }: RunDocument,
  row: NodeRow,
  names: Names,
  faulty: readonly FaultyImage[],
): readonly NodeReportRow[] {
  const { node } = row;
  const seed = seedOf(scenario.seed);
  const { cohort: _, faults, ...traits } = traitsOf(scenario.fleet, seed, node);
  const { hardware } = traits;
  const { chip, project, version } = runsOf(scenario.fleet, node);
  const birth = {
    index: node,
    id: nodeIdOf(nodePrefix, node),
    fileId: fileIdOf(scenario.fleet, node),
    name: names.node(node),
    cohort: row.cohort,
    chip,
    project,
    firstVersion: version,
    ...traits,
    defects: faulty.flatMap(({ version: of, faults: carried }) => {
      const striking = strikingFault(carried, of, { seed, node, hardware });
      return striking === undefined ? [] : [`${FAULT_NAMES[striking.fault]}@${of}`];
    }),
    faultsDrawn: FAULT_NAMES.filter((_, fault) => (faults & (1 << fault)) !== 0),
  };
  const finalVersion = row.isBricked ? "" : row.runsJob === "" ? version : versionAfter(scenario, row.runsJob);
  return nodeReportRows(birth, row, finalVersion);
}
