/**
 * Everything that a run says, from its state and its facts. Pure: no clock, no locale; keys are made in one order, so
 * equal runs give equal bytes.
 */
import { counters } from "./counters.ts";
import { defectResults, idleDefects } from "./defect-result.ts";
import { endReasonCounts } from "./end-reason-counts.ts";
import { hangingOnEnd } from "./end-influence.ts";
import { expireJobs } from "./expiry.ts";
import { firmwareResult } from "./firmware-result.ts";
import { groupResults } from "./group-results.ts";
import { generatorHealth } from "./generator-health.ts";
import { checkLaws } from "./laws.ts";
import { type MeasuredMetric, type MeasuredMetrics, measureMetrics } from "./measured-metric.ts";
import { encodedHistograms, type MetricHistogram } from "./metric-histograms.ts";
import { metricResult } from "./metric-result.ts";
import { METRICS } from "./metrics.ts";
import type { ModelResult } from "./model-result.ts";
import { Outcomes } from "./outcome.ts";
import { faultResults } from "./fault-results.ts";
import { endResult } from "./run-end.ts";
import type { RunFacts } from "./run-facts.ts";
import {
  type JobResult,
  type LostResult,
  type Percentile,
  RESULT_SCHEMA,
  RESULT_VERSION,
  type RolloutResult,
  type RunResult,
} from "./run-result.ts";
import type { RunState } from "./run-state.ts";
import { retryRemarks, retryResult } from "./retry-result.ts";
import { rolloutResult } from "./rollout-result.ts";
import { staggerings } from "./staggering.ts";
import type { Threshold } from "./threshold.ts";
import { checkThreshold, doneShareOf, valueOf } from "./threshold-check.ts";
import { confirmedByJob, peaks, timelines } from "./timelines.ts";
import { truthMatrix } from "./truth-matrix.ts";
import { remarksOn } from "./remarks.ts";
import { costResult } from "./usage.ts";
import { type Evidence, judgeRun } from "./verdict.ts";

/** Hears which part of a result comes next; of millions of nodes each takes seconds. */
export type PartListener = (part: string) => void;

const NOBODY_HEARS: PartListener = () => {};

/** Computes the result. The state stays as it is, apart from jobs that expired by the end of the run; needs `readyHistograms` in this thread. */
export function computeResult(state: RunState, facts: RunFacts, onPart = NOBODY_HEARS): RunResult {
  return computed(state, facts, onPart, ({ result }) => result);
}

/** The same, and what the left sides of some thresholds come to, whose limits do not matter. */
export function computeResultAnd(state: RunState, facts: RunFacts, asked: readonly Threshold[]): ResultAndValues {
  return computed(state, facts, NOBODY_HEARS, ({ result, hanging, metrics, outcomes }) => {
    const { truth, jobs } = result;
    const measured = { state, metrics, outcomes, truth, rollouts: jobs.map(({ rollout }) => rollout) };
    const values = asked.map((threshold) => ({
      value: valueOf(threshold, measured),
      doneShare: doneShareOf(threshold, measured),
    }));
    return { result, values, hanging };
  });
}

/** The same, and the histograms that it was computed of. */
export function computeReported(state: RunState, facts: RunFacts, onPart = NOBODY_HEARS): ResultAndHistograms {
  return computed(state, facts, onPart, ({ result, metrics }) => {
    onPart("histograms");
    return { result, histograms: encodedHistograms(metrics) };
  });
}

/** What a left side comes to. */
export interface AskedValue {
  readonly value: Percentile;
  /** How far it came where it was not reached; see `doneShareOf`. */
  readonly doneShare: number | null;
}

/** A result, and values in the order in which they were asked for. */
export interface ResultAndValues {
  readonly result: RunResult;
  readonly values: readonly AskedValue[];
  /** What hangs on its end; see `hangingOnEnd`. */
  readonly hanging: readonly string[];
}

/** A result, and every metric that has samples. */
export interface ResultAndHistograms {
  readonly result: RunResult;
  readonly histograms: readonly MetricHistogram[];
}

