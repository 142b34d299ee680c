import { expect, test } from "vitest";
import type { ThresholdResult } from "../../src/measure/run-result.ts";
import { actualText, distanceText } from "../../src/report/threshold-distance.ts";

test.each([
  ["us", 1_500_000, 2_000_000, "1.5 s", "500 ms below the limit (25 % of it)"],
  ["share", 0.025, 0.02, "2.5 %", "0.5 points above the limit (25 % of it)"],
  ["count", 3, 0, "3", "3 above the limit"],
  ["count", 7, 7, "7", "at the limit"],
] as const)("a %s of %d against %d is told as %s, %s", (unit, actual, limit, came, far) => {
  const threshold = { ...PASSED, unit, actual, limit, difference: actual - limit };

  expect([actualText(threshold), distanceText(threshold)]).toEqual([came, far]);
});

test("what was not reached, or cannot be judged, has no distance", () => {
  const nothing = { ...PASSED, actual: null, difference: null };

  expect([actualText({ ...nothing, verdict: "failed" }), distanceText(nothing)]).toEqual(["not reached", "–"]);
  expect(actualText({ ...nothing, verdict: "cannot pass" })).toBe("nothing to judge");
});

const PASSED: ThresholdResult = {
  metric: "completion",
  expression: "p(95)<30h",
  verdict: "passed",
  actual: 1,
  limit: 1,
  unit: "us",
  difference: 0,
  because: "",
};
