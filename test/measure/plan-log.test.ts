import fc from "fast-check";
import { expect, test } from "vitest";
import {
  headLine,
  type LoggedPlan,
  planLine,
  type PlanLog,
  readPlanLog,
  type SearchLogHead,
  searchSoFar,
  type SweepLogHead,
  sweepSoFar,
} from "../../src/measure/plan-log.ts";
import { planned, searchOf, sweepOf } from "../report/sweep/sweep-fixture.ts";

const { scenario, tags, versions, command, inputs, seeds, currency, knobs, figures, points, ...ofSweep } = sweepOf();
const SWEEP: SweepLogHead = {
  of: "sweep",
  sweep: { scenario, tags, versions, command, inputs, seeds, currency, knobs, figures },
  points: points.map(({ values }) => values),
};
const found = searchOf();
const { knob, until, figure, limit, within } = found;
const SEARCH: SearchLogHead = {
  of: "find",
  search: { scenario, tags, versions, command, inputs, seeds, currency, knob, until, figure, limit, within },
};

const PLANS: readonly LoggedPlan[] = points.flatMap(({ values, runs }) => runs.map((run) => ({ values, run })));
const OF_SEARCH: readonly LoggedPlan[] = [100, 560].flatMap((at) =>
  seeds.map((seed) => ({ values: [`${at}Mbit/s`], at, run: planned(seed, "passed", [(4_000 / at) * 3_600e6]) })),
);

test("a log reads as it was written, in whatever order its plans were done", () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([...PLANS], { minLength: 1 }), (plans) => {
      const { head, plans: read } = logOf(headLine(SWEEP) + plans.map(planLine).join(""));

      expect(head).toEqual(SWEEP);
      expect(read).toEqual(plans);
    }),
  );
});

test("a log that was cut anywhere behind its first line has every plan whose line is whole", () => {
  const plans = PLANS.slice(0, 3);
  const head = headLine(SWEEP);
  const text = head + plans.map(planLine).join("");
  fc.assert(
    fc.property(fc.integer({ min: head.length, max: text.length }), (length) => {
      const whole = text.slice(head.length, length).split("\n").length - 1;
      // Without its line end a plan is whole as well, if nothing else of it is missing.
      const { plans: read } = logOf(text.slice(0, length));
      expect(read.length - whole).toBeOneOf([0, 1]);
      expect(read).toEqual(plans.slice(0, read.length));
    }),
  );
});

test("a line that is torn, empty, or of another sweep takes no other with it", () => {
  const [one, two] = PLANS.slice(0, 2).map((plan) => planLine(plan)) as [string, string];
  const others = [
    one.slice(0, 40),
    "",
    "null",
    '{"values":["1Gbit/s"]}',
    one.replace('"seed":1', '"seed":99'),
    one.replace('"100Mbit/s"', '"7Mbit/s"'),
    one.replace('"figures":[', '"figures":[1,'),
    one.replace('"verdict":"failed"', '"verdict":"splendid"'),
    one.replace(/"figures":\[\d+/, '"figures":[1e999'),
  ];

  expect(logOf(headLine(SWEEP) + one + others.map((line) => `${line.trimEnd()}\n`).join("") + two).plans).toEqual(
    PLANS.slice(0, 2),
  );
});

test.each([
  ["", "is none of otafleet's"],
  ["null\n", "is none of otafleet's"],
  ["[]\n", "is none of otafleet's"],
  [headLine(SWEEP).slice(0, 80), "is none of otafleet's"],
  [headLine(SWEEP).replace('"version":1', '"version":2'), "is of version 2, where this otafleet reads 1"],
  [headLine(SWEEP).replace('"seeds":[1,2,3]', '"seeds":"all"'), "does not say what was asked for"],
  [headLine({ ...SWEEP, points: [["1Gbit/s"]] }), "does not say what was asked for"],
  [headLine(SWEEP).replace('"of":"sweep"', '"of":"run"'), "does not say what was asked for"],
])("%j is no log", (text, flaw) => {
  expect(readPlanLog(text)).toBe(flaw);
});

test("what a sweep has come to has the plans that are done, and names the others", () => {
  const plans = PLANS.slice(0, 4);

  const { verdict, reasons, points: shown, missing } = sweepSoFar({ ...SWEEP, plans, because: "it was killed" });

  expect(verdict).toBe("incomplete");
  expect(reasons).toEqual([
    "The sweep was stopped before its end: it was killed.",
    "32 plans are missing: not planned yet.",
  ]);
  expect(shown.slice(0, 3).map(({ runs }) => runs.length)).toEqual([3, 1, 0]);
  expect(missing[0]).toEqual({ values: points[1]?.values, seed: 2, because: "not planned yet" });
});

test("a sweep whose log has everything is whole", () => {
  const whole = sweepSoFar({ ...SWEEP, plans: PLANS, because: "it was killed" });

  expect([whole.verdict, whole.reasons, whole.missing]).toEqual([ofSweep.verdict, ofSweep.reasons, []]);
  expect(whole.points).toEqual(points);
});

test("what a search has come to judges each value that is planned under all seeds", () => {
  const {
    answer,
    points: tried,
    missing,
  } = searchSoFar({
    ...SEARCH,
    plans: OF_SEARCH.slice(0, 5),
    because: "it was killed",
  });

  expect(answer).toEqual({ kind: "stopped" });
  expect(tried.map(({ value, holds, runs }) => [value, holds, runs.length])).toEqual([
    ["100Mbit/s", false, 3],
    ["560Mbit/s", null, 2],
  ]);
  expect(missing).toEqual([{ values: ["560Mbit/s"], seed: 3, because: "not planned yet" }]);
});

function logOf(text: string): PlanLog {
  const log = readPlanLog(text);
  if (typeof log === "string") throw new Error(log);
  return log;
}
