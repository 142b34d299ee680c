import { expect, test } from "vitest";
import { HOUR_US } from "../../src/base/instant.ts";
import { brokenLaws, fileOf, jsonOf, smallRun, smallScenario } from "./small-runs.ts";
import { reportOf } from "../../src/engine/recompute.ts";

/** What a busy machine may make of it: the numbers of latencies, never who has what. */
const USABLE = ["passed", "invalid"];

test("two jobs run one after the other on real sockets, and one is cancelled on the way", async () => {
  const scenario = smallScenario(
    "fleet.cohorts.workshops.faults={}",
    "clock.speed=1200",
    "fleet.groups=[{ name: shops, cohorts: [workshops] }]",
    "jobs=[{ name: first }, { name: second, starts: 2h, cancel: 10m, priority: 1, image: { make: { version: 3.0.0, size: 24KiB } }, targets: { groups: [shops] } }]",
  );

  const end = await smallRun(scenario);

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
  expect(fileOf(end, "nodes.csv")).toContain("3.0.0");
  // What is told later from the folder is what the run told.
  expect(jsonOf(await reportOf(end.folder))).toBe(jsonOf(result));
});

test("users approve over the backend's own API, and those who never do leave their nodes waiting", async () => {
  const scenario = smallScenario(
    "fleet.cohorts.workshops.faults={}",
    "clock.speed=1800",
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
    "clock.speed=1200",
    "jobs=[{ name: first, targets: { cohorts: [workshops] } }, { name: second, image: { make: { version: 3.0.0 } }, targets: { dynamic: { version: 2.0.0 } } }]",
  );

  const { result } = await smallRun(scenario);

  expect(USABLE, result.reasons.join("\n")).toContain(result.verdict);
  expect(result.jobs.map(({ outcomes }) => [outcomes.targeted, outcomes.success])).toEqual([
    [10, 10],
    [10, 10],
  ]);
});
