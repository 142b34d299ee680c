import { expect, test } from "vitest";
import { HOUR_US } from "../../src/base/instant.ts";
import { madeImage } from "../../src/engine/made-image.ts";
import { reportOf } from "../../src/engine/recompute.ts";
import { planScenario } from "../../src/engine/virtual-run.ts";
import { isRaceFree } from "../../src/scenario/race-free.ts";
import {
  brokenLaws,
  fileOf,
  freshPath,
  jsonOf,
  smallRun,
  smallScenario,
  type SmallEnd,
  stableColumns,
  steadyRun,
  watching,
} from "./small-runs.ts";

/** What a busy machine may make of it: the numbers of latencies, never who has what. */
const USABLE = ["passed", "invalid"];

const isInstalled = (end: SmallEnd, version: string): boolean => fileOf(end, "nodes.csv").includes(version);

test("two jobs run one after the other on real sockets, and one is cancelled on the way", async () => {
  const scenario = smallScenario(
    "fleet.cohorts.workshops.faults={}",
    "fleet.groups=[{ name: shops, cohorts: [workshops] }]",
    "jobs=[{ name: first }, { name: second, starts: 2h, cancel: 10m, priority: 1, image: { make: { version: 3.0.0, size: 24KiB } }, targets: { groups: [shops] } }]",
  );

  // Ten minutes are 167 ms on the wall, in which somebody is to be through with the second job.
  const end = await steadyRun(scenario, (run) => (isInstalled(run, "3.0.0") ? [] : ["nobody runs 3.0.0"]));

  const { result } = end;
  const [first, second] = result.jobs;
  expect(USABLE, result.reasons.join("\n")).toContain(result.verdict);
  expect(brokenLaws(result)).toEqual([]);
  expect(first!.outcomes).toMatchObject({ targeted: 40, success: 40 });
  expect(second!.createdAtUs).toBeGreaterThanOrEqual(2 * HOUR_US);
  expect(second!.cancelledAtUs).toBeGreaterThan(second!.createdAtUs!);
  expect(second!.outcomes.targeted).toBe(10);
  expect(second!.outcomes.success + second!.outcomes.cancelled).toBe(10);
  expect(result.truth.falseSuccess).toBe(0);
  expect(result.counters["offers for other nodes"]).toBe(0);
  expect(isInstalled(end, "3.0.0")).toBe(true);
  // What is told later from the folder is what the run told.
  expect(jsonOf(await reportOf(end.folder))).toBe(jsonOf(result));
});

test("jobs one after the other end for every node as their plan says", async () => {
  const scenario = smallScenario(
    "fleet.cohorts.workshops.faults={ boot-loop: 20% }",
    "jobs=[{ name: first }, { name: second, starts: 2h, targets: { cohorts: [homes] }, image: { make: { version: 3.0.0 } } }]",
  );
  expect(isRaceFree(scenario)).toEqual({ raceFree: true, reasons: [], secondOffers: [] });

  const outDir = freshPath();
  await planScenario({ scenario, imageBytes: madeImage(scenario), outDir }, watching());
  const run = await smallRun(scenario);

  expect(stableColumns(fileOf(run, "nodes.csv"))).toEqual(stableColumns(fileOf({ folder: outDir }, "nodes.csv")));
});

test("a cancel that comes when the job is over is a remark, and nothing is missing", async () => {
  const scenario = smallScenario("fleet.cohorts.workshops.faults={}", "jobs=[{ name: first, cancel: 5h }]");

  const { result } = await smallRun(scenario);

  expect(result.verdict).toBe("passed");
  expect(result.remarks).toEqual([expect.stringMatching(/^The job first was not cancelled: it was over before/)]);
  expect(result.jobs[0]).toMatchObject({ cancelledAtUs: null, outcomes: { success: 40 } });
});

test("users approve over the backend's own API, and those who never do leave their nodes waiting", async () => {
  const scenario = smallScenario(
    "fleet.cohorts.workshops.faults={}",
    "jobs=[{ name: ask, trigger: { user-approved: { share: 50%, delay: { exponential: { mean: 30m } } } } }]",
  );

  const { result } = await smallRun(scenario);

  const { outcomes } = result.jobs[0]!;
  expect(USABLE, result.reasons.join("\n")).toContain(result.verdict);
  expect(outcomes.success).toBeGreaterThan(5);
  expect(outcomes.unfinishedBy.waitingForApproval.online).toBe(40 - outcomes.success);
  expect(result.metrics["approval"]!.count).toBe(outcomes.success);
  expect(brokenLaws(result)).toEqual([]);
});

test("a dynamic job takes in on real sockets whoever comes to run its version", async () => {
  const scenario = smallScenario(
    "fleet.cohorts.workshops.faults={}",
    "jobs=[{ name: first, targets: { cohorts: [workshops] } }, { name: second, image: { make: { version: 3.0.0 } }, targets: { dynamic: { version: 2.0.0 } } }]",
  );

  const { result } = await smallRun(scenario);

  expect(USABLE, result.reasons.join("\n")).toContain(result.verdict);
  expect(result.jobs.map(({ outcomes }) => [outcomes.targeted, outcomes.success])).toEqual([
    [10, 10],
    [10, 10],
  ]);
});
