/**
 * Everything that a run says, from its state and its facts. Pure: no clock, no locale; keys are made in one order, so
 * equal runs give equal bytes.
 */
import {
  CONNECT_FAILURES,
  DISCONNECT_CAUSES,
  DOWNLOAD_ENDS,
  DROP_CAUSES,
  LOSS_CAUSES,
  OFFER_DROPS,
  OFFER_KINDS,
  OF_OPERATOR,
  POWER_CAUSES,
  RECORD_KINDS,
  type RecordKind,
} from "./event-record.ts";
import { endReasonCounts } from "./end-reason-counts.ts";
import { expireJobs } from "./expiry.ts";
import { Distribution } from "./distribution.ts";
import { generatorHealth, invalidBecause } from "./generator-health.ts";
import { Histogram } from "./histogram.ts";
import { checkLaws } from "./laws.ts";
import { type MeasuredMetric, type MeasuredMetrics, durationSinceJobUs, measureMetrics } from "./measured-metric.ts";
import { METRICS } from "./metrics.ts";
import type { ModelResult } from "./model-result.ts";
import { Outcomes } from "./outcome.ts";
import { kindNumber } from "./record-codec.ts";
import type { RunFacts } from "./run-facts.ts";
import {
  type GroupResult,
  type JobResult,
  type LostResult,
  type MetricResult,
  type OutcomeCounts,
  type Percentile,
  RESULT_SCHEMA,
  RESULT_VERSION,
  type RolloutResult,
  type RunResult,
} from "./run-result.ts";
import type { RunState } from "./run-state.ts";
import { rolloutResult } from "./rollout-result.ts";
import { staggering } from "./staggering.ts";
import type { Threshold } from "./threshold.ts";
import { checkThreshold, valueOf } from "./threshold-check.ts";
import { peaks, timelines } from "./timelines.ts";
import { truthMatrix } from "./truth-matrix.ts";
import { remarksOn } from "./remarks.ts";
import { costResult } from "./usage.ts";
import { type Evidence, judgeRun } from "./verdict.ts";

/** Computes the result. The state stays as it is, apart from jobs that expired by the end of the run; needs `readyHistograms` in this thread. */
export function computeResult(state: RunState, facts: RunFacts): RunResult {
  return computeResultAnd(state, facts, []).result;
}

/** The same, and what the left sides of some thresholds come to, whose limits do not matter. */
export function computeResultAnd(state: RunState, facts: RunFacts, asked: readonly Threshold[]): ResultAndValues {
  expireJobs(state, facts.endedAtUs);
  const metrics = measureMetrics(state);
  try {
    const result = assemble(state, facts, metrics);
    const measured = {
      state,
      metrics: metrics.byName,
      outcomes: new Outcomes(state, facts.lostWorkers),
      truth: result.truth,
      rollouts: result.jobs.map(({ rollout }) => rollout),
    };
    return { result, values: asked.map((threshold) => valueOf(threshold, measured)) };
  } finally {
    metrics.destroy();
  }
}

/** A result, and values in the order in which they were asked for. */
export interface ResultAndValues {
  readonly result: RunResult;
  readonly values: readonly Percentile[];
}

