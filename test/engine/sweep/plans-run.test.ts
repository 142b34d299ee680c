import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { FolderLock } from "../../../src/engine/sweep/folder-lock.ts";
import { type PlansDone, plansRun } from "../../../src/engine/sweep/plans-run.ts";
import { sweepSoFar } from "../../../src/measure/plan-log.ts";
import type { SweepResult } from "../../../src/measure/sweep-result.ts";
import { SWEEP_REPORTS } from "../../../src/report/sweep/sweep-reports.ts";
import { sweepOf } from "../../report/sweep/sweep-fixture.ts";
import { freshPath } from "../small-runs.ts";

const { points, ...sweep } = sweepOf();
const HEAD = { of: "sweep", sweep, points: points.map(({ values }) => values) } as const;

test("what is thrown before the first plan leaves no folder behind", async () => {
  const outDir = freshPath();
  let isThere = false;

  const end = run(outDir, async () => {
    isThere = existsSync(outDir);
    throw new Error("of ours");
  });

  await expect(end).rejects.toThrow("of ours");
  expect([isThere, existsSync(outDir)]).toEqual([true, false]);
});

test("whose folder is taken over stops in the midst of its plans, with one error, and leaves the folder alone", async () => {
  const outDir = freshPath();
  vi.useFakeTimers({ toFake: ["setInterval"] });
  const end = run(outDir, () => {
    // As a process of another machine does once nobody has touched the lock for long.
    rmSync(join(outDir, "plans.lock"), { recursive: true });
    FolderLock.take(outDir).put("sweep.html", "of the other");
    // The next touch.
    vi.advanceTimersByTime(10_000);
    return new Promise(() => {});
  });
  vi.useRealTimers();

  await expect(end).rejects.toThrow(
    new RegExp(`was taken over by process ${process.pid} of .*; this one has stopped and writes nothing more`),
  );
  expect(readFileSync(join(outDir, "sweep.html"), "utf8")).toBe("of the other");
  expect(readdirSync(outDir).sort()).toEqual(["plans.jsonl", "plans.lock", "sweep.csv", "sweep.html", "sweep.json"]);
});

function run(outDir: string, work: () => Promise<PlansDone<SweepResult>>): Promise<unknown> {
  const soFar = () => sweepSoFar({ ...HEAD, plans: [], because: "it is not over yet" });
  const wish = { name: "night", head: HEAD, reports: SWEEP_REPORTS, soFar, figures: [], atOnce: 1, nodes: 1 };
  return plansRun(wish, { seeds: 1, workers: 1, command: "", outDir }, { onPlanned: () => {} }, work);
}
