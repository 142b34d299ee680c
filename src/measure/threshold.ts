/**
 * Thresholds in k6's manner: a metric with optional tags in braces, and expressions such as `p(95)<30m`. Mistakes are
 * values, so that whoever knows the line can place them.
 */
import { nearestWord } from "../base/nearest-word.ts";
import type { Options } from "k6/options";
import { HOUR_US, MILLISECOND_US, MINUTE_US, SECOND_US, DAY_US } from "../base/instant.ts";
import { METRICS, type MetricName } from "./metrics.ts";
import { OUTCOMES, UNFINISHED } from "./outcome-class.ts";

// Whoever comes from k6 brings `options.thresholds` along: ours are held to be of its type.
const areK6Thresholds: Record<string, string[]> extends NonNullable<Options["thresholds"]> ? true : false = true;
void areK6Thresholds;

/** What a threshold may be on beside metrics: counts of outcomes, of rollouts, and cells of the truth matrix. */
const COUNTED = [
  ...OUTCOMES.map((outcome) => `outcome.${outcome}` as const),
  ...UNFINISHED.map((state) => `outcome.unfinished.${state}` as const),
  "outcome.regressed",
  "rollout.released",
  "rollout.downloaded",
  "rollout.hit",
  "truth.falseSuccess",
  "truth.misled",
  "truth.unreported",
  "truth.installedAfterCancel",
] as const;

/** Everything that a threshold may be on. */
export const THRESHOLD_NAMES: readonly string[] = [...METRICS.map(({ name }) => name), ...COUNTED];

/** More names in one line are read by nobody. */
const NAMES_SHOWN_MAX = 12;

/** What is counted of rollouts in stages, as of the moment when the stop rule fired, or of the end. */
export type RolloutCount = Extract<CountedName, `rollout.${string}`>;

/** A counted thing. */
export type CountedName = (typeof COUNTED)[number];

/** Which part of a run a threshold is on; at most one of cohort, zone and job. */
interface ThresholdTags {
  readonly cohort?: string;
  readonly zone?: string;
  readonly job?: string;
  readonly population?: "targeted" | "reachable";
}

/** What is taken of a distribution or a count. */
type Aggregation =
  | { readonly kind: "percentile"; readonly share: number }
  | { readonly kind: "avg" | "min" | "med" | "max" | "count" | "rate" };

/** How actual and limit are compared. */
export type Comparison = "<" | "<=" | ">" | ">=" | "==" | "!=";

/** One promise, ready to be judged. */
export interface Threshold {
  /** As the user wrote it. */
  readonly metric: string;
  readonly expression: string;
  readonly on:
    | { readonly kind: "metric"; readonly name: MetricName }
    | { readonly kind: "counted"; readonly name: CountedName };
  readonly tags: ThresholdTags;
  readonly aggregation: Aggregation;
  readonly comparison: Comparison;
  /** Microseconds, a share of 0 to 1, or a count. */
  readonly limit: number;
  readonly unit: "us" | "share" | "count";
}

/** What is wrong with a threshold: in its key or in its expression. */
export interface ThresholdMistake {
  readonly in: "metric" | "expression";
  readonly seen: string;
  readonly expected: string;
}

/** The names that tags may have in a run. */
export interface KnownNames {
  readonly cohorts: readonly string[];
  readonly zones: readonly string[];
  readonly jobs: readonly string[];
}

/** Reads one threshold; every mistake of it, or the threshold. */
export function parseThreshold(
  metric: string,
  expression: string,
  known: KnownNames,
): Threshold | readonly ThresholdMistake[] {
  const selector = parseSelector(metric, known);
  if ("mistakes" in selector) {
    const { mistakes, kind } = selector;
    const certain = kind === undefined ? [] : [parseExpression(expression, kind)];
    return [...mistakes, ...certain.flatMap((each) => ("in" in each ? [each] : []))];
  }
  const parsed = parseExpression(expression, selector.on.kind);
  if ("in" in parsed) return [parsed];
  return { metric, expression, ...selector, ...parsed };
}

