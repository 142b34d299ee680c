import { BELIEFS } from "../../src/base/belief.ts";
import { expect, test } from "vitest";
import { OUTCOMES } from "../../src/measure/outcome-class.ts";
import { truthCellOf } from "../../src/report/truth-cell.ts";

test.each([
  ["success", "success", "agrees"],
  ["success", "in-progress", "unaware"],
  ["success", "rejected", "unaware"],
  ["rolledBack", "success", "wrong"],
  ["unfinished", "success", "wrong"],
  ["rolledBack", "rejected", "agrees"],
  ["failed", "in-progress", "behind"],
  ["unfinished", "none", "agrees"],
  ["unfinished", "failed", "behind"],
  ["lost", "success", "not told"],
  ["bricked", "unknown", "not told"],
] as const)("%s believed %s: %s", (outcome, belief, cell) => {
  expect(truthCellOf(outcome, belief)).toBe(cell);
});

test("the backend is wrong exactly where it says success of what is known not to be one", () => {
  for (const outcome of OUTCOMES) {
    for (const belief of BELIEFS) {
      const isWrong = belief === "success" && outcome !== "success" && outcome !== "lost";
      expect(truthCellOf(outcome, belief) === "wrong").toBe(isWrong);
    }
  }
});
