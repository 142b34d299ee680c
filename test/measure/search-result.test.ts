import { expect, test } from "vitest";
import type { SearchParts } from "../../src/measure/search-result.ts";
import { planned, searchOf } from "../report/sweep/sweep-fixture.ts";

const at = (value: number, holds: boolean | undefined, figure: number | "not reached" = 3_600e6) => ({
  value: `${value}Mbit/s`,
  at: value,
  holds,
  runs: [planned(1, holds === undefined ? "invalid" : "passed", [figure])],
});

const AT_5 =
  "completion.p(95) < 8h cannot be judged at 5Mbit/s under seed 1: the plan is invalid: Threshold completion: p(95)<8h does not hold";

const WHERE = "at each of 2 values from 1Mbit/s to 5Mbit/s of model.cdn.egress";

test.each<[string, Partial<SearchParts>, readonly string[]]>([
  [
    "holds everywhere",
    { end: { kind: "no edge", holds: true }, judged: [at(5, true), at(1, true)] },
    [
      `completion.p(95) < 8h holds under all 3 seeds ${WHERE}: the edge lies at an end of these or beyond.`,
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
      `${AT_5}.`,
      "So far it holds under all 3 seeds at 1Mbit/s of model.cdn.egress.",
      "Give --between a range without such values, or see to it that they can be planned.",
    ],
  ],
  [
    "not judged",
    {
      end: { kind: "edge", fails: 1, holds: 9, isRising: true, isNarrow: false },
      judged: [at(1, false), at(5, undefined), at(9, true)],
    },
    [
      `${AT_5}.`,
      "So far it holds under all 3 seeds at 9Mbit/s and fails at 1Mbit/s: the edge lies between.",
      "Give --between a range without such values, or see to it that they can be planned.",
    ],
  ],
  [
    "not judged",
    { end: { kind: "nothing known" }, judged: [3, 5, 6, 7, 8].map((value) => at(value, undefined)) },
    [
      ...[3, 5, 6].map((value) => `${AT_5.replace("5Mbit/s", `${value}Mbit/s`)}.`),
      "Nor can it at 2 more values.",
      "Nothing is known of completion.p(95) < 8h.",
      "Give --between a range without such values, or see to it that they can be planned.",
    ],
  ],
  [
    "found",
    {
      end: { kind: "edge", fails: 1, holds: 2, isRising: true, isNarrow: true },
      judged: [at(1, false), at(2, true), at(5, undefined)],
    },
    [
      "The smallest model.cdn.egress for which completion.p(95) < 8h holds under all 3 seeds is 2Mbit/s.",
      "At 1Mbit/s it does not hold under at least one seed.",
      `${AT_5}.`,
    ],
  ],
  [
    "stopped",
    { end: { kind: "no edge", holds: true }, judged: [at(1, true)], interruptedBecause: "stopped by Ctrl-C" },
    [
      "The search was stopped before its end: stopped by Ctrl-C.",
      "So far it holds under all 3 seeds at 1Mbit/s of model.cdn.egress.",
    ],
  ],
  [
    "stopped",
    {
      end: undefined,
      judged: [at(1, true), at(3, false), at(9, false)],
      interruptedBecause: "it is not over yet, or was killed",
    },
    [
      "The search was stopped before its end: it is not over yet, or was killed.",
      "So far it holds under all 3 seeds at 1Mbit/s and fails at 3Mbit/s: the edge lies between.",
    ],
  ],
])("a search that came to %s says so, and what to do", (kind, changes, sentences) => {
  const { answer, sentences: told } = searchOf(changes);

  expect(answer.kind).toBe(kind);
  expect(told).toEqual(sentences);
});

const gone = (isRefused?: true) => ({
  ...at(5, undefined),
  runs: [{ seed: 2, missingBecause: "its thread ended before it did", ...(isRefused && { isRefused }) }],
});

test("a missing plan in the way of the edge is named, with its seed, and leaves the search incomplete", () => {
  const { answer, sentences, missing } = searchOf({
    end: { kind: "no edge", holds: true },
    judged: [at(1, true), gone()],
  });

  expect(answer).toEqual({ kind: "stopped" });
  expect(sentences).toEqual([
    "completion.p(95) < 8h cannot be judged at 5Mbit/s under seed 2: its thread ended before it did.",
    "So far it holds under all 3 seeds at 1Mbit/s of model.cdn.egress.",
  ]);
  expect(missing).toEqual([{ values: ["5Mbit/s"], seed: 2, because: "its thread ended before it did" }]);
});

test("one that is refused for good can never be judged, and one beside the way takes no answer away", () => {
  const judged = [at(1, true), gone(true)];
  const end = { kind: "edge", fails: 2, holds: 1, isRising: false, isNarrow: true } as const;

  expect(searchOf({ end: { kind: "no edge", holds: true }, judged }).answer).toEqual({ kind: "not judged" });
  expect(searchOf({ end, judged: [at(1, true), at(2, false), gone()] }).answer.kind).toBe("found");
});

test("a completion over several jobs that was never reached points to that of one job", () => {
  const jobs = ["release", "hotfix"].map((name) => ({ name, release: "at once" as const }));
  const { scenario } = searchOf();
  const advice = (until: string, of = jobs): string | undefined =>
    searchOf({
      scenario: { ...scenario, jobs: of },
      until,
      end: { kind: "no edge", holds: false },
      judged: [at(1, false, "not reached"), at(5, false, "not reached")],
    }).sentences[1];

  expect(advice("completion.p(95) < 8h")).toBe(
    "It was never reached under any seed: it is over the updates of 2 jobs, and whom one job overtakes or a cancel meets is never done with the other. Ask of one, such as completion{job:hotfix}.p(95) < 8h.",
  );
  expect(advice("completion{population:reachable}.p(95) < 8h")).toContain(
    "such as completion{job:hotfix,population:reachable}.p(95) < 8h.",
  );
  for (const [until, of] of [
    ["completion{job:release}.p(95) < 8h", jobs],
    ["completion.p(95) < 8h", jobs.slice(0, 1)],
  ] as const)
    expect(advice(until, of)).toContain("too few nodes are done by the end of the run");
});
