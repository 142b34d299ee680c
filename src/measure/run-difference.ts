/**
 * Single differences between two runs. Each is the first minus the second, and a share is one of the second: what was
 * expected beside what came.
 */
import type { Percentile } from "./run-result.ts";

/** Percentiles that are compared. */
export const COMPARED_PERCENTILES = ["p50", "p75", "p90", "p95", "p99"] as const;

/** One of them. */
export type ComparedPercentile = (typeof COMPARED_PERCENTILES)[number];

/** A count of both runs. */
export interface CountDifference {
  readonly name: string;
  readonly first: number;
  readonly second: number;
  readonly difference: number;
}

/** A percentile of both runs, in microseconds. */
export interface PercentileDifference {
  readonly metric: string;
  readonly percentile: ComparedPercentile;
  readonly first: Percentile;
  readonly second: Percentile;
  /** null where one of them is no number, or the second is 0 and the first is not. */
  readonly share: number | null;
  /** "" = both may be used; else why not. */
  readonly unusableBecause: string;
}

/** The highest bucket of a column in both runs: events a second of fleet time, or a level. */
export interface PeakDifference {
  readonly name: string;
  readonly unit: "per second" | "level";
  readonly first: number;
  readonly second: number;
  readonly share: number | null;
}

/** The difference of two counts. */
export function countDifference(name: string, first: number, second: number): CountDifference {
  return { name, first, second, difference: first - second };
}

/** (first - second) / second; null where that says nothing. */
export function differenceShare(first: number, second: number): number | null {
  if (first === second) return 0;
  const share = (first - second) / second;
  return Number.isFinite(share) ? share : null;
}
