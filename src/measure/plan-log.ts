/**
 * The log of a sweep or a search: a line of JSON that says what was asked for, then a line for each plan as soon as it
 * is done. Whatever befalls the process, what is done can be read again, shown, and gone on from.
 */
import { z } from "zod";
import { holdsInAll } from "./condition.ts";
import { comparedIn } from "./left-side.ts";
import type { PlannedRun, RunOrMissing } from "./planned-run.ts";
import { type SearchHead, type SearchResult, searchResult } from "./search-result.ts";
import { type SweepHead, type SweepResult, sweepResult } from "./sweep-result.ts";
import { PLANNED_RUN, SEARCH_HEAD, SWEEP_HEAD } from "./sweep-schema.ts";

/** Name of the shape; it never changes. */
export const PLAN_LOG_SCHEMA = "otafleet/plans";

/** Raised whenever a line changes its meaning. */
export const PLAN_LOG_VERSION = 1;

/** What was asked for. */
export type PlanLogHead = SweepLogHead | SearchLogHead;

export interface SweepLogHead {
  readonly of: "sweep";
  readonly sweep: SweepHead;
  /** Every combination, the first knob changing slowest. */
  readonly points: readonly (readonly string[])[];
}

export interface SearchLogHead {
  readonly of: "find";
  readonly search: SearchHead;
}

/** A plan that is done. */
export interface LoggedPlan {
  /** In the order of the knobs. */
  readonly values: readonly string[];
  /** Of a search: the value as a number. */
  readonly at?: number | undefined;
  readonly run: PlannedRun;
}

/** A log as it was read. */
export interface PlanLog {
  /** The first line as it stands there. */
  readonly headText: string;
  readonly head: PlanLogHead;
  readonly plans: readonly LoggedPlan[];
}

/** The first line; equal for equal commands on equal inputs. */
export function headLine(head: PlanLogHead): string {
  return `${JSON.stringify({ schema: PLAN_LOG_SCHEMA, version: PLAN_LOG_VERSION, ...head })}\n`;
}

/** The line of a plan. */
export function planLine(plan: LoggedPlan): string {
  return `${JSON.stringify(plan)}\n`;
}

/**
 * Reads a log, or says in a few words what the text is instead. Lines that are no plan of it, such as the last one of
 * a process that was killed, are passed over: what they told of is missing, and says so.
 */
export function readPlanLog(text: string): PlanLog | string {
  const [first = "", ...others] = text.split("\n");
  const head = readHead(parsed(first));
  if (typeof head === "string") return head;
  const isOf = planOf(head);
  return {
    headText: `${first}\n`,
    head,
    plans: others.flatMap((line) => (line === "" ? [] : (isOf(parsed(line)) ?? []))),
  };
}

/** What a sweep has come to. `because`: why plans that are not in the log are missing. */
export function sweepSoFar({ sweep, points, plans, because }: SweepLogHead & SoFar): SweepResult {
  const done = new Map(plans.map(({ values, run }) => [planKey(values, run.seed), run]));
  const planned = points.map((values) => ({
    values,
    runs: sweep.seeds.map((seed) => done.get(planKey(values, seed)) ?? { seed, missingBecause: NOT_PLANNED }),
  }));
  const isWhole = planned.every(({ runs }) => runs.every((run) => "verdict" in run));
  return sweepResult({ ...sweep, planned, interruptedBecause: isWhole ? undefined : because });
}

/** What a search has come to. Whether it was at its end, a log does not tell. */
export function searchSoFar({ search, plans, because }: SearchLogHead & SoFar): SearchResult {
  const condition = { comparison: comparedIn(search.until)?.comparison ?? "<", limit: search.limit };
  const values = new Map(plans.map(({ values: [value = ""], at = 0 }) => [value, at]));
  const done = new Map(plans.map(({ values: of, run }) => [planKey(of, run.seed), run]));
  const judged = [...values].map(([value, at]) => {
    const runs = search.seeds.map(
      (seed): RunOrMissing => done.get(planKey([value], seed)) ?? { seed, missingBecause: NOT_PLANNED },
    );
    return { value, at, runs, holds: holdsInAll(condition, runs) };
  });
  return searchResult({ ...search, end: undefined, judged, interruptedBecause: because });
}

/** Plans that are done, and why there are no more. */
export interface SoFar {
  readonly plans: readonly LoggedPlan[];
  readonly because: string;
}

const NOT_PLANNED = "not planned yet";

/** What a plan is known by among those of its sweep. */
export function planKey(values: readonly string[], seed: number): string {
  return JSON.stringify([values, seed]);
}

const SHAPE = { schema: z.literal(PLAN_LOG_SCHEMA), version: z.literal(PLAN_LOG_VERSION) };

const HEAD = z.discriminatedUnion("of", [
  z.object({ ...SHAPE, of: z.literal("sweep"), sweep: SWEEP_HEAD, points: z.array(z.array(z.string())) }),
  z.object({ ...SHAPE, of: z.literal("find"), search: SEARCH_HEAD }),
]);

const PLAN = z.object({ values: z.array(z.string()), at: z.number().optional(), run: PLANNED_RUN });

/** Far more plans than a command may ask for. */
const PLANS_MAX = 1_000_000;

function readHead(value: unknown): PlanLogHead | string {
  const { schema, version } = (value ?? {}) as { readonly schema?: unknown; readonly version?: unknown };
  if (schema !== PLAN_LOG_SCHEMA) return "is none of otafleet's";
  if (version !== PLAN_LOG_VERSION)
    return `is of version ${String(version)}, where this otafleet reads ${PLAN_LOG_VERSION}`;
  const read = HEAD.safeParse(value);
  if (!read.success) return "does not say what was asked for";
  const { data } = read;
  if (data.of === "find") return { of: data.of, search: data.search };
  const { sweep, points } = data;
  const isWhole = points.every((values) => values.length === sweep.knobs.length);
  if (!isWhole || points.length * sweep.seeds.length > PLANS_MAX) return "does not say what was asked for";
  return { of: data.of, sweep, points };
}

/** Reads a plan of a log with this head; undefined for what is none. */
function planOf(head: PlanLogHead): (value: unknown) => LoggedPlan | undefined {
  const isSweep = head.of === "sweep";
  const seeds = new Set(isSweep ? head.sweep.seeds : head.search.seeds);
  const figures = isSweep ? head.sweep.figures.length : 1;
  const known = isSweep ? new Set(head.points.map((values) => JSON.stringify(values))) : undefined;
  return (value) => {
    const read = PLAN.safeParse(value);
    if (!read.success) return undefined;
    const { values, at, run } = read.data;
    const isKnown = known === undefined ? values.length === 1 && at !== undefined : known.has(JSON.stringify(values));
    return isKnown && seeds.has(run.seed) && run.figures.length === figures ? read.data : undefined;
  };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    // Torn when its process was killed.
    return undefined;
  }
}
