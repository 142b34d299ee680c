/** The trace of one node of a plan or a run: which node is meant, what is written down of it, and a trace that is replayed. */
import { adapterOf } from "../adapters/adapters.ts";
import { assert } from "../base/assert.ts";
import { BELIEFS } from "../base/belief.ts";
import { nearestWord } from "../base/nearest-word.ts";
import { readableText } from "../base/readable-text.ts";
import { seedOf } from "../base/random.ts";
import { UserError } from "../base/user-error.ts";
import { loneBirth, loneCohort, loneTable } from "../drivers/trace/lone-node.ts";
import { shownRow } from "../drivers/trace/shown-row.ts";
import type { ReadTrace } from "../drivers/trace/trace-file.ts";
import { newTraceCounts } from "../drivers/trace/trace-numbers.ts";
import { type Difference, replayed } from "../drivers/trace/trace-replay.ts";
import { fileIdOf, nodeOfFileId } from "../fleet/fleet-rows.ts";
import { nodeIdOf, nodeOfId } from "../fleet/node-id.ts";
import { nodeRuleOf } from "../fleet/node-zone.ts";
import { VirtualBackend } from "../drivers/virtual/virtual-backend.ts";
import type { Trace, TracedJob, TraceHead } from "../fleet/trace.ts";
import { traitsOf } from "../fleet/traits.ts";
import { endReasonText } from "../measure/end-reason.ts";
import { UNFINISHED } from "../measure/outcome-class.ts";
import { Outcomes, unfinishedState } from "../measure/outcome.ts";
import type { RunFacts } from "../measure/run-facts.ts";
import type { RunState } from "../measure/run-state.ts";
import { isReachable } from "../measure/standing.ts";
import type { TraceStep } from "../node/trace-step.ts";
import type { RunDocument } from "./run-document.ts";
import { versionsOf } from "./versions.ts";

/** The trace of a node, in the folder of its plan or run. */
export const TRACE_FILE = "trace.jsonl";

const SHOWN_MAX = 80;

/**
 * The node that a user names: by its id in a fleet file, by its id of the run, or by its index, which a # in front
 * makes sure of. Throws a `UserError` where there is none.
 */
export function nodeNamed({ scenario, nodePrefix }: RunDocument, name: string): number {
  const { fleet } = scenario;
  const index = /^#?(\d{1,10})$/.exec(name)?.[1];
  const node =
    (name.startsWith("#") ? undefined : (nodeOfFileId(fleet, name) ?? nodeOfId(nodePrefix, name))) ??
    (index === undefined ? undefined : Number(index));
  if (node !== undefined && node < fleet.nodes) return node;
  const last = fleet.nodes - 1;
  const hasFiles = fleet.cohorts.some(({ from }) => from !== undefined);
  const ways = [`an index from 0 to ${last}`, `an id such as ${nodeIdOf(nodePrefix, 0)}`];
  const fromFile = hasFiles ? ", or an id of the fleet file" : "";
  throw new UserError({
    field: "--trace",
    seen: `is "${readableText(name, SHOWN_MAX)}", and there is no such node`,
    expected: `must be ${ways.join(", or ")}${fromFile}${nearIdText(name, nodePrefix)}`,
  });
}

/** An id of another run, or another seed, looks much like one of this. */
function nearIdText(name: string, nodePrefix: string): string {
  const prefix = name.slice(0, -8);
  return prefix !== "" && prefix !== nodePrefix && nearestWord(prefix, [nodePrefix]) !== undefined
    ? `; all ids of this plan begin with ${nodePrefix}`
    : "";
}

/**
 * The trace of a node of a plan or run that has ended.
 *
 * @param jobIds by job, the ids that its offers had; left out: a plan's
 */
export function traceOf(
  document: RunDocument,
  node: number,
  steps: readonly TraceStep[],
  state: RunState,
  facts: RunFacts,
  jobIds?: readonly (readonly string[] | undefined)[],
): Trace {
  const { endedAtUs, endedBecause } = facts;
  const { driver } = document;
  const jobs = tracedJobs(state, facts, node, jobIds);
  return { head: traceHeadOf(document, node), steps, jobs, driver, endedAtUs, endedBecause };
}

/** What a trace says of its node before its first step. */
function traceHeadOf({ scenario, nodePrefix, driver }: RunDocument, node: number): TraceHead {
  const { fleet, seed, clock, backend } = scenario;
  const adapter = adapterOf(backend.adapter);
  assert(adapter !== undefined, "a scenario names an adapter that there is");
  // A plan's servers and nodes live in one time, whatever the speed.
  const speed = driver === "live" ? clock.speed : 1;
  const world = { seed, startUtcMs: clock.startUtcMs, adapter, speed };
  const cohort = loneCohort(fleet, seed, node);
  const birth = loneBirth({ ...world, rampSpeed: clock.speed }, fleet, node);
  const { table } = loneTable(world, cohort, birth);
  return {
    schema: "otafleet/trace",
    version: 1,
    otafleet: versionsOf()["otafleet"] ?? "",
    scenario: scenario.name,
    seed,
    startUtcMs: clock.startUtcMs,
    ...(speed === 1 ? {} : { speed }),
    adapter: adapter.kind,
    node: {
      index: node,
      id: nodeIdOf(nodePrefix, node),
      fileId: fileIdOf(fleet, node),
      zoneRule: nodeRuleOf(adapter.kind, traitsOf(fleet, seedOf(seed), node).zone),
    },
    cohort,
    birth,
    row: shownRow(table.at(0), newTraceCounts()),
  };
}

/** What each job had come to for a node when its plan or run ended. */
function tracedJobs(
  state: RunState,
  facts: RunFacts,
  node: number,
  jobIds: readonly (readonly string[] | undefined)[] | undefined,
): readonly TracedJob[] {
  const outcomes = new Outcomes(state, facts.lostWorkers);
  const { plan, columns, createdAtUs } = state;
  return plan.jobs.map(({ name, stages }, job): TracedJob => {
    const pair = job * columns.nodes + node;
    const belief = facts.beliefs[job]?.[node];
    return {
      name,
      ids: jobIds === undefined ? [VirtualBackend.jobIdOf(job)] : (jobIds[job] ?? []),
      outcome: outcomes.of(job, node),
      reason: endReasonText(columns.reason.get(pair)),
      unfinished: UNFINISHED[unfinishedState(state, job, node)] ?? "neverOffered",
      belief: belief === undefined ? undefined : BELIEFS[belief],
      hasBegun: Number.isFinite(createdAtUs[job]),
      isReleased: stages === undefined || columns.stageOf[pair] !== 0,
      isReachable: isReachable(columns.pairBits.get(pair)),
    };
  });
}

/** Replays a trace that was read; undefined where its node does the same again. Throws a `UserError` for a backend that nobody knows. */
export function replayOf({ head, steps }: ReadTrace, file: string): Difference | undefined {
  const adapter = adapterOf(head.adapter);
  const generation = head.cohort.runs.generations[0]?.value ?? "";
  const refuse = (seen: string): never => {
    throw new UserError({ file, seen, expected: "replay it with the otafleet that wrote it" });
  };
  if (adapter === undefined)
    return refuse(`is of a backend ${readableText(head.adapter, SHOWN_MAX)}, which is not there`);
  if (adapter.generations[generation] === undefined)
    return refuse(`is of a firmware generation ${readableText(generation, SHOWN_MAX)}, which is not there`);
  return replayed(adapter, head, steps);
}
