/** The shape of a search's result: what `find.json` holds and what its page is made of; and how it is put together. */
import type { SearchEnd } from "../base/edge-search.ts";
import { assert, unreachable } from "../base/assert.ts";
import { howMany } from "../base/how-many.ts";
import type { FigureName, FigureValue } from "./figures.ts";
import { type MissingRun, missingOf, type PlansHead, type RunOrMissing } from "./planned-run.ts";
import type { Verdict } from "./run-result.ts";

/** Name of the shape; it never changes. */
export const SEARCH_SCHEMA = "otafleet/find";

/** Raised whenever a key changes its meaning or goes away; new keys do not raise it. */
export const SEARCH_VERSION = 1;

/** One value of the knob, under every seed. */
export interface SearchPoint {
  /** As it is written in a scenario. */
  readonly value: string;
  /** For drawing: in the unit that all values of the knob were compared in. */
  readonly at: number;
  /** In all seeds; null = it cannot be judged. */
  readonly holds: boolean | null;
  readonly runs: readonly SearchRun[];
}

/** One value under one seed. */
export interface SearchRun {
  readonly seed: number;
  readonly figure: FigureValue;
  readonly verdict: Verdict;
}

/** What a search came to. */
export type SearchAnswer =
  /** The edge lies between the two; rising: larger values hold. */
  | { readonly kind: "found"; readonly holds: string; readonly fails: string; readonly isRising: boolean }
  | { readonly kind: "holds everywhere" | "fails everywhere" | "not monotone" | "not judged" | "stopped" };

/** A search, whole. */
export interface SearchResult extends PlansHead {
  readonly schema: typeof SEARCH_SCHEMA;
  readonly version: typeof SEARCH_VERSION;
  readonly answer: SearchAnswer;
  /** The answer in sentences, the weightiest first. */
  readonly sentences: readonly string[];
  readonly knob: string;
  /** As it was written: `completion.p(95) < 6h`. */
  readonly until: string;
  readonly figure: FigureName;
  /** In the figure's unit. */
  readonly limit: number;
  /** How close the two sides of the edge were to come, as a share of the larger; no closer than can be written. */
  readonly within: number;
  /** Every value that was tried, ascending. */
  readonly points: readonly SearchPoint[];
  readonly missing: readonly MissingRun[];
}

/** A value that was tried. */
export interface JudgedValue {
  readonly value: string;
  readonly at: number;
  /** Undefined = it cannot be judged. */
  readonly holds: boolean | undefined;
  /** Each with the condition's figure alone. */
  readonly runs: readonly RunOrMissing[];
}

/** What is known of a search before anything is planned. */
export type SearchHead = Omit<SearchResult, "schema" | "version" | "answer" | "sentences" | "points" | "missing">;

/** What a search is put together from. */
export interface SearchParts extends SearchHead {
  /** What the search came to; undefined = it never began. */
  readonly end: SearchEnd | undefined;
  readonly judged: readonly JudgedValue[];
  /** Why it was stopped before its end; undefined = it was not. */
  readonly interruptedBecause: string | undefined;
}

/** Puts a search together. */
export function searchResult(parts: SearchParts): SearchResult {
  const judged = parts.judged.toSorted((a, b) => a.at - b.at);
  const missing = judged.flatMap(({ value, runs }) => missingOf([value], runs));
  const answer = answerOf(parts, judged, missing);
  const { scenario, tags, versions, command, knob, until, figure, limit, currency, seeds, within } = parts;
  return {
    schema: SEARCH_SCHEMA,
    version: SEARCH_VERSION,
    answer,
    sentences: sentencesOf(answer, parts, judged, missing),
    scenario,
    tags,
    versions,
    command,
    knob,
    until,
    figure,
    limit,
    currency,
    seeds,
    within,
    points: judged.map((point): SearchPoint => ({
      value: point.value,
      at: point.at,
      holds: point.holds ?? null,
      runs: point.runs.flatMap((run) =>
        "verdict" in run ? [{ seed: run.seed, figure: run.figures[0] ?? "not told", verdict: run.verdict }] : [],
      ),
    })),
    missing,
  };
}

