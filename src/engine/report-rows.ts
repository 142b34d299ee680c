/** The lines of `nodes.csv`: what a node was born with, and what the run made of it. */
import { seedOf } from "../base/random.ts";
import { FAULT_NAMES, type FaultName } from "../faults/fault-names.ts";
import { fileIdOf, runsOf } from "../fleet/fleet-rows.ts";
import type { Names } from "../fleet/node-names.ts";
import { nodeIdsOf } from "../fleet/node-id.ts";
import { traitsOf } from "../fleet/traits.ts";
import { nodeRows } from "../measure/node-row.ts";
import type { RunFacts } from "../measure/run-facts.ts";
import type { RunState } from "../measure/run-state.ts";
import { type ImageFault, strikingFault } from "../node/image-fault.ts";
import { type NodeBirth, type NodeReportRow, nodeReportRows } from "../report/node-row.ts";
import { imageFaultsOf, imagesOf } from "../scenario/job-images.ts";
import type { RunDocument } from "./run-document.ts";
import { versionAfter } from "./run-images.ts";

/**
 * Every node's lines, by index, then job; may be walked more than once. To be asked for after `computeResult`. `onNode`
 * hears of each node that is come to.
 */
export function reportRows(
  document: RunDocument,
  state: RunState,
  facts: Pick<RunFacts, "beliefs" | "lostWorkers">,
  names: Names,
  onNode: (node: number) => void,
): Iterable<NodeReportRow> {
  const births = new NodeBirths(document, names);
  const { scenario } = document;
  const versions = new Map(scenario.jobs.map(({ name }) => [name, versionAfter(scenario, name)]));
  return {
    *[Symbol.iterator]() {
      for (const row of nodeRows(state, facts)) {
        onNode(row.node);
        const birth = births.of(row.node, row.cohort);
        const finalVersion = row.isBricked ? "" : (versions.get(row.runsJob) ?? birth.firstVersion);
        yield* nodeReportRows(birth, row, finalVersion);
      }
    },
  };
}

/** An image that carries faults. */
interface FaultyImage {
  readonly version: string;
  readonly faults: readonly ImageFault[];
}

const NONE: readonly string[] = [];

/** What each node of a run was born with. */
class NodeBirths {
  readonly #document: RunDocument;
  readonly #names: Names;
  readonly #seed: number;
  readonly #idOf: (node: number) => string;
  readonly #faulty: readonly FaultyImage[];
  /** By mask of the faults. */
  readonly #faultsDrawn = new Map<number, readonly FaultName[]>();

  constructor(document: RunDocument, names: Names) {
    this.#document = document;
    this.#names = names;
    this.#seed = seedOf(document.scenario.seed);
    this.#idOf = nodeIdsOf(document.nodePrefix);
    this.#faulty = imagesOf(document.scenario).flatMap((image) => {
      const faults = imageFaultsOf(image);
      return faults === undefined ? [] : [{ version: image.version, faults }];
    });
  }

  of(node: number, cohort: string): NodeBirth {
    const { fleet } = this.#document.scenario;
    const traits = traitsOf(fleet, this.#seed, node);
    const { chip, project, version } = runsOf(fleet, node);
    return {
      index: node,
      id: this.#idOf(node),
      fileId: fileIdOf(fleet, node),
      name: this.#names.node(node),
      cohort,
      zone: traits.zone,
      generation: traits.generation,
      chip,
      hardware: traits.hardware,
      project,
      firstVersion: version,
      throughputBytesPerSecond: traits.throughputBytesPerSecond,
      latencyUs: traits.latencyUs,
      flashBytesPerSecond: traits.flashBytesPerSecond,
      bootUs: traits.bootUs,
      autofetchPhase: traits.autofetchPhase,
      startsOfflineForUs: traits.startsOfflineForUs,
      defects: this.#defectsOf(node, traits.hardware),
      faultsDrawn: this.#faultsIn(traits.faults),
    };
  }

  #defectsOf(node: number, hardware: string): readonly string[] {
    if (this.#faulty.length === 0) return NONE;
    return this.#faulty.flatMap(({ version, faults }) => {
      const striking = strikingFault(faults, version, { seed: this.#seed, node, hardware });
      return striking === undefined ? [] : [`${FAULT_NAMES[striking.fault]}@${version}`];
    });
  }

  #faultsIn(mask: number): readonly FaultName[] {
    const known = this.#faultsDrawn.get(mask);
    if (known !== undefined) return known;
    const faults = FAULT_NAMES.filter((_, fault) => (mask & (1 << fault)) !== 0);
    this.#faultsDrawn.set(mask, faults);
    return faults;
  }
}