type Selector = Pick<Threshold, "on" | "tags">;

/** What is wrong with a key, and of which kind it is all the same; undefined = nobody knows. */
interface Unselected {
  readonly mistakes: readonly ThresholdMistake[];
  readonly kind: Threshold["on"]["kind"] | undefined;
}

function parseSelector(text: string, known: KnownNames): Selector | Unselected {
  const parts = /^([^{}]*)(?:\{([^{}]*)\})?$/.exec(text.trim());
  const name = (parts?.[1] ?? "").trim();
  const on = findName(name);
  if (parts === null || on === undefined) {
    const meant = on ?? findName(nearestWord(name, THRESHOLD_NAMES) ?? "");
    const names = someOf(name, THRESHOLD_NAMES, "listed by otafleet schema");
    const expected = `${names}; a part of it is ${partsText(meant)}`;
    return { mistakes: [{ in: "metric", seen: `"${text}"`, expected }], kind: undefined };
  }
  const tags: Record<string, string> = {};
  const mistakes: ThresholdMistake[] = [];
  for (const tag of (parts[2] ?? "").split(",").filter((piece) => piece.trim() !== "")) {
    const colon = tag.indexOf(":");
    const key = (colon < 0 ? tag : tag.slice(0, colon)).trim();
    const value = colon < 0 ? "" : tag.slice(colon + 1).trim();
    const expected = tagMistake(key, value, on, known);
    if (expected === undefined && key in tags)
      mistakes.push({ in: "metric", seen: `tag ${key} twice`, expected: "must stand once" });
    else if (expected === undefined) tags[key] = value;
    else mistakes.push({ in: "metric", seen: `tag "${tag.trim()}"`, expected });
  }
  if (name.startsWith("truth.") && Object.keys(tags).length > 0) {
    mistakes.push({
      in: "metric",
      seen: `"${text}"`,
      expected: "must be without tags: the truth is told of the whole run",
    });
  }
  const groups = ["cohort", "zone", "job"].filter((key) => key in tags);
  if (groups.length > 1) {
    mistakes.push({
      in: "metric",
      seen: `tags ${groups.join(" and ")}`,
      expected: "must be one of cohort, zone and job at a time",
    });
  }
  return mistakes.length > 0 ? { mistakes, kind: on.kind } : { on, tags };
}

function findName(name: string): Threshold["on"] | undefined {
  const metric = METRICS.find((candidate) => candidate.name === name);
  if (metric !== undefined) return { kind: "metric", name: metric.name };
  const counted = COUNTED.find((candidate) => candidate === name);
  return counted === undefined ? undefined : { kind: "counted", name: counted };
}

function tagMistake(key: string, value: string, on: Threshold["on"], known: KnownNames): string | undefined {
  const keys = tagsOf(on);
  if (!keys.includes(key)) return `must be one of ${keys.map((each) => `${each}:...`).join(", ")}`;
  const names = namesOf(key, known);
  return names.includes(value) ? undefined : someOf(value, names, "in the scenario", "must name one of");
}

/** `did you mean b? must be one of a, b and 25 more, in the schema`. */
function someOf(word: string, all: readonly string[], where: string, must = "must be one of"): string {
  const names = [...new Set(all)];
  const nearest = nearestWord(word, names);
  const shown = names.slice(0, NAMES_SHOWN_MAX).join(", ");
  const more = names.length - NAMES_SHOWN_MAX;
  return `${nearest === undefined ? "" : `did you mean ${nearest}? `}${must} ${shown}${more > 0 ? ` and ${more} more, ${where}` : ""}`;
}

/** How parts of a thing are written; undefined = of any. */
function partsText(on: Threshold["on"] | undefined): string {
  const keys = on === undefined ? ["cohort", "job", "zone", "population"] : tagsOf(on);
  return keys.map((key) => (key === "population" ? "{population:reachable}" : `{${key}:NAME}`)).join(" or ");
}

