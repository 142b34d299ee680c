import { expect, test } from "vitest";
import { HOUR_US } from "../../src/base/instant.ts";
import type { EndResult } from "../../src/measure/run-end.ts";
import { sizesText, unseenText } from "../../src/report/update-words.ts";
import { reportInput } from "./result-fixture.ts";

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

test("no more are settled than reachable: who is settled and was never seen is told apart", () => {
  const { result } = reportInput();
  const sizes = (settledUnseen: number): string =>
    sizesText({
      ...result,
      outcomes: { ...result.outcomes, targeted: 40_000, reachable: 39_993, settled: 39_996, settledUnseen },
    });

  expect(sizes(6)).toBe(
    "40,000 targeted, 39,993 reachable, 39,990 of them settled; 6 more settled unseen, as by a cancel",
  );
  expect(sizes(3)).toBe(
    "40,000 targeted, 39,993 reachable, all of them settled; 3 more settled unseen, as by a cancel",
  );
  expect(sizes(0)).toBe("40,000 targeted, 39,993 reachable, 39,996 settled");
});

test("where nobody was reachable, nobody of them is called settled", () => {
  const { result } = reportInput();
  const outcomes = { ...result.outcomes, targeted: 40, reachable: 0, settled: 12, settledUnseen: 12 };

  expect(sizesText({ ...result, outcomes })).toBe("40 targeted, 0 reachable, 12 settled unseen, as by a cancel");
});
