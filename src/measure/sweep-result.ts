/**
 * The shape of a sweep's result: what `sweep.json` holds and what its page and table are made of. Nothing in it depends
 * on a clock or on how many workers there were, so equal scenarios and knobs give equal bytes.
 */
import { figureOfPlan, type FigureSpread, spreadOf } from "./figure-spread.ts";
import type { FigureName } from "./figures.ts";
import {
  type MissingRun,
  missingOf,
  type PlannedRun,
  type PlansHead,
  REASONS_KEPT,
  type RunOrMissing,
} from "./planned-run.ts";
import { costRemarks, planEndRemarks } from "./plan-ends.ts";
import type { Verdict } from "./run-result.ts";

/** Name of the shape; it never changes. */
export const SWEEP_SCHEMA = "otafleet/sweep";

/** Raised whenever a key changes its meaning or goes away; new keys do not raise it. */
export const SWEEP_VERSION = 1;

/** One combination of the knobs' values. */
export interface SweepPoint {
  /** In the order of the knobs. */
  readonly values: readonly string[];
  /** The gravest of its runs; incomplete where a seed is missing. */
  readonly verdict: Verdict;
  /** Those that were planned, by seed. */
  readonly runs: readonly PlannedRun[];
  /** In the order of the sweep's figures; null = no run of it is there. */
  readonly figures: readonly (FigureSpread | null)[];
}

/** A key that is turned. */
export interface SweptKnob {
  readonly path: string;
  /** As they were written. */
  readonly values: readonly string[];
  /** The same as numbers of one unit, for comparing them; left out where they are no numbers of one kind. */
  readonly sizes?: readonly number[] | undefined;
}

/** A sweep, whole. */
export interface SweepResult extends PlansHead {
  readonly schema: typeof SWEEP_SCHEMA;
  readonly version: typeof SWEEP_VERSION;
  /** The gravest thing about the sweep: incomplete, or what the best of its points comes to. */
  readonly verdict: Verdict;
  /** Sentences, the weightiest first; none where it passed. */
  readonly reasons: readonly string[];
  /** Sentences on what a reader should know; they change nothing of the verdict. */
  readonly remarks: readonly string[];
  readonly knobs: readonly SweptKnob[];
  readonly figures: readonly FigureName[];
  /** Every combination, the first knob changing slowest. */
  readonly points: readonly SweepPoint[];
  readonly missing: readonly MissingRun[];
}

/** What is known of a sweep before anything is planned. */
export type SweepHead = Omit<
  SweepResult,
  "schema" | "version" | "verdict" | "reasons" | "remarks" | "points" | "missing"
>;

/** What a sweep is made of. */
export interface SweepParts extends SweepHead {
  /** Every combination, with what became of it under each seed. */
  readonly planned: readonly { readonly values: readonly string[]; readonly runs: readonly RunOrMissing[] }[];
  /** Why the sweep was stopped before its end; undefined = it was not. */
  readonly interruptedBecause: string | undefined;
}

/** Puts a sweep together. */
export function sweepResult({ planned, interruptedBecause, ...parts }: SweepParts): SweepResult {
  const points = planned.map(({ values, runs }): SweepPoint => {
    const there = runs.filter((run) => "verdict" in run);
    return {
      values,
      verdict: there.length < runs.length ? "incomplete" : gravest(there.map(({ verdict }) => verdict)),
      runs: there,
      figures: parts.figures.map((_, figure) =>
        there.length === 0
          ? null
          : spreadOf(
              there.map((run) => figureOfPlan(run, figure)),
              runs.length,
            ),
      ),
    };
  });
  const missing = planned.flatMap(({ values, runs }) => missingOf(values, runs));
  const cells = points.map(({ runs }) => runs);
  const { verdict, reasons } = judged(points, missing, interruptedBecause);
  const { scenario, tags, versions, command, inputs, nowMs, seeds, knobs, figures, currency } = parts;
  return {
    schema: SWEEP_SCHEMA,
    version: SWEEP_VERSION,
    verdict,
    reasons,
    remarks: [...planEndRemarks(cells), ...costRemarks(figures, cells)],
    scenario,
    tags,
    versions,
    command,
    inputs,
    ...(nowMs === undefined ? {} : { nowMs }),
    seeds,
    knobs,
    figures,
    currency,
    points,
    missing,
  };
}

const GRAVITY: readonly Verdict[] = ["incomplete", "invalid", "failed", "passed"];

function gravest(verdicts: readonly Verdict[]): Verdict {
  return GRAVITY.find((verdict) => verdicts.includes(verdict)) ?? "incomplete";
}

/** A sweep tries what does not hold as well, so one combination that holds is enough for it to pass. */
function judged(
  points: readonly SweepPoint[],
  missing: readonly MissingRun[],
  interruptedBecause: string | undefined,
): Pick<SweepResult, "verdict" | "reasons"> {
  if (missing.length > 0 || interruptedBecause !== undefined) {
    const stopped =
      interruptedBecause === undefined ? [] : [`The sweep was stopped before its end: ${interruptedBecause}.`];
    const runs = missing.length === 1 ? "1 plan is missing" : `${missing.length} plans are missing`;
    const why = [...new Set(missing.map(({ because }) => because))].slice(0, REASONS_KEPT);
    return { verdict: "incomplete", reasons: [...stopped, `${runs}: ${why.join("; ")}.`] };
  }
  if (points.some(({ verdict }) => verdict === "passed")) return { verdict: "passed", reasons: [] };
  const verdict = points.some((point) => point.verdict === "failed") ? "failed" : "invalid";
  const sentence = {
    failed: "No combination keeps every threshold under every seed.",
    invalid: "No combination gives numbers that can be used.",
  }[verdict];
  const told = points.flatMap(({ runs }) => runs.flatMap(({ reasons }) => reasons.slice(0, 1)));
  return { verdict, reasons: [sentence, ...new Set(told)].slice(0, REASONS_KEPT) };
}
