/**
 * What a run comes to. Four values, the gravest that has a reason: *incomplete* (something is missing, so even a
 * count may be wrong), *invalid* (the numbers are there and are not to be used), *failed* (they can be used, and a
 * promise does not hold), *passed*.
 */
import { howMany } from "../base/how-many.ts";
import { vainDefects } from "./defect-result.ts";
import type { MeasuredMetric } from "./measured-metric.ts";
import { invalidBecause } from "./generator-health.ts";
import type { MetricName } from "./metrics.ts";
import type { RunFacts } from "./run-facts.ts";
import type {
  DefectResult,
  GeneratorResult,
  LawResult,
  OutcomeCounts,
  RunResult,
  ThresholdResult,
  TruthResult,
  Verdict,
} from "./run-result.ts";
import type { RunState } from "./run-state.ts";

/** What a verdict is made of. */
export interface Evidence {
  readonly state: RunState;
  readonly facts: RunFacts;
  readonly outcomes: OutcomeCounts;
  readonly truth: TruthResult;
  readonly metrics: Readonly<Record<MetricName, MeasuredMetric>>;
  readonly thresholds: readonly ThresholdResult[];
  readonly laws: readonly LawResult[];
  readonly generator: GeneratorResult;
  readonly faults: RunResult["faults"];
  readonly defects: readonly DefectResult[];
}

/**
 * The verdict and its reasons, the gravest first. Of an incomplete run only what is missing is told, and what is wrong
 * all the same: that a fault never fired or a threshold was not reached is what one would expect of half a run.
 */
export function judgeRun(evidence: Evidence): { readonly verdict: Verdict; readonly reasons: readonly string[] } {
  const missing = incompleteReasons(evidence);
  if (missing.length > 0) {
    const all = [...missing, ...instrumentReasons(evidence), ...falseSuccessReasons(evidence)];
    return { verdict: "incomplete", reasons: [...new Set(all)] };
  }
  const invalid = invalidReasons(evidence);
  const failed = failedReasons(evidence);
  const verdict = invalid.length > 0 ? "invalid" : failed.length > 0 ? "failed" : "passed";
  return { verdict, reasons: [...new Set([...invalid, ...failed])] };
}

function incompleteReasons({ state, facts }: Evidence): string[] {
  const reasons: string[] = [];
  if (facts.interruptedBecause !== undefined)
    reasons.push(`The run was stopped before its end: ${facts.interruptedBecause}.`);
  reasons.push(...facts.undone);
  for (const { worker, firstNode, lastNode, lostMs } of facts.lostWorkers) {
    reasons.push(
      `Worker ${worker} was lost with nodes ${firstNode} to ${lastNode}; up to ${lostMs} ms of their records are missing.`,
    );
  }
  const ended = new Set([...facts.endMarks, ...facts.lostWorkers].map(({ shard }) => shard));
  for (let shard = 0; shard < facts.shards; shard++) {
    if (!ended.has(shard)) reasons.push(`The records of shard ${shard} have no end mark.`);
  }
  for (const { shard, missing } of state.shards.all()) {
    if (missing > 0)
      reasons.push(
        `${howMany(missing, "batch", "batches")} of records of shard ${shard} ${missing === 1 ? "is" : "are"} missing.`,
      );
  }
  return [...reasons, ...untoldReasons(state, facts)];
}

/** Without the backend's side no false success would be seen, and no law that has two sides checked. */
function untoldReasons({ plan, createdAtUs }: RunState, facts: RunFacts): string[] {
  // A run that was stopped says so, and its jobs may be half made.
  if (facts.interruptedBecause !== undefined) return [];
  const reasons = plan.jobs
    .filter((_, job) => facts.expected.beliefs && createdAtUs[job]! < Infinity && facts.beliefs[job] === undefined)
    .map(({ name }) => `What the backend has on record of job ${name} could not be read at the end.`);
  const silent = Array.from({ length: facts.expected.healthOf }, (_, worker) => worker).filter(
    (worker) =>
      !facts.health.some((sample) => sample.worker === worker) &&
      !facts.lostWorkers.some((lost) => lost.worker === worker),
  );
  // Whether the generator was the limit cannot be told of one that says nothing of itself.
  reasons.push(...silent.map((worker) => `Worker ${worker} told nothing of its health.`));
  const hasCounters = !facts.expected.counters || Object.keys(facts.backend).length > 0;
  return hasCounters ? reasons : [...reasons, "The backend's own counters could not be read at the end."];
}