/** A latency of a message belongs to no job, and finer cuts than cohorts are computed for outcomes only. */
function tagsOf(on: Threshold["on"]): readonly string[] {
  if (on.kind === "counted") return on.name.startsWith("rollout.") ? ["job"] : ["cohort", "zone", "job"];
  const isOverNodes = METRICS.some(({ name, over }) => name === on.name && over === "nodes");
  return isOverNodes ? ["cohort", "job", "population"] : ["cohort", "population"];
}

function namesOf(key: string, known: KnownNames): readonly string[] {
  if (key === "cohort") return known.cohorts;
  if (key === "zone") return known.zones;
  return key === "job" ? known.jobs : ["targeted", "reachable"];
}

const EXPRESSION = /^(p\(([0-9.]+)\)|avg|min|med|max|count|rate)\s*(<=|>=|===?|!==?|<|>)\s*([0-9.]+)\s*([a-zµ%]*)$/;

/** Units that a limit of time may have, in microseconds. */
export const UNIT_US: ReadonlyMap<string, number> = new Map(
  Object.entries({
    us: 1,
    µs: 1,
    ms: MILLISECOND_US,
    s: SECOND_US,
    m: MINUTE_US,
    min: MINUTE_US,
    h: HOUR_US,
    d: DAY_US,
  }),
);

type Expression = Pick<Threshold, "aggregation" | "comparison" | "limit" | "unit">;

function parseExpression(text: string, kind: Threshold["on"]["kind"]): Expression | ThresholdMistake {
  const example = kind === "metric" ? "p(95)<30m, avg<2s, max<=1h, count>100" : "rate<0.02, rate<2%, count==0";
  const mistake = (expected: string): ThresholdMistake => ({ in: "expression", seen: `"${text}"`, expected });
  const parts = EXPRESSION.exec(text.trim());
  if (parts === null) return mistake(`must be written like ${example}`);
  const [, name = "", percent, sign = "", digits = "", unit = ""] = parts;
  const value = decimal(digits);
  if (value === undefined) return mistake(`must compare with a number, like ${example}`);
  const comparison = (sign.length === 3 ? sign.slice(0, 2) : sign) as Comparison;
  if (name === "count") {
    if (unit !== "" || !Number.isSafeInteger(value))
      return mistake("must compare a count with a whole number without a unit");
    return { aggregation: { kind: "count" }, comparison, limit: value, unit: "count" };
  }
  if (kind === "counted") {
    if (name !== "rate") return mistake(`must be a rate or a count, like ${example}`);
    return (
      rateLimit(value, unit, comparison) ?? mistake("must compare a rate with a share from 0 to 1, or with 0% to 100%")
    );
  }
  if (name === "rate") return mistake(`must not be a rate: this metric is a duration; write it like ${example}`);
  const perUnit = UNIT_US.get(unit);
  if (perUnit === undefined) return mistake("must give the duration a unit: us, ms, s, m, h or d");
  const share = percent === undefined ? undefined : decimal(percent);
  if (percent !== undefined && (share === undefined || share <= 0 || share > 100)) {
    return mistake("must ask for a percentile above 0 and up to 100, like p(95)");
  }
  const aggregation: Aggregation =
    share !== undefined
      ? { kind: "percentile", share: shareOf(share) }
      : { kind: name as "avg" | "min" | "med" | "max" };
  return { aggregation, comparison, limit: value * perUnit, unit: "us" };
}

function rateLimit(value: number, unit: string, comparison: Comparison): Expression | undefined {
  const limit = unit === "%" ? shareOf(value) : value;
  if ((unit !== "" && unit !== "%") || limit > 1) return undefined;
  return { aggregation: { kind: "rate" }, comparison, limit, unit: "share" };
}

/** 99.9 / 100 is 0.9990000000000001 in doubles, which would ask for a thousandth sample of a thousand. */
function shareOf(percent: number): number {
  return Math.round(percent * 1e6) / 1e8;
}

function decimal(text: string): number | undefined {
  return /^[0-9]+(\.[0-9]+)?$/.test(text) ? Number(text) : undefined;
}
