/** The lines of `nodes.csv`: what a node was born with, and what the run made of it. */
import { assert } from "../base/assert.ts";
import { seedOf } from "../base/random.ts";
import { FAULT_NAMES, type FaultName } from "../faults/fault-names.ts";
import type { Names } from "../fleet/node-names.ts";
import { nodeIdOf } from "../fleet/node-id.ts";
import { traitsOf } from "../fleet/traits.ts";
import { type NodeJobRow, type NodeRow, nodeRows } from "../measure/node-row.ts";
import type { RunFacts } from "../measure/run-facts.ts";
import type { NodeReportRow } from "../report/node-row.ts";
import type { RunBooks } from "./run-books.ts";
import type { RunDocument } from "./run-document.ts";

/** Every node's lines, by index, then job; may be walked more than once. To be asked for after `computeResult`. */
export function reportRows(
  document: RunDocument,
  books: RunBooks,
  facts: Pick<RunFacts, "beliefs" | "lostWorkers">,
  names: Names,
): Iterable<NodeReportRow> {
  return {
    *[Symbol.iterator]() {
      for (const row of nodeRows(books.state, facts)) yield* linesOf(document, books, row, names);
    },
  };
}

function* linesOf(document: RunDocument, books: RunBooks, row: NodeRow, names: Names): Generator<NodeReportRow> {
  const { scenario } = document;
  const { node } = row;
  const traits = traitsOf(scenario.fleet, seedOf(scenario.seed), node);
  const cohort = scenario.fleet.cohorts[traits.cohort];
  assert(cohort !== undefined, "a node belongs to a cohort");
  const finalVersion = row.isBricked ? "" : row.runsJob === "" ? cohort.runs.version : scenario.image.version;
  const ofNode = {
    index: node,
    id: nodeIdOf(document.nodePrefix, node),
    name: names.node(node),
    cohort: row.cohort,
    zone: row.zone,
    generation: traits.generation,
    chip: cohort.runs.chip,
    project: cohort.runs.project,
    firstVersion: cohort.runs.version,
    throughputBytesPerSecond: traits.throughputBytesPerSecond,
    latencyUs: traits.latencyUs,
    flashBytesPerSecond: traits.flashBytesPerSecond,
    bootUs: traits.bootUs,
    autofetchPhase: traits.autofetchPhase,
    startsOfflineForUs: traits.startsOfflineForUs,
    faultsDrawn: faultsOf(traits.faults),
    finalVersion,
    isOnlineAtEnd: row.isOnline,
    faultsFired: faultsOf(books.stories.faultsFired[node]!),
  };
  if (row.jobs.length === 0) yield { ...ofNode, ...NO_JOB_OF_ITS };
  for (const job of row.jobs) yield { ...ofNode, ...ofJob(books, node, job) };
}

type OfJob = Pick<
  NodeReportRow,
  | "job"
  | "outcome"
  | "isRegressed"
  | "unfinishedAs"
  | "isReachable"
  | "belief"
  | "attempts"
  | "offeredAtUs"
  | "downloadStartedAtUs"
  | "downloadEndedAtUs"
  | "confirmedAtUs"
  | "rolledBackAtUs"
  | "reportedAtUs"
>;

const NO_JOB_OF_ITS: OfJob = {
  job: "",
  outcome: null,
  isRegressed: false,
  unfinishedAs: null,
  isReachable: false,
  belief: "unknown",
  attempts: 0,
  offeredAtUs: null,
  downloadStartedAtUs: null,
  downloadEndedAtUs: null,
  confirmedAtUs: null,
  rolledBackAtUs: null,
  reportedAtUs: null,
};

function ofJob({ plan, stories }: RunBooks, node: number, row: NodeJobRow): OfJob {
  const pair = plan.jobs.findIndex(({ name }) => name === row.job) * plan.nodes + node;
  return {
    job: row.job,
    outcome: row.outcome,
    isRegressed: row.isRegressed,
    unfinishedAs: row.unfinished === "" ? null : row.unfinished,
    isReachable: row.isReachable,
    belief: row.belief,
    attempts: row.attempts,
    offeredAtUs: row.offeredAtUs,
    downloadStartedAtUs: row.startedAtUs,
    downloadEndedAtUs: instant(stories.downloadedAtUs[pair]!),
    confirmedAtUs: row.confirmedAtUs,
    rolledBackAtUs: instant(stories.rolledBackAtUs[pair]!),
    reportedAtUs: row.reportedAtUs,
  };
}

function faultsOf(mask: number): readonly FaultName[] {
  return FAULT_NAMES.filter((_, number) => (mask & (1 << number)) !== 0);
}

function instant(atUs: number): number | null {
  return Number.isNaN(atUs) ? null : Math.round(atUs);
}
