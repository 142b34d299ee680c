import { expect, test } from "vitest";
import { HOUR_US } from "../../src/base/instant.ts";
import type { EndResult } from "../../src/measure/run-end.ts";
import { unseenText } from "../../src/report/update-words.ts";

test("of targets that were never seen it is told who comes back, one or many, and nothing where nobody knows", () => {
  expect(unseenText({ end: endWith(12, 1) })).toMatch(/: 12, of whom 1 comes back by the latest end, 9 h$/);
  expect(unseenText({ end: endWith(12, 2) })).toMatch(/: 12, of whom 2 come back by the latest end, 9 h$/);
  expect(unseenText({ end: { ...endWith(12, 2), dueBack: null } })).toMatch(/the end: 12$/);
  expect(unseenText({ end: endWith(0, 0) })).toBe("");
});

function endWith(unseen: number, targets: number): EndResult {
  const dueBack = { targets, firstAtUs: HOUR_US, lastAtUs: HOUR_US };
  return { rule: "settled", by: "settled", latestAtUs: 9 * HOUR_US, unseen, dueBack };
}