function invalidReasons(evidence: Evidence): string[] {
  const { state, facts, metrics } = evidence;
  const reasons = [...untestedReasons(evidence), ...generatorReasons(evidence)];
  const named = new Set(facts.thresholds.flatMap(({ on }) => (on.kind === "metric" ? [on.name] : [])));
  for (const name of named) {
    const because = invalidBecause(state, metrics[name]);
    if (because !== "") reasons.push(`A threshold is on ${name}, which is invalid: ${because}.`);
  }
  reasons.push(...vainDefects(evidence.defects));
  for (const [name, { of, drawn, fired, isSpared }] of Object.entries(evidence.faults)) {
    if (fired > 0) continue;
    if (of === "backend") {
      const why = drawn === 0 ? "nothing was drawn for it" : `it was drawn ${howMany(drawn, "time")}`;
      reasons.push(`The backend was to misbehave by ${name}, which never took place: ${why}.`);
    } else if (drawn > 0) {
      const why = isSpared === true ? ": none of them began a download before the stop or cancel" : "";
      reasons.push(`The fault ${name} was drawn for ${howMany(drawn, "node")} and never fired${why}.`);
    }
  }
  return [...reasons, ...bookReasons(evidence)];
}

/** What is wrong with the instrument or its books, however far the run came. */
function instrumentReasons(evidence: Evidence): string[] {
  return [...generatorReasons(evidence), ...bookReasons(evidence)];
}

function generatorReasons({ generator }: Evidence): string[] {
  return generator.reasons.map((reason) => `The generator was the limit: ${reason}.`);
}

function bookReasons({ state, laws }: Evidence): string[] {
  const reasons: string[] = [];
  for (const { id, sentence, verdict, left, right, detail } of laws) {
    if (verdict !== "broken") continue;
    reasons.push(
      `Law ${id} is broken (${sentence}): left ${left ?? "?"}, right ${right ?? "?"}${detail === "" ? "" : ` (${detail})`}.`,
    );
  }
  if (state.unknownRecords > 0) reasons.push(`${howMany(state.unknownRecords, "record")} could not be understood.`);
  return reasons;
}

function untestedReasons({ state, facts, outcomes }: Evidence): string[] {
  if (outcomes.targeted === 0) return ["Nothing was tested: no node is a target of any job."];
  if (outcomes.reachable === 0) return ["Nothing was tested: no target was ever connected after its job was created."];
  if (facts.thresholds.length === 0 && state.countOfKind("offer received") === 0) {
    return ["Nothing was tested: no offer reached any node, and the scenario has no threshold."];
  }
  return [];
}

function falseSuccessReasons({ truth }: Evidence): string[] {
  if (truth.falseSuccess === 0) return [];
  const nodes = truth.falseSuccessNodes.slice(0, 5).join(", ");
  const who = howMany(truth.falseSuccess, "node that neither runs", "nodes that neither run");
  return [`False success: the backend records success for ${who} the image nor ever said so (first: ${nodes}).`];
}

function failedReasons(evidence: Evidence): string[] {
  const reasons = falseSuccessReasons(evidence);
  for (const { verdict, because, metric, expression } of evidence.thresholds) {
    if (verdict === "passed") continue;
    const isWhole = verdict === "failed" || because.startsWith(metric);
    reasons.push(isWhole ? `Threshold ${because}.` : `Threshold ${metric} ${expression} cannot pass: ${because}.`);
  }
  return reasons;
}