function answerOf(
  { end, interruptedBecause }: SearchParts,
  judged: readonly JudgedValue[],
  missing: readonly MissingRun[],
): SearchAnswer {
  if (end === undefined || missing.length > 0 || interruptedBecause !== undefined) return { kind: "stopped" };
  if (judged.some(({ holds }) => holds === undefined)) return { kind: "not judged" };
  switch (end.kind) {
    case "no edge":
      return { kind: end.holds ? "holds everywhere" : "fails everywhere" };
    case "not monotone":
      return { kind: "not monotone" };
    case "edge":
      return {
        kind: "found",
        holds: textAt(end.holds, judged),
        fails: textAt(end.fails, judged),
        isRising: end.isRising,
      };
    default:
      return unreachable(end);
  }
}

function textAt(at: number, judged: readonly JudgedValue[]): string {
  const found = judged.find((value) => value.at === at);
  assert(found !== undefined, "both sides of an edge were tried");
  return found.value;
}

function sentencesOf(
  answer: SearchAnswer,
  { knob, until, seeds, interruptedBecause }: SearchParts,
  judged: readonly JudgedValue[],
  missing: readonly MissingRun[],
): readonly string[] {
  const under = seeds.length === 1 ? `under seed ${seeds[0] ?? ""}` : `under all ${seeds.length} seeds`;
  const range = `${judged[0]?.value ?? "?"} to ${judged.at(-1)?.value ?? "?"}`;
  const wherever = `${howMany(judged.length, "value")} from ${range}`;
  switch (answer.kind) {
    case "found":
      return [
        `${answer.isRising ? "The smallest" : "The largest"} ${knob} for which ${until} holds ${under} is ${answer.holds}.`,
        `At ${answer.fails} it does not hold under at least one seed.`,
      ];
    case "holds everywhere":
      return [
        `There is no edge: ${until} holds ${under} at each of ${wherever} of ${knob}.`,
        "Look where it might fail: give --between another range.",
      ];
    case "fails everywhere":
      return failsEverywhere(`${until} fails at each of ${wherever} of ${knob}`, judged);
    case "not monotone":
      return [
        `There is no single edge: ${until} holds and fails by turns along ${knob}: ${turnsText(judged)}.`,
        "Search in a range with one change, or plan the whole range with --sweep.",
      ];
    case "not judged":
      return [`The search ended, as ${until} cannot be judged at ${unjudgedText(judged)}.`];
    case "stopped": {
      const why = interruptedBecause ?? missing[0]?.because ?? "a plan is missing";
      return [`The search was stopped before its end: ${why}.`];
    }
    default:
      return unreachable(answer);
  }
}

function failsEverywhere(sentence: string, judged: readonly JudgedValue[]): readonly string[] {
  const values = judged.flatMap(({ runs }) => runs.map((run) => ("verdict" in run ? run.figures[0] : undefined)));
  const isNeverReached = values.every((value) => value === "not reached");
  return [
    `There is no edge: ${sentence}.`,
    isNeverReached
      ? "It was never reached under any seed: too few nodes are done by the end of the run, whatever the value."
      : "Look where it might hold: give --between another range.",
  ];
}

function turnsText(judged: readonly JudgedValue[]): string {
  return judged.map(({ value, holds }) => `${value} ${holds === true ? "holds" : "fails"}`).join(", ");
}

function unjudgedText(judged: readonly JudgedValue[]): string {
  const found = judged.find(({ holds }) => holds === undefined);
  const run = found?.runs.find(
    (each) => !("verdict" in each) || each.verdict === "invalid" || typeof each.figures[0] === "string",
  );
  if (run === undefined || !("verdict" in run)) return found?.value ?? "?";
  const isInvalid = run.verdict === "invalid" || run.verdict === "incomplete";
  const why = isInvalid ? `the plan is ${run.verdict}: ${run.reasons[0] ?? ""}` : `it has ${String(run.figures[0])}`;
  return `${found?.value ?? "?"} under seed ${run.seed}: ${why.replace(/\.$/, "")}`;
}
