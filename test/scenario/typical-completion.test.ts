import { expect, test } from "vitest";
import { HOUR_US, MINUTE_US, SECOND_US } from "../../src/base/instant.ts";
import { madeImage } from "../../src/engine/made-image.ts";
import { planScenario } from "../../src/engine/virtual-run.ts";
import { expectedLoad, type JobLoad } from "../../src/scenario/expected-load.ts";
import { watching } from "../engine/small-runs.ts";
import { scenarioOf, scenarioText } from "./reading.ts";

type Changes = NonNullable<Parameters<typeof scenarioText>[0]>;

test.each<[string, Changes]>([
  [
    "ask by their period, some of them away at first",
    { cohort: "name: a, zones: Europe/Berlin, autofetch: { every: 1h }" },
  ],
  [
    "wait for a window in two zones",
    {
      cohort: "name: a, zones: { Europe/Berlin: 1, Asia/Tokyo: 1 }, offline: none, autofetch: { every: 1h }",
      job: "name: a, window: 02:00-04:00",
    },
  ],
  [
    "are pushed the job and share a line",
    {
      cohort: "name: a, zones: Europe/Berlin, offline: none",
      job: "name: a, trigger: force-push",
      more: "model: { cdn: { egress: 4Mbit/s } }",
    },
  ],
])("half and 95 %% of the reachable are done when a plan has them done, where they %s", async (_, changes) => {
  const more = `nodes: 300\nimage: { make: { size: 256KiB } }\n${changes.more ?? ""}`;
  const scenario = scenarioOf(scenarioText({ ...changes, more, end: "{ after: 48h }" }));

  const { typical } = jobOf(scenario);
  const { metrics } = (await planScenario({ scenario, imageBytes: madeImage(scenario) }, watching())).result;

  const planned = metrics.completion?.reachable;
  expect((typical?.p50Us ?? NaN) / Number(planned?.p50)).toBeCloseTo(1, 1);
  expect((typical?.p95Us ?? NaN) / Number(planned?.p95)).toBeCloseTo(1, 1);
});

test("who boots along a ramp is spread over all of it, whatever its number, in a plan and as it is foretold", async () => {
  const scenario = scenarioOf(`
name: ramp
clock: { start: 2026-03-10T12:00:00Z, speed: 60 }
nodes: 1000
image: { make: { size: 256KiB } }
fleet:
  begins: booting
  connect: { over: 60s }
  cohorts:
    - { name: first, nodes: 90%, zones: Europe/Berlin, offline: none }
    - { name: last, nodes: 10%, like: first }
  groups: [{ name: last, cohorts: [last] }]
jobs: [{ name: spring, targets: { groups: [last] } }]
end: { after: 48h }
`);

  const { typical } = jobOf(scenario);
  const { metrics } = (await planScenario({ scenario, imageBytes: madeImage(scenario) }, watching())).result;

  const planned = metrics.completion?.reachable;
  expect(Number(planned?.p50)).toBeLessThan(40 * MINUTE_US);
  expect((typical?.p50Us ?? NaN) / Number(planned?.p50)).toBeCloseTo(1, 1);
  expect((typical?.p95Us ?? NaN) / Number(planned?.p95)).toBeCloseTo(1, 1);
});

test("the worst case stands apart from what is typical: spells offline are in it", () => {
  const cohort = "name: a, zones: Europe/Berlin, link: { throughput: 100KB/s }, autofetch: { every: 1h }";
  const fresh = jobOf(scenarioOf(scenarioText({ cohort: `${cohort}, offline: none` })));
  const spells = jobOf(scenarioOf(scenarioText({ cohort })));

  expect(fresh.worstUs).toBeLessThan(2 * HOUR_US);
  expect(spells.worstUs).toBeGreaterThan(24 * HOUR_US);
  expect(spells.typical?.p95Us).toBeLessThan(75 * MINUTE_US);
});

test("what is not reached within the run, or cannot be known, is not told as a time", () => {
  const never = jobOf(scenarioOf(scenarioText({ end: "{ after: 10m }" })));
  const few = jobOf(scenarioOf(scenarioText({ cohort: "name: a, autofetch: { every: 10h }", end: "{ after: 2h }" })));

  expect(never.typical?.reachable).toBeLessThan(0.05);
  expect(few.typical?.reachable).toBeCloseTo(0.2, 1);
  expect(few.typical?.p50Us ?? 0).toBeGreaterThan(30 * MINUTE_US);
  expect(few.typical?.p50Us ?? 0).toBeLessThan(2 * HOUR_US + SECOND_US);
});

test.each([
  ["its cancel", "name: a, cancel: 2h"],
  ["its timeout", "name: a, timeout: 2h"],
  ["the end of its validity", "name: a, validity: { until: 2026-03-10T14:00:00Z }"],
])("nobody begins after %s, so only who asks before it is reachable", (_, job) => {
  const { typical } = jobOf(
    scenarioOf(scenarioText({ cohort: "name: a, offline: none, autofetch: { every: 4h }", job })),
  );

  expect(typical?.reachable).toBeCloseTo(0.5, 1);
  expect(typical?.p50Us).toBeLessThan(80 * MINUTE_US);
  expect(typical?.p95Us).toBeLessThan(125 * MINUTE_US);
});

test("nobody waits for a window that opens only after the cancel", () => {
  const job = "name: a, window: 02:00-04:00, cancel: 2h";

  expect(
    jobOf(scenarioOf(scenarioText({ cohort: "name: a, zones: Europe/Berlin, autofetch: { every: 1h }", job }))).typical,
  ).toBeNull();
});

test("the worst case lasts no less than a line that all share", () => {
  const { typical, worstUs } = jobOf(
    scenarioOf(
      scenarioText({
        cohort: "name: a, zones: Europe/Berlin, offline: none",
        job: "name: a, trigger: force-push",
        more: "nodes: 3000\nimage: { make: { size: 1MB } }\nmodel: { cdn: { egress: 1Mbit/s } }",
      }),
    ),
  );

  expect(typical?.p95Us).toBeGreaterThan(5 * HOUR_US);
  expect(worstUs).toBeGreaterThan(typical?.p95Us ?? NaN);
});

function jobOf(scenario: ReturnType<typeof scenarioOf>): JobLoad {
  const [job] = expectedLoad(scenario).jobs;
  if (job === undefined) throw new Error("a scenario has a job");
  return job;
}
