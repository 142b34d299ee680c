import { expect, test } from "vitest";
import type { SearchParts } from "../../src/measure/search-result.ts";
import { planned, searchOf } from "../report/sweep/sweep-fixture.ts";

const at = (value: number, holds: boolean | undefined, figure: number | "not reached" = 3_600e6) => ({
  value: `${value}Mbit/s`,
  at: value,
  holds,
  runs: [planned(1, holds === undefined ? "invalid" : "passed", [figure])],
});

const WHERE = "at each of 2 values from 1Mbit/s to 5Mbit/s of model.cdn.egress";

test.each<[string, Partial<SearchParts>, readonly string[]]>([
  [
    "holds everywhere",
    { end: { kind: "no edge", holds: true }, judged: [at(5, true), at(1, true)] },
    [
      `There is no edge: completion.p(95) < 8h holds under all 3 seeds ${WHERE}.`,
      "Look where it might fail: give --between another range.",
    ],
  ],
  [
    "fails everywhere",
    { end: { kind: "no edge", holds: false }, judged: [at(1, false), at(5, false)] },
    [
      `There is no edge: completion.p(95) < 8h fails ${WHERE}.`,
      "Look where it might hold: give --between another range.",
    ],
  ],
  [
    "fails everywhere",
    { end: { kind: "no edge", holds: false }, judged: [at(1, false, "not reached"), at(5, false, "not reached")] },
    [
      `There is no edge: completion.p(95) < 8h fails ${WHERE}.`,
      "It was never reached under any seed: too few nodes are done by the end of the run, whatever the value.",
    ],
  ],
  [
    "not monotone",
    { end: { kind: "not monotone" }, judged: [at(1, false), at(3, true), at(5, false)] },
    [
      "There is no single edge: completion.p(95) < 8h holds and fails by turns along model.cdn.egress: 1Mbit/s fails, 3Mbit/s holds, 5Mbit/s fails.",
      "Search in a range with one change, or plan the whole range with --sweep.",
    ],
  ],
  [
    "not judged",
    { end: { kind: "no edge", holds: true }, judged: [at(1, true), at(5, undefined)] },
    [
      "The search ended, as completion.p(95) < 8h cannot be judged at 5Mbit/s under seed 1: the plan is invalid: Threshold completion: p(95)<8h does not hold.",
    ],
  ],
  [
    "stopped",
    { end: { kind: "no edge", holds: true }, judged: [at(1, true)], interruptedBecause: "stopped by Ctrl-C" },
    ["The search was stopped before its end: stopped by Ctrl-C."],
  ],
])("a search that came to %s says so, and what to do", (kind, changes, sentences) => {
  const { answer, sentences: told } = searchOf(changes);

  expect(answer.kind).toBe(kind);
  expect(told).toEqual(sentences);
});

test("a missing plan stops a search, and is named", () => {
  const gone = { ...at(5, undefined), runs: [{ seed: 2, missingBecause: "its thread ended before it did" }] };

  const { answer, sentences, missing } = searchOf({ judged: [at(1, true), gone] });

  expect(answer).toEqual({ kind: "stopped" });
  expect(sentences).toEqual(["The search was stopped before its end: its thread ended before it did."]);
  expect(missing).toEqual([{ values: ["5Mbit/s"], seed: 2, because: "its thread ended before it did" }]);
});
