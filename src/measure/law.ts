/** What a conservation law is, and what it is checked with. */
import { type Columns, NODE } from "./columns.ts";
import type { MeasuredMetric } from "./measured-metric.ts";
import type { MetricName } from "./metrics.ts";
import type { BackendCounter, RunFacts } from "./run-facts.ts";
import type { LawResult, OutcomeCounts, TruthResult } from "./run-result.ts";
import type { RunState } from "./run-state.ts";

/** Everything that laws look at. */
export interface LawInput {
  readonly state: RunState;
  readonly facts: RunFacts;
  readonly outcomes: OutcomeCounts;
  readonly truth: TruthResult;
  readonly metrics: Readonly<Record<MetricName, MeasuredMetric>>;
}

/** How a check ended. */
export type LawCheck = Pick<LawResult, "verdict" | "left" | "right" | "detail">;

/** One law: a sentence that holds for every run, and how to see whether it does. */
export interface Law {
  readonly id: string;
  /** `LEFT = RIGHT`, or `LEFT <= RIGHT`, then perhaps more; the sides of every check are these two, in this order. */
  readonly sentence: string;
  check(input: LawInput): LawCheck;
  /** Whether it says anything of such a run; left out = of every run. */
  concerns?(state: RunState): boolean;
}

/** The far side of the law is not there to look at, and nothing is claimed. */
export function notCheckable(detail: string): LawCheck {
  return { verdict: "not checkable", left: null, right: null, detail };
}

/** Both sides have to be the same. */
export function equal(left: number, right: number, detail: string): LawCheck {
  return { verdict: left === right ? "held" : "broken", left, right, detail };
}

/** A part of a law fell apart that has sides of its own, so they are named. */
export function differ(left: number, leftWords: string, right: number, rightWords: string): LawCheck {
  return { verdict: "broken", left, right, detail: `left: ${leftWords}; right: ${rightWords}` };
}

/** The left side must not exceed the right. */
export function atMost(left: number, right: number, detail: string): LawCheck {
  return { verdict: left <= right ? "held" : "broken", left, right, detail };
}

/** A counter of the backend; undefined = it does not show it. */
export function backendCounter({ facts }: LawInput, name: BackendCounter): number | undefined {
  return facts.backend[name];
}

/** Whether records or the end of the run are missing, so that only lower bounds can be asked for. */
function isCurtailed({ facts }: LawInput): boolean {
  return facts.lostWorkers.length > 0 || facts.interruptedBecause !== undefined;
}

/** Whether the backend may have counted more than this run's: other runs' beside it, or what is not on record here. */
export function mayCountMore(input: LawInput): boolean {
  return input.facts.isBackendShared || isCurtailed(input);
}

/** Nodes that have a bit. */
export function nodesWith({ nodeBits }: Columns, bit: (typeof NODE)[keyof typeof NODE]): number {
  return nodeBits.countOf((bits) => (bits & bit) !== 0);
}
