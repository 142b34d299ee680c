/**
 * Two runs of one scenario set against each other: a plan and what was measured, or any other two. Every difference
 * is the first minus the second, as a share of the second: what the plan says beside what was measured.
 */
import { pairedTimelines, type PairedTimelines } from "./paired-timelines.ts";
import { type ComparisonLimit, type JudgedLimit, judgeLimits } from "./comparison-limit.ts";
import { METRICS } from "./metrics.ts";
import { OUTCOMES } from "./outcome-class.ts";
import {
  COMPARED_PERCENTILES,
  type CountDifference,
  countDifference,
  differenceShare,
  type PeakDifference,
  type PercentileDifference,
} from "./run-difference.ts";
import type { RunResult, Verdict } from "./run-result.ts";

/** Name of the shape; it never changes. */
export const COMPARISON_SCHEMA = "otafleet/comparison";

/** Raised whenever a key changes its meaning or goes away. */
export const COMPARISON_VERSION = 1;

/** What a comparison comes to. `not judged`: no limit was asked for. */
export type ComparisonVerdict = "within" | "beyond" | "not judged";

/** One of the two runs. */
export interface ComparedRun {
  /** As the user named its folder. */
  readonly folder: string;
  readonly name: string;
  readonly driver: "live" | "virtual";
  readonly verdict: Verdict;
  readonly seed: number;
  readonly nodes: number;
  readonly speed: number;
  readonly clockStart: string;
  readonly endedAtUs: number;
}

/** Whether both are of one scenario, apart from what may differ between two runs of it. */
export interface ScenarioMatch {
  readonly isSame: boolean;
  /** Hex SHA-256 of what may not differ. */
  readonly sha256: readonly [first: string, second: string];
  /** Blocks of the scenario that differ and must not: `fleet`, `jobs`. */
  readonly differs: readonly string[];
  /** Blocks that differ and may: `clock.speed`, `model`. */
  readonly mayDiffer: readonly string[];
}

/** Two runs against each other. Keys stand in this order in `compare.json`. */
export interface Comparison {
  readonly schema: typeof COMPARISON_SCHEMA;
  readonly version: typeof COMPARISON_VERSION;
  readonly verdict: ComparisonVerdict;
  /** Sentences; empty unless it is `beyond`. */
  readonly reasons: readonly string[];
  /** Sentences to know before a number is believed. */
  readonly remarks: readonly string[];
  readonly first: ComparedRun;
  readonly second: ComparedRun;
  readonly scenario: ScenarioMatch;
  readonly limits: readonly JudgedLimit[];
  readonly targeted: CountDifference;
  readonly outcomes: readonly CountDifference[];
  readonly counts: readonly CountDifference[];
  readonly percentiles: readonly PercentileDifference[];
  readonly peaks: readonly PeakDifference[];
  /** The most by which the completion curves differ at one moment, as a share of all targets; null = no targets. */
  readonly completionDistance: number | null;
  readonly timelines: PairedTimelines;
}

/** One side of a comparison. */
export interface ComparisonSide {
  readonly folder: string;
  readonly result: RunResult;
}

/** What happened so often, by the names of `result.counters`. */
const COUNTED = [
  "connected",
  "fetch sent",
  "offer received",
  "download started",
  "download ended",
  "image applied",
  "confirmed",
  "rolled back",
  "report sent",
  "disconnected",
] as const;

/** Compares two runs; `limits` empty = nothing is judged. */
export function compareRuns(
  first: ComparisonSide,
  second: ComparisonSide,
  scenario: ScenarioMatch,
  limits: readonly ComparisonLimit[],
): Comparison {
  const [a, b] = [first.result, second.result];
  const outcomes = OUTCOMES.map((name) => countDifference(name, a.outcomes[name], b.outcomes[name]));
  const targeted = countDifference("targeted", a.outcomes.targeted, b.outcomes.targeted);
  const percentiles = METRICS.flatMap(({ name }) => percentileDifferences(name, a, b));
  const timelines = pairedTimelines(a, b);
  const peaks = peaksOf(timelines);
  const judged = judgeLimits(limits, {
    outcomes,
    targeted: b.outcomes.targeted,
    percentiles,
    peaks,
    bucketUs: timelines.bucketUs,
    isCompressed: [a, b].some(({ clock }) => compressionOf(clock) !== undefined),
  });
  const broken = judged.filter(({ isHeld }) => !isHeld).map(({ because }) => because);
  const unusable = unusableRuns(first, second);
  const grave = [...(scenario.isSame ? [] : otherScenario(scenario, first, second)), ...unusable];
  const isJudged = limits.length > 0;
  const reasons = isJudged ? [...grave, ...broken] : [];
  return {
    schema: COMPARISON_SCHEMA,
    version: COMPARISON_VERSION,
    verdict: !isJudged ? "not judged" : reasons.length === 0 ? "within" : "beyond",
    reasons,
    remarks: [...(isJudged ? [] : grave), ...remarksOn(first, second)],
    first: runOf(first),
    second: runOf(second),
    scenario,
    limits: judged,
    targeted,
    outcomes,
    counts: COUNTED.map((name) => countDifference(name, a.counters[name] ?? 0, b.counters[name] ?? 0)),
    percentiles,
    peaks,
    completionDistance: completionDistance(timelines, a.outcomes.targeted, b.outcomes.targeted),
    timelines,
  };
}

function runOf({ folder, result }: ComparisonSide): ComparedRun {
  const { scenario, clock, verdict, seed, populations } = result;
  return {
    folder,
    name: scenario.name,
    driver: clock.driver,
    verdict,
    seed,
    nodes: populations.nodes,
    speed: clock.speed,
    clockStart: clock.start,
    endedAtUs: clock.endedAtUs,
  };
}

