/** What a search comes to, in a word and in sentences: the answer, or how far it came and why no further. */
import { assert, unreachable } from "../base/assert.ts";
import type { SearchEnd } from "../base/edge-search.ts";
import { howMany } from "../base/how-many.ts";
import type { RunOrMissing } from "./planned-run.ts";

/** What a search came to. */
export type SearchAnswer =
  /** The edge lies between the two; rising: larger values hold. */
  | { readonly kind: "found"; readonly holds: string; readonly fails: string; readonly isRising: boolean }
  | { readonly kind: "holds everywhere" | "fails everywhere" | "not monotone" | "not judged" | "stopped" };

/** A value that was tried. */
export interface JudgedValue {
  readonly value: string;
  readonly at: number;
  /** Undefined = it cannot be judged. */
  readonly holds: boolean | undefined;
  /** Each with the condition's figure alone. */
  readonly runs: readonly RunOrMissing[];
}

/** A search that is over, or was stopped. */
export interface Searched {
  readonly knob: string;
  readonly until: string;
  readonly seeds: readonly number[];
  readonly scenario: { readonly jobs?: readonly { readonly name: string }[] | undefined };
  /** Undefined = it did not come to its end. */
  readonly end: SearchEnd | undefined;
  /** Ascending. */
  readonly judged: readonly JudgedValue[];
  /** Why it was stopped before its end; undefined = it was not. */
  readonly interruptedBecause: string | undefined;
}

/** The answer in a word. Values that cannot be judged take it away only where they lie in its way. */
export function answerOf({ end, judged, interruptedBecause }: Searched): SearchAnswer {
  if (end === undefined || interruptedBecause !== undefined) return { kind: "stopped" };
  const unjudged = judged.filter(({ holds }) => holds === undefined);
  // What is missing may be there when it is tried again; what was refused or is not to be used stays as it is.
  const isMissing = unjudged.some(({ runs }) => runs.some((run) => !("verdict" in run) && run.isRefused !== true));
  const open: SearchAnswer = { kind: isMissing ? "stopped" : "not judged" };
  switch (end.kind) {
    case "nothing known":
      return open;
    case "no edge":
      if (unjudged.length > 0) return open;
      return { kind: end.holds ? "holds everywhere" : "fails everywhere" };
    case "not monotone":
      return { kind: "not monotone" };
    case "edge": {
      if (!end.isNarrow) return open;
      const [holds, fails] = [end.holds, end.fails].map((at) => textAt(at, judged));
      assert(holds !== undefined && fails !== undefined, "both sides of an edge were tried");
      return { kind: "found", holds, fails, isRising: end.isRising };
    }
    default:
      return unreachable(end);
  }
}

function textAt(at: number, judged: readonly JudgedValue[]): string | undefined {
  return judged.find((value) => value.at === at)?.value;
}

/** The answer in sentences, the weightiest first. */
export function sentencesOf(answer: SearchAnswer, searched: Searched): readonly string[] {
  const { knob, until, judged } = searched;
  switch (answer.kind) {
    case "found":
      return [
        `${answer.isRising ? "The smallest" : "The largest"} ${knob} for which ${until} holds ${underSeeds(searched)} is ${answer.holds}.`,
        `At ${answer.fails} it does not hold under at least one seed.`,
        ...unjudgedSentences(searched),
      ];
    case "holds everywhere":
      return [
        `${until} holds ${underSeeds(searched)} at ${wherever(judged, knob)}: the edge lies at an end of these or beyond.`,
        "Look where it might fail: give --between another range.",
      ];
    case "fails everywhere":
      return failsEverywhere(searched);
    case "not monotone":
      return [
        `There is no single edge: ${until} holds and fails by turns along ${knob}: ${turnsText(judged)}.`,
        "Search in a range with one change, or plan the whole range with --sweep.",
        ...unjudgedSentences(searched),
      ];
    case "not judged":
      return [
        ...unjudgedSentences(searched),
        ...establishedSentences(searched),
        "Give --between a range without such values, or see to it that they can be planned.",
      ];
    case "stopped": {
      const why = searched.interruptedBecause;
      const first =
        why === undefined ? unjudgedSentences(searched) : [`The search was stopped before its end: ${why}.`];
      return [...first, ...establishedSentences(searched)];
    }
    default:
      return unreachable(answer);
  }
}

function underSeeds({ seeds }: Searched): string {
  return seeds.length === 1 ? `under seed ${seeds[0] ?? ""}` : `under ${allSeeds(seeds.length)}`;
}

