/** What sweeps and searches have in common: their head, and the plans that they are made of, there or missing. */
import type { FiguredJob, FigureValue } from "./figures.ts";
import type { EndResult } from "./run-end.ts";
import type { ThresholdResult, Verdict } from "./run-result.ts";

/** What stands at the head of both results. */
export interface PlansHead {
  readonly scenario: {
    readonly name: string;
    readonly about: string;
    readonly nodes: number;
    /** Of a sweep those that all its scenarios have. Left out by an otafleet that did not tell them. */
    readonly jobs?: readonly FiguredJob[] | undefined;
    /** Whether all of them have `model:`, so that peaks of egress are of single seconds. Left out as above. */
    readonly isModelled?: boolean | undefined;
  };
  readonly tags: Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, string>>;
  /** The command that repeats it. */
  readonly command: string;
  /** Hex SHA-256 over scenarios and images: all that the plans depend on beside their seeds; of a search, as it began. */
  readonly inputs: string;
  /** What `clock.start: now` means in it, milliseconds since 1970; left out where nothing begins so. */
  readonly nowMs?: number | undefined;
  readonly seeds: readonly number[];
  /** What `cost` is in. */
  readonly currency: string;
}

/** One plan: one combination under one seed. */
export interface PlannedRun {
  readonly seed: number;
  readonly verdict: Verdict;
  /** The weightiest of its reasons. */
  readonly reasons: readonly string[];
  readonly thresholds: readonly ThresholdResult[];
  /** In the order of the figures that were asked for. */
  readonly figures: readonly FigureValue[];
  /**
   * In the same order: the share of its nodes that were done at the end, where a figure waits for nodes; null = it does
   * not. Left out by an otafleet that did not tell it.
   */
  readonly doneShares?: readonly (number | null)[] | undefined;
  /** Left out by an otafleet that did not tell it. */
  readonly end?: PlanEnd | undefined;
}

/** How a plan came to its end. */
export interface PlanEnd {
  /** Fleet microseconds. */
  readonly atUs: number;
  readonly by: EndResult["by"];
  /** Targets that were never connected between their job's start and the end. */
  readonly unseen: number;
  /** Of them, who would have come back by the latest end; 0 where nothing of the result hangs on them. */
  readonly dueBack: number;
}

/** Reasons of a run that are kept: the others are those of the same plan, which can be made again. */
export const REASONS_KEPT = 3;

/** A plan that is not there. */
export interface MissingRun {
  readonly values: readonly string[];
  readonly seed: number;
  readonly because: string;
}

/** A run of one seed, or why there is none. */
export type RunOrMissing = PlannedRun | MissingSeed;

/** A seed without a run. `isRefused`: the plan says so itself, and would say so again. */
export interface MissingSeed {
  readonly seed: number;
  readonly missingBecause: string;
  readonly isRefused?: boolean;
}

/** The missing ones among the runs of some values. */
export function missingOf(values: readonly string[], runs: readonly RunOrMissing[]): readonly MissingRun[] {
  return runs.flatMap((run) => ("verdict" in run ? [] : [{ values, seed: run.seed, because: run.missingBecause }]));
}
