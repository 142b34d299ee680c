import { expect, test } from "vitest";
import {
  type Condition,
  isReached,
  type JobOnRecord,
  parseCondition,
  printCondition,
} from "../../src/scenario/condition.ts";

test.each([
  ["stopped{job:spring}", { kind: "stopped", job: "spring" }],
  [
    "failed{job:spring} > 2%",
    { kind: "count", of: "failed", job: "spring", isEnough: false, limit: 0.02, unit: "share" },
  ],
  [
    "success{job:a-b_1}>=50%",
    { kind: "count", of: "success", job: "a-b_1", isEnough: true, limit: 0.5, unit: "share" },
  ],
  [
    "done { job:spring } >= 100",
    { kind: "count", of: "done", job: "spring", isEnough: true, limit: 100, unit: "count" },
  ],
])("%s is read, and printed it reads the same", (text, condition) => {
  expect(parseCondition(text)).toEqual(condition);
  expect(parseCondition(printCondition(condition as Condition))).toEqual(condition);
});

test.each([
  "",
  "stopped",
  "stopped: spring",
  "stopped{cohort:homes}",
  "failed{job:spring}",
  "failed{job:spring} < 2%",
  "failed{job:spring} > 101%",
  "failed{job:spring} > 2.5",
  "failed{job:spring} > -1",
  "failed > 2%",
  "silent{job:spring} > 2%",
  "failed{job:a b} > 2%",
  "failed{job:spring} > 2% ; rm",
])("%s is no condition", (text) => {
  expect(parseCondition(text)).toBeUndefined();
});

test("the share of failures is of those at an end, that of successes of all targets, and of nothing there is none", () => {
  const onRecord = { targets: 100, released: 50, success: 18, failed: 2, done: 20 };

  expect(reaches("failed{job:a} >= 10%", onRecord)).toBe(true);
  expect(reaches("failed{job:a} > 10%", onRecord)).toBe(false);
  expect(reaches("success{job:a} >= 18%", onRecord)).toBe(true);
  expect(reaches("success{job:a} > 18", onRecord)).toBe(false);
  expect(reaches("done{job:a} >= 20", onRecord)).toBe(true);
  expect(reaches("released{job:a} > 49%", onRecord)).toBe(true);
  expect(reaches("failed{job:a} >= 0%", { targets: 100, released: 0, success: 0, failed: 0, done: 0 })).toBe(false);
});

test("7 of 1000 are not more than 0.7 %", () => {
  const onRecord = { targets: 1_000, released: 1_000, success: 993, failed: 7, done: 1_000 };

  expect(reaches("failed{job:a} > 0.7%", onRecord)).toBe(false);
  expect(reaches("failed{job:a} >= 0.7%", onRecord)).toBe(true);
});

function reaches(text: string, onRecord: JobOnRecord): boolean {
  const condition = parseCondition(text);
  if (condition?.kind !== "count") throw new Error(`${text} counts`);
  return isReached(condition, onRecord);
}
