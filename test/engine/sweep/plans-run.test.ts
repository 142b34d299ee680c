import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { plansRun } from "../../../src/engine/sweep/plans-run.ts";
import { sweepSoFar } from "../../../src/measure/plan-log.ts";
import { SWEEP_REPORTS } from "../../../src/report/sweep/sweep-reports.ts";
import { sweepOf } from "../../report/sweep/sweep-fixture.ts";
import { freshPath } from "../small-runs.ts";

const { points, ...sweep } = sweepOf();
const HEAD = { of: "sweep", sweep, points: points.map(({ values }) => values) } as const;

test("what is thrown before the first plan leaves no folder behind", async () => {
  const outDir = freshPath();
  const soFar = () => sweepSoFar({ ...HEAD, plans: [], because: "it is not over yet" });
  const wish = { name: "night", head: HEAD, reports: SWEEP_REPORTS, soFar, figures: [], atOnce: 1, nodes: 1 };
  let isThere = false;

  const end = plansRun(wish, { seeds: 1, workers: 1, command: "", outDir }, { onPlanned: () => {} }, async () => {
    isThere = existsSync(outDir);
    throw new Error("of ours");
  });

  await expect(end).rejects.toThrow("of ours");
  expect([isThere, existsSync(outDir)]).toEqual([true, false]);
});