function percentileDifferences(metric: string, a: RunResult, b: RunResult): PercentileDifference[] {
  const [first, second] = [a.metrics[metric], b.metrics[metric]];
  // A run of another release may not know the metric.
  if (first === undefined || second === undefined || first.size + second.size === 0) return [];
  const unusable = first.isValid ? second.invalidBecause : first.invalidBecause;
  return COMPARED_PERCENTILES.map((percentile) => {
    const [one, other] = [first[percentile], second[percentile]];
    const share = typeof one === "number" && typeof other === "number" ? differenceShare(one, other) : null;
    return { metric, percentile, first: one, second: other, share, unusableBecause: unusable };
  });
}

function peaksOf({ curves, bucketUs }: PairedTimelines): PeakDifference[] {
  return curves
    .filter(({ name }) => name !== "confirmed" && name !== "rolledBack")
    .map(({ name, kind, first, second }) => {
      const perSecond = kind === "events" ? 1_000_000 / bucketUs : 1;
      const [one, other] = [largestOf(first) * perSecond, largestOf(second) * perSecond];
      const unit = kind === "events" ? "per second" : "level";
      return { name, unit, first: one, second: other, share: differenceShare(one, other) };
    });
}

/** Of thousands of entries, so no spread into arguments. */
function largestOf(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}

function completionDistance({ curves }: PairedTimelines, ofFirst: number, ofSecond: number): number | null {
  const confirmed = curves.find(({ name }) => name === "confirmed");
  if (confirmed === undefined || ofFirst === 0 || ofSecond === 0) return null;
  return confirmed.first.reduce(
    (most, done, bucket) => Math.max(most, Math.abs(done / ofFirst - (confirmed.second[bucket] ?? 0) / ofSecond)),
    0,
  );
}

function otherScenario({ differs }: ScenarioMatch, first: ComparisonSide, second: ComparisonSide): string[] {
  const sentence = `The runs are not of the same scenario: ${differText(differs)}.`;
  const areInstants = [first, second].every(({ result }) => INSTANT.test(result.clock.start));
  return differs.includes("clock.start") && areInstants ? [sentence, sameStart(first, second)] : [sentence];
}

/** `fleet differs`, `fleet, jobs differ`. */
export function differText(blocks: readonly string[]): string {
  return `${blocks.join(", ")} ${blocks.length === 1 ? "differs" : "differ"}`;
}

/** As a result has it; the file may hold anything, and a flag is typed again. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z$/;

/** A run begins when it does, as one with `clock.start: now`; a plan can begin then too. */
function sameStart(first: ComparisonSide, second: ComparisonSide): string {
  const isOther = first.result.clock.driver === "live" && second.result.clock.driver === "virtual";
  const [again, kept] = isOther ? (["second", first] as const) : (["first", second] as const);
  const { driver, start } = (isOther ? second : first).result.clock;
  const how = driver === "virtual" ? "Plan" : "Run";
  const at = kept.result.clock.start.replace(/\.\d+Z$/, "Z");
  return `The ${again} began at ${start.replace(/\.\d+Z$/, "Z")}. ${how} it again with --set clock.start=${at}, when the other began.`;
}

/** What of a plan and a live run can never agree, and tells nothing of either. */
const NO_WAY_OF_ITS_OWN =
  "Only planned nodes have the latency of their links (link.latency): wall times of connects and answers differ by it.";

/** A run whose numbers are not to be used keeps no limit, however near they lie. */
function unusableRuns(first: ComparisonSide, second: ComparisonSide): readonly string[] {
  const sides = [
    ["first", first.result],
    ["second", second.result],
  ] as const;
  return sides
    .filter(([, { verdict }]) => verdict === "invalid" || verdict === "incomplete")
    .map(([which, { verdict }]) => `The ${which} run is ${verdict}: do not use its numbers.`);
}

function remarksOn(first: ComparisonSide, second: ComparisonSide): readonly string[] {
  const seeds = first.result.seed === second.result.seed;
  return [
    ...(seeds ? [] : ["The runs have different seeds: their fleets differ node by node."]),
    ...(first.result.clock.driver === second.result.clock.driver ? [] : [NO_WAY_OF_ITS_OWN]),
    ...compressedClocks(first.result.clock, second.result.clock),
  ];
}

/** How many times as fast as real time a live run's clock ran; undefined = no faster, or nothing was live. */
function compressionOf({ driver, speed }: RunResult["clock"]): number | undefined {
  return driver === "live" && speed > 1 ? speed : undefined;
}

/** What of a live run's figures a compressed clock has changed, and what it has not. */
function compressedClocks(first: RunResult["clock"], second: RunResult["clock"]): readonly string[] {
  const [one, other] = [compressionOf(first), compressionOf(second)];
  if (one !== undefined && one === other) return [compressedClock("clocks of both runs were", one)];
  return [
    ...(one === undefined ? [] : [compressedClock("clock of the first run was", one)]),
    ...(other === undefined ? [] : [compressedClock("clock of the second run was", other)]),
  ];
}

function compressedClock(whose: string, speed: number): string {
  return (
    `The ${whose} compressed (clock.speed ${speed}): what waits for a server or for this machine lasts ${speed} times ` +
    "as long in fleet time. So peaks of rates are flatter and levels higher than in real time, and wall latencies are " +
    `those under ${speed} times the load; completion and outcomes count each wait once, as it was.`
  );
}
