/**
 * Two runs' timelines over one axis of fleet time. Their buckets may be of different widths and numbers; both are
 * brought to the least width that both can be told in.
 */
import { SECOND_US } from "../base/instant.ts";
import type { RunResult, Timelines } from "./run-result.ts";

/** What a column's buckets hold: a state at the end of each, or what took place within. */
export type CurveKind = "level" | "events";

/** A column of two runs, of equal length. */
export interface Curve {
  readonly name: string;
  readonly kind: CurveKind;
  readonly first: readonly number[];
  readonly second: readonly number[];
}

/** The columns that two runs are compared by, over fleet time from 0. */
export interface PairedTimelines {
  readonly bucketUs: number;
  readonly curves: readonly Curve[];
}

/** A rate over less than ten seconds is one node's doing, not the fleet's. */
const BUCKET_MIN_US = 10 * SECOND_US;

const COLUMNS = [
  { name: "confirmed", kind: "level" },
  { name: "rolledBack", kind: "level" },
  { name: "nodesOnline", kind: "level" },
  { name: "downloadsInFlight", kind: "level" },
  { name: "fetches", kind: "events" },
  { name: "connects", kind: "events" },
  { name: "downloadsStarted", kind: "events" },
  { name: "statuses", kind: "events" },
] as const satisfies readonly { readonly name: keyof Timelines; readonly kind: CurveKind }[];

/** Brings two results to one axis. A run that ended sooner stays where it stood, and nothing takes place in it any more. */
export function pairedTimelines(first: RunResult, second: RunResult): PairedTimelines {
  const widths = [BUCKET_MIN_US, first.timelines.bucketUs, second.timelines.bucketUs];
  const bucketUs = widths.reduce(leastCommonMultiple);
  const lengths = [first, second].map(({ timelines }) =>
    Math.ceil((timelines.buckets * timelines.bucketUs) / bucketUs),
  );
  const buckets = Math.max(...lengths);
  return {
    bucketUs,
    curves: COLUMNS.map(({ name, kind }) => ({
      name,
      kind,
      first: widened(first.timelines, first.timelines[name], kind, bucketUs, buckets),
      second: widened(second.timelines, second.timelines[name], kind, bucketUs, buckets),
    })),
  };
}

function widened(
  { bucketUs: ownUs }: Timelines,
  values: readonly number[],
  kind: CurveKind,
  bucketUs: number,
  buckets: number,
): number[] {
  const each = bucketUs / ownUs;
  return Array.from({ length: buckets }, (_, bucket) => {
    const within = values.slice(bucket * each, (bucket + 1) * each);
    if (kind === "events") return within.reduce((sum, value) => sum + value, 0);
    return within.at(-1) ?? values.at(-1) ?? 0;
  });
}

function leastCommonMultiple(a: number, b: number): number {
  return (a / greatestCommonDivisor(a, b)) * b;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