function assemble(state: RunState, facts: RunFacts, { byName: metrics }: MeasuredMetrics): RunResult {
  const judged = new Outcomes(state, facts.lostWorkers);
  const outcomes = judged.counts();
  const truth = truthMatrix(state, judged, facts);
  const rollouts = state.plan.jobs.map((_, job) => rolloutResult(state, facts, job));
  const thresholds = facts.thresholds.map((threshold) =>
    checkThreshold(threshold, { state, metrics, outcomes: judged, truth, rollouts }),
  );
  const laws = checkLaws({ state, facts, outcomes, truth, metrics });
  const generator = generatorHealth(state, metrics, facts.health);
  const faults = faultResults(state, facts);
  const evidence = { state, facts, outcomes, truth, metrics, thresholds, laws, generator, faults };
  const { plan, columns } = state;
  const counted = countedOf(evidence, judged, rollouts);
  return {
    schema: RESULT_SCHEMA,
    version: RESULT_VERSION,
    ...judgeRun(evidence),
    remarks: remarksOn(facts, outcomes),
    scenario: { name: facts.scenario.name, about: facts.scenario.about },
    tags: facts.tags,
    seed: facts.seed,
    versions: sorted(facts.versions),
    eventHash: facts.eventHash ?? null,
    clock: {
      start: facts.clockStart,
      speed: plan.speed,
      driver: facts.driver,
      endedAtUs: facts.endedAtUs,
      wallMs: facts.wallMs,
      endedBecause: facts.endedBecause,
    },
    populations: counted.populations,
    outcomes,
    endReasons: endReasonCounts(state, judged),
    truth,
    thresholds,
    metrics: Object.fromEntries(METRICS.map(({ name }) => [name, metricResult(state, metrics[name])])),
    staggering: plan.jobs.map((_, job) => staggering(state, job)),
    peaks: peaks(state),
    timelines: counted.timelines,
    jobs: counted.jobs,
    ...(state.operatorActs.length === 0 ? {} : { operator: state.operatorActs }),
    cohorts: groupResults(
      state,
      judged,
      plan.cohorts.map(({ name }) => name),
      columns.cohortOf,
    ),
    zones: groupResults(state, judged, plan.zoneNames, plan.zoneOf),
    laws,
    generator,
    faults,
    lost: lostResult(facts),
    counters: counted.counters,
    backend: counted.backend,
    cost: costResult(counted, facts.pricing),
    ...(facts.model === undefined ? {} : { model: overBuckets(facts.model, counted.timelines.buckets) }),
  };
}

/** By job; undefined = it is not released in stages. */
type Rollouts = readonly (RolloutResult | undefined)[];

/** What a bill is made of, and stands in the result anyway. */
function countedOf({ state, facts, outcomes, metrics }: Evidence, judged: Outcomes, rollouts: Rollouts) {
  const { targeted, reachable, settled } = outcomes;
  return {
    populations: { nodes: state.plan.nodes, targeted, reachable, settled },
    outcomes,
    timelines: timelines(state, judged, facts.endedAtUs),
    jobs: jobResults(state, judged, metrics.completion, rollouts),
    counters: counters(state),
    backend: sorted(facts.backend),
  };
}

/** The model's column over time, as long as the others. */
function overBuckets(model: ModelResult, buckets: number): ModelResult {
  const { egressBytesByBucket: column } = model.downloads;
  const egressBytesByBucket = Array.from({ length: buckets }, (_, bucket) => column[bucket] ?? 0);
  return { ...model, downloads: { ...model.downloads, egressBytesByBucket } };
}

function metricResult(state: RunState, measured: MeasuredMetric): MetricResult {
  const { metric, total, reachable, raw, compression, cohorts, jobs } = measured;
  const because = invalidBecause(state, measured);
  return {
    unit: metric.unit,
    clock: metric.clock,
    meaning: metric.meaning,
    ...total.series(),
    isValid: because === "",
    invalidBecause: because,
    badSamples: total.histogram.badSamples,
    outOfRange: total.histogram.outOfRange,
    reachable: reachable?.series() ?? null,
    raw: raw?.series() ?? null,
    compression,
    cohorts: Object.fromEntries(cohorts.map((cohort) => [cohort.name, cohort.total.series()])),
    jobs: Object.fromEntries(jobs.map((job) => [job.name, job.total.series()])),
  };
}

function jobResults(
  state: RunState,
  judged: Outcomes,
  completion: MeasuredMetric,
  rollouts: Rollouts,
): readonly JobResult[] {
  return state.plan.jobs.map(({ name }, job) => {
    const rollout = rollouts[job];
    const [createdAtUs, cancelledAtUs] = [state.createdAtUs[job]!, state.cancelledAtUs[job]!];
    return {
      name,
      createdAtUs: Number.isFinite(createdAtUs) ? createdAtUs : null,
      cancelledAtUs: Number.isNaN(cancelledAtUs) ? null : cancelledAtUs,
      outcomes: judged.counts((candidate) => candidate === job),
      completion: completion.jobs[job]!.total.series(),
      ...(rollout === undefined ? {} : { rollout }),
    };
  });
}

