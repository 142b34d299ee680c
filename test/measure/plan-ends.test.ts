import { expect, test } from "vitest";
import { costRemarks, planEndOf, planEndRemarks } from "../../src/measure/plan-ends.ts";
import type { PlanEnd, PlannedRun } from "../../src/measure/planned-run.ts";

test("plans that left somebody behind are told of, with how far apart the same values ended", () => {
  const cells = [
    [plan(100, 76), plan(200, 3)],
    [plan(100, 2), plan(149, 2)],
    [plan(100, 0), plan(900, 0)],
  ];

  expect(planEndRemarks(cells)).toEqual([
    "4 of 6 plans ended as all who had been seen were settled, after 100 us to 200 us, while 2 to 76 targets were away that come back by the latest end. Under the same values, seeds ended for different reasons or more than 1.5 times apart in 1 of 3 cases. Shares of all targets, failures and costs follow it: --set end.when=time lets every plan go on to the latest end.",
  ]);
});

test("one who was left behind is one target", () => {
  expect(planEndRemarks([[plan(100, 1)]])[0]).toContain("while 1 target was away that comes back by the latest end.");
});

test("another reason for the end is another end, however near", () => {
  expect(planEndRemarks([[plan(100, 1), plan(100, 0, "time")]])[0]).toContain("in 1 of 1 case.");
  expect(planEndRemarks([[plan(100, 1), plan(150, 1)]])[0]).not.toContain("Under the same values");
});

test("of plans that left nobody behind nothing is told, nor of an otafleet that did not tell", () => {
  const { end: _, ...untold } = plan(100, 5);

  expect(planEndRemarks([[plan(100, 0), plan(900, 0)]])).toEqual([]);
  expect(planEndRemarks([[untold]])).toEqual([]);
  expect(planEndRemarks([])).toEqual([]);
});

test("costs of plans that ended at different times are said to be so, where costs are told", () => {
  const cost = [{ name: "cost" }];

  expect(costRemarks(cost, [[plan(100, 0)], [plan(199, 0)]])).toEqual([
    "A cost counts connections and messages until its own plan ended, which was after 100 us to 199 us: it grows with the wait for the last nodes, whatever the values. --set end.when=time makes costs comparable.",
  ]);
  expect(costRemarks(cost, [[plan(100, 0), plan(150, 0)]])).toEqual([]);
  expect(costRemarks(cost, [[plan(100, 0, "time"), plan(900, 0, "time")]])).toEqual([]);
  expect(costRemarks([{ name: "egress" }], [[plan(100, 0), plan(900, 0)]])).toEqual([]);
  expect(costRemarks(cost, [])).toEqual([]);
});

test("who was away counts where something hangs on it, and else not", () => {
  const end = {
    rule: "settled",
    latestAtUs: 900,
    unseen: 7,
    dueBack: { targets: 5, firstAtUs: 1, lastAtUs: 2 },
  } as const;

  expect(planEndOf({ ...end, by: "settled" }, 40, ["the cost"])).toEqual({
    atUs: 40,
    by: "settled",
    unseen: 7,
    dueBack: 5,
  });
  expect(planEndOf({ ...end, by: "settled" }, 900, [])).toEqual({ atUs: 900, by: "settled", unseen: 7, dueBack: 0 });
});

function plan(atUs: number, dueBack: number, by: PlanEnd["by"] = "settled"): PlannedRun {
  return {
    seed: 1,
    verdict: "passed",
    reasons: [],
    thresholds: [],
    figures: [],
    end: { atUs, by, unseen: 9, dueBack },
  };
}