interface Computed extends Assembled {
  readonly metrics: MeasuredMetrics["byName"];
  readonly outcomes: Outcomes;
}

type Assembled = Pick<ResultAndValues, "result" | "hanging">;

/** @param taken makes of it what is asked for; the metrics are gone afterwards */
function computed<T>(state: RunState, facts: RunFacts, onPart: PartListener, taken: (all: Computed) => T): T {
  onPart("outcomes");
  expireJobs(state, facts.endedAtUs);
  const outcomes = new Outcomes(state, facts.lostWorkers);
  onPart("metrics");
  const measured = measureMetrics(state);
  const { byName: metrics } = measured;
  try {
    return taken({ ...assemble(state, facts, metrics, outcomes, onPart), metrics, outcomes });
  } finally {
    measured.destroy();
  }
}

function assemble(
  state: RunState,
  facts: RunFacts,
  metrics: MeasuredMetrics["byName"],
  judged: Outcomes,
  onPart: PartListener,
): Assembled {
  const rollouts = state.plan.jobs.map((_, job) => rolloutResult(state, facts, job));
  const evidence = evidenceOf(state, facts, metrics, judged, rollouts, onPart);
  const { outcomes, truth, thresholds, laws, generator, faults, defects } = evidence;
  onPart("jobs and timelines");
  const counted = countedOf(evidence, judged, rollouts);
  const cost = costResult(counted, facts.pricing);
  const measured = { state, metrics, outcomes: judged, truth, rollouts };
  const hanging = hangingOnEnd({ end: counted.end, ...facts, outcomes, measured, cost });
  const parts = partsOf(state, judged, facts, onPart);
  const result: RunResult = {
    schema: RESULT_SCHEMA,
    version: RESULT_VERSION,
    ...judgeRun(evidence),
    remarks: remarksOf(evidence, counted, hanging),
    scenario: { name: facts.scenario.name, about: facts.scenario.about },
    tags: facts.tags,
    seed: facts.seed,
    versions: sorted(facts.versions),
    eventHash: facts.eventHash ?? null,
    clock: clockOf(facts, state.plan.speed),
    end: counted.end,
    populations: counted.populations,
    outcomes,
    firmware: firmwareResult(state),
    retries: counted.retries,
    endReasons: parts.endReasons,
    truth,
    thresholds,
    metrics: Object.fromEntries(METRICS.map(({ name }) => [name, metricResult(state, metrics[name])])),
    staggering: parts.staggering,
    peaks: peaks(state),
    timelines: counted.timelines,
    jobs: counted.jobs,
    ...(state.operatorActs.length === 0 ? {} : { operator: state.operatorActs }),
    cohorts: parts.cohorts,
    zones: parts.zones,
    laws,
    generator,
    faults,
    ...(defects.length === 0 ? {} : { defects }),
    lost: lostResult(facts),
    counters: counted.counters,
    backend: counted.backend,
    cost,
    ...(facts.model === undefined ? {} : { model: overBuckets(facts.model, counted.timelines.buckets) }),
  };
  return { result, hanging };
}

function remarksOf(
  { state, facts, outcomes, defects }: Evidence,
  { end, retries }: Pick<RunResult, "end" | "retries">,
  hanging: readonly string[],
): readonly string[] {
  // What half a run did not come to says nothing.
  const isHalf = facts.interruptedBecause !== undefined;
  return [
    ...remarksOn(facts, outcomes, end, hanging),
    ...(isHalf ? [] : idleDefects(defects)),
    ...retryRemarks(retries, state.imageBytesReceived),
  ];
}

/** What the verdict is made of. */
function evidenceOf(
  state: RunState,
  facts: RunFacts,
  metrics: MeasuredMetrics["byName"],
  judged: Outcomes,
  rollouts: Rollouts,
  onPart: PartListener,
): Evidence {
  const outcomes = judged.counts();
  onPart("truth");
  const truth = truthMatrix(state, judged, facts);
  onPart("thresholds");
  const thresholds = facts.thresholds.map((threshold) =>
    checkThreshold(threshold, { state, metrics, outcomes: judged, truth, rollouts }),
  );
  onPart("laws");
  const laws = checkLaws({ state, facts, outcomes, truth, metrics });
  const generator = generatorHealth(state, metrics, facts.health);
  const faults = faultResults(state, facts);
  const defects = defectResults(state);
  return { state, facts, outcomes, truth, metrics, thresholds, laws, generator, faults, defects };
}