/** `both seeds`, `all 3 seeds`. */
export function allSeeds(count: number): string {
  return count === 2 ? "both seeds" : `all ${count} seeds`;
}

function wherever(judged: readonly JudgedValue[], knob: string): string {
  const [first, last] = [judged[0]?.value ?? "?", judged.at(-1)?.value ?? "?"];
  if (judged.length < 2) return `${first} of ${knob}`;
  return `each of ${howMany(judged.length, "value")} from ${first} to ${last} of ${knob}`;
}

function failsEverywhere({ until, knob, judged, scenario }: Searched): readonly string[] {
  const values = judged.flatMap(({ runs }) => runs.map((run) => ("verdict" in run ? run.figures[0] : undefined)));
  const isNeverReached = values.every((value) => value === "not reached");
  return [
    `There is no edge: ${until} fails at ${wherever(judged, knob)}.`,
    isNeverReached
      ? `It was never reached under any seed: ${whyNever(until, scenario.jobs ?? [])}`
      : "Look where it might hold: give --between another range.",
  ];
}

/** Over several jobs a node that one of them overtakes never gets done with the other, whatever the value. */
function whyNever(until: string, jobs: readonly { readonly name: string }[]): string {
  const [, tags, rest] = /^completion(?:\{(population:[a-z]+)\})?(\..*)$/.exec(until) ?? [];
  const last = jobs.at(-1)?.name;
  if (jobs.length < 2 || last === undefined || rest === undefined)
    return "too few nodes are done by the end of the run, whatever the value.";
  const ofOne = `completion{job:${last}${tags === undefined ? "" : `,${tags}`}}${rest}`;
  return `it is over the updates of ${jobs.length} jobs, and whom one job overtakes or a cancel meets is never done with the other. Ask of one, such as ${ofOne}.`;
}

function turnsText(judged: readonly JudgedValue[]): string {
  return judged
    .flatMap(({ value, holds }) => (holds === undefined ? [] : [`${value} ${holds ? "holds" : "fails"}`]))
    .join(", ");
}

/** What is known although there is no answer: the sides that the edge lies between, or that there was none so far. */
function establishedSentences(searched: Searched): readonly string[] {
  const { knob, until } = searched;
  const known = searched.judged.filter(({ holds }) => holds !== undefined);
  const [first] = known;
  if (first === undefined) return [`Nothing is known of ${until}.`];
  const edges = known.slice(1).flatMap((high, before) => {
    const low = known[before];
    return low === undefined || low.holds === high.holds ? [] : [{ low, high }];
  });
  const [edge, ...others] = edges;
  if (edge === undefined) {
    const says = first.holds === true ? `it holds ${underSeeds(searched)}` : "it fails";
    return [`So far ${says} at ${wherever(known, knob)}.`];
  }
  if (others.length > 0) return [`So far it holds and fails by turns: ${turnsText(known)}.`];
  const { low, high } = edge;
  const [holds, fails] = low.holds === true ? [low, high] : [high, low];
  return [
    `So far it holds ${underSeeds(searched)} at ${holds.value} and fails at ${fails.value}: the edge lies between.`,
  ];
}

/** Values that are named one by one; of more their number. */
const UNJUDGED_TOLD_MAX = 3;

function unjudgedSentences({ until, judged }: Searched): readonly string[] {
  const all = judged.filter(({ holds }) => holds === undefined);
  const more = all.length - UNJUDGED_TOLD_MAX;
  return [
    ...all.slice(0, UNJUDGED_TOLD_MAX).map((value) => `${until} cannot be judged at ${whyUnjudged(value)}.`),
    ...(more > 0 ? [`Nor can it at ${howMany(more, "more value")}.`] : []),
  ];
}

/** `5Mbit/s under seed 1: the plan is invalid: ...`. */
function whyUnjudged({ value, runs }: JudgedValue): string {
  for (const run of runs) {
    const why = whyNot(run);
    if (why !== undefined) return `${value} under seed ${run.seed}: ${why.replace(/\.$/, "")}`;
  }
  return value;
}

function whyNot(run: RunOrMissing): string | undefined {
  if (!("verdict" in run)) return run.missingBecause;
  const { verdict, reasons, figures } = run;
  if (verdict === "invalid" || verdict === "incomplete") return `the plan is ${verdict}: ${reasons[0] ?? ""}`;
  const [figure] = figures;
  return typeof figure === "string" && figure !== "not reached" ? `it has ${figure}` : undefined;
}