/** Outcomes and completion by cohort or zone; a group without targets is left in, with zeros. */
function groupResults(
  state: RunState,
  judged: Outcomes,
  names: readonly string[],
  groupOf: Uint16Array,
): readonly GroupResult[] {
  const { columns } = state;
  const counts = judged.countsByNodeGroup(names.length, (node) => groupOf[node]!);
  const nodes = new Float64Array(names.length);
  for (const group of groupOf) if (group < nodes.length) nodes[group]! += 1;
  const histograms = names.map(() => new Histogram());
  columns.confirmedAtUs.forEach((_, pair) => {
    const node = pair % columns.nodes;
    const since = durationSinceJobUs(state, pair, columns.confirmedAtUs, columns.confirmedWaited);
    if (since === undefined || judged.of(Math.floor(pair / columns.nodes), node) === undefined) return;
    histograms[groupOf[node]!]?.record(Math.round(since.composedUs));
  });
  const rows = names.map((name, group) => groupRow(name, nodes[group]!, counts[group]!, histograms[group]!));
  for (const histogram of histograms) histogram.destroy();
  return rows;
}

function groupRow(name: string, nodes: number, outcomes: OutcomeCounts, histogram: Histogram): GroupResult {
  return { name, nodes, outcomes, completion: new Distribution(histogram, "targeted", outcomes.targeted).series() };
}

/** Faults of nodes that were drawn or fired, then whatever was asked of the backend. */
function faultResults(state: RunState, { faultNames, backendFaults }: RunFacts): RunResult["faults"] {
  const [drawnKind, firedKind] = [kindNumber("fault drawn"), kindNumber("fault fired")];
  const ofNodes = faultNames.map((name, number) => {
    const [drawn, fired] = [state.countOf(drawnKind, number), state.countOf(firedKind, number)];
    return [name, { of: "node", drawn, fired }] as const;
  });
  const ofBackend = Object.entries(backendFaults).map(
    ([name, { drawn, fired }]) => [name, { of: "backend", drawn, fired }] as const,
  );
  return Object.fromEntries([...ofNodes.filter(([, { drawn, fired }]) => drawn + fired > 0), ...ofBackend]);
}

function lostResult({ lostWorkers }: RunFacts): LostResult {
  return {
    workers: lostWorkers.map(({ worker }) => worker),
    nodeRanges: lostWorkers.map(({ firstNode, lastNode }) => [firstNode, lastNode] as const),
    nodes: lostWorkers.reduce((sum, { firstNode, lastNode }) => sum + lastNode - firstNode + 1, 0),
    lostMs: lostWorkers.reduce((most, { lostMs }) => Math.max(most, lostMs), 0),
  };
}

/** Kinds whose detail is worth a line of its own. */
const DETAILED: Readonly<Partial<Record<RecordKind, readonly string[]>>> = {
  "connect failed": CONNECT_FAILURES,
  disconnected: DISCONNECT_CAUSES,
  "fetch lost": LOSS_CAUSES,
  "offer received": OFFER_KINDS,
  "offer dropped": OFFER_DROPS,
  "download ended": DOWNLOAD_ENDS,
  "powered off": POWER_CAUSES,
  "report lost": LOSS_CAUSES,
  "start dropped": DROP_CAUSES,
};

function counters(state: RunState): RunResult["counters"] {
  const all: [string, number][] = [];
  RECORD_KINDS.forEach((kind, number) => {
    if (OF_OPERATOR.includes(kind)) return;
    all.push([kind, state.countOfKind(kind)]);
    DETAILED[kind]?.forEach((name, detail) => {
      const count = state.countOf(number, detail);
      if (count > 0) all.push([`${kind}: ${name}`, count]);
    });
  });
  all.push(["offers for other nodes", state.strayOffers], ["dials given up", state.dialsGivenUp]);
  all.push(["image bytes received", state.imageBytesReceived]);
  return Object.fromEntries(all);
}

/** The same entries in one order, whatever order they were collected in. */
function sorted<T>(entries: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
