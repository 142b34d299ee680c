/** The shape of a search's result: what `find.json` holds and what its page is made of; and how it is put together. */
import type { SearchEnd } from "../base/edge-search.ts";
import { figureOfPlan } from "./figure-spread.ts";
import type { FigureName, FigureValue } from "./figures.ts";
import { type MissingRun, missingOf, type PlansHead } from "./planned-run.ts";
import { planEndRemarks } from "./plan-ends.ts";
import type { Verdict } from "./run-result.ts";
import { answerOf, type JudgedValue, type SearchAnswer, sentencesOf } from "./search-answer.ts";

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
  /** The share of its nodes that were done at the end, 0 to 1; null = it waits for none, or nobody told. */
  readonly doneShare: number | null;
  readonly verdict: Verdict;
}

/** A search, whole. */
export interface SearchResult extends PlansHead {
  readonly schema: typeof SEARCH_SCHEMA;
  readonly version: typeof SEARCH_VERSION;
  readonly answer: SearchAnswer;
  /** The answer in sentences, the weightiest first. */
  readonly sentences: readonly string[];
  /** Sentences on what a reader should know; they change nothing of the answer. */
  readonly remarks: readonly string[];
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

/** What is known of a search before anything is planned. */
export type SearchHead = Omit<
  SearchResult,
  "schema" | "version" | "answer" | "sentences" | "remarks" | "points" | "missing"
>;

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
  const searched = { ...parts, judged };
  const answer = answerOf(searched);
  const { scenario, tags, versions, command, inputs, nowMs, knob, until, figure, limit, currency, seeds, within } =
    parts;
  return {
    schema: SEARCH_SCHEMA,
    version: SEARCH_VERSION,
    answer,
    sentences: sentencesOf(answer, searched),
    remarks: planEndRemarks(judged.map(({ runs }) => runs.filter((run) => "verdict" in run))),
    scenario,
    tags,
    versions,
    command,
    inputs,
    ...(nowMs === undefined ? {} : { nowMs }),
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
      runs: point.runs.flatMap((run) => {
        if (!("verdict" in run)) return [];
        const { value, doneShare } = figureOfPlan(run, 0);
        return [{ seed: run.seed, figure: value, doneShare, verdict: run.verdict }];
      }),
    })),
    missing,
  };
}