function clockOf(facts: RunFacts, speed: number): RunResult["clock"] {
  return {
    start: facts.clockStart,
    speed,
    driver: facts.driver,
    endedAtUs: facts.endedAtUs,
    wallMs: facts.wallMs,
    endedBecause: facts.endedBecause,
  };
}

/** By job; undefined = it is not released in stages. */
type Rollouts = readonly (RolloutResult | undefined)[];

/** What a bill is made of, and stands in the result anyway. */
function countedOf({ state, facts, outcomes, metrics }: Evidence, judged: Outcomes, rollouts: Rollouts) {
  const { targeted, reachable, settled } = outcomes;
  const columns = timelines(state, judged, facts.endedAtUs);
  return {
    retries: retryResult(state, judged),
    end: endResult(facts, outcomes, state.plan.endUs),
    populations: { nodes: state.plan.nodes, targeted, reachable, settled },
    outcomes,
    timelines: columns,
    jobs: jobResults(state, judged, metrics.completion, rollouts, columns.buckets),
    counters: counters(state),
    backend: sorted(facts.backend),
  };
}

/** What is counted of parts of the fleet. */
function partsOf(state: RunState, judged: Outcomes, facts: RunFacts, onPart: PartListener) {
  const { plan, columns } = state;
  const endReasons = endReasonCounts(state, judged, facts);
  onPart("staggering");
  const ofJobs = staggerings(state);
  onPart("cohorts");
  const cohortNames = plan.cohorts.map(({ name }) => name);
  const cohorts = groupResults(state, judged, cohortNames, (node) => columns.cohortOf.get(node));
  onPart("zones");
  const zones = groupResults(state, judged, plan.zoneNames, (node) => plan.zoneOf[node]!);
  return { endReasons, staggering: ofJobs, cohorts, zones };
}

/** The model's column over time, as long as the others. */
function overBuckets(model: ModelResult, buckets: number): ModelResult {
  const { egressBytesByBucket: column } = model.downloads;
  const egressBytesByBucket = Array.from({ length: buckets }, (_, bucket) => column[bucket] ?? 0);
  return { ...model, downloads: { ...model.downloads, egressBytesByBucket } };
}

function jobResults(
  state: RunState,
  judged: Outcomes,
  completion: MeasuredMetric,
  rollouts: Rollouts,
  buckets: number,
): readonly JobResult[] {
  const confirmed = state.plan.jobs.length > 1 ? confirmedByJob(state, buckets) : undefined;
  return state.plan.jobs.map(({ name }, job) => {
    const rollout = rollouts[job];
    const [createdAtUs, cancelledAtUs] = [state.createdAtUs[job]!, state.cancelledAtUs[job]!];
    return {
      name,
      createdAtUs: Number.isFinite(createdAtUs) ? createdAtUs : null,
      cancelledAtUs: Number.isNaN(cancelledAtUs) ? null : cancelledAtUs,
      outcomes: judged.countsOfJob(job),
      completion: completion.jobs[job]!.total.series(),
      ...(confirmed === undefined ? {} : { confirmed: confirmed[job]! }),
      ...(rollout === undefined ? {} : { rollout }),
    };
  });
}

function lostResult({ lostWorkers }: RunFacts): LostResult {
  return {
    workers: lostWorkers.map(({ worker }) => worker),
    nodeRanges: lostWorkers.map(({ firstNode, lastNode }) => [firstNode, lastNode] as const),
    nodes: lostWorkers.reduce((sum, { firstNode, lastNode }) => sum + lastNode - firstNode + 1, 0),
    lostMs: lostWorkers.reduce((most, { lostMs }) => Math.max(most, lostMs), 0),
  };
}

/** The same entries in one order, whatever order they were collected in. */
function sorted<T>(entries: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
