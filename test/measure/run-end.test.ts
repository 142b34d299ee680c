import { expect, test } from "vitest";
import { ALL_SETTLED, endResult, isEndByChance } from "../../src/measure/run-end.ts";
import { remarksOn } from "../../src/measure/remarks.ts";
import { factsOf } from "./history.ts";

const COUNTS = { targeted: 100, reachable: 90, success: 90 };

test("a live run that ended as all who were seen were settled does not know who would have come", () => {
  const end = endResult(factsOf({ endedBecause: ALL_SETTLED }), COUNTS, 1_000);

  expect(end).toEqual({ rule: "settled", by: "settled", latestAtUs: 1_000, unseen: 10, dueBack: null });
  expect(isEndByChance(end)).toBe(true);
  expect(remarksOn(factsOf({ endedAtUs: 7 }), COUNTS, end, ["shares", "a threshold", "the cost"])).toEqual([
    "It ended after 7 us, as all who had been seen were settled, with 10 targets never seen, some of whom may come back by the latest end, 1000 us. When that is hangs on who happens to be away, and with it shares, a threshold and the cost: to compare, give end.when=time.",
  ]);
});

test("a plan knows who would have come, one or many", () => {
  const remarkOf = (targets: number): string =>
    remarksOn(
      factsOf({ endedAtUs: 7 }),
      COUNTS,
      endResult(factsOf({ dueBack: { targets, firstAtUs: 900, lastAtUs: 950 } }), COUNTS, 1_000),
      ["the cost"],
    )[0] ?? "";

  expect(remarkOf(1)).toContain(
    "10 targets never seen: 1 of them comes back by the latest end, 1000 us, the first after 900 us.",
  );
  expect(remarkOf(2)).toContain("2 of them come back");
  expect(remarkOf(2)).toContain("who happens to be away, and with it the cost: to compare,");
});

test("the end is no chance where nobody who was away comes back in time, or all were seen", () => {
  const nobody = { targets: 0, firstAtUs: null, lastAtUs: null };
  const somebody = { targets: 1, firstAtUs: 900, lastAtUs: 900 };
  const isByChance = (dueBack: typeof nobody | typeof somebody | undefined, reachable: number): boolean =>
    isEndByChance(endResult(factsOf({ dueBack }), { targeted: 100, reachable }, 1_000));

  expect(isByChance(nobody, 90)).toBe(false);
  expect(isByChance(somebody, 90)).toBe(true);
  expect(isByChance(undefined, 100)).toBe(false);
  expect(isByChance(undefined, 99)).toBe(true);
});

test("a run whose time was up, or that was stopped, did not end by chance", () => {
  const timeUp = endResult(factsOf({ endRule: "time", endedBecause: "2d of fleet time passed" }), COUNTS, 1_000);
  const stopped = endResult(factsOf({ interruptedBecause: "stopped by Ctrl-C" }), COUNTS, 1_000);

  expect([timeUp.by, stopped.by]).toEqual(["time", "stopped"]);
  expect([timeUp, stopped].map(isEndByChance)).toEqual([false, false]);
});
