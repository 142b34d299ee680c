import { expect, test } from "vitest";
import { HOUR_US, MINUTE_US, SECOND_US } from "../../src/base/instant.ts";
import { madeImage } from "../../src/engine/made-image.ts";
import { planScenario } from "../../src/engine/virtual-run.ts";
import { expectedLoad } from "../../src/scenario/expected-load.ts";
import { watching } from "../engine/small-runs.ts";
import { scenarioOf, scenarioText } from "./reading.ts";

const COHORT = "name: a, zones: Europe/Berlin, offline: none, autofetch: { every: 4h }";

test("a power cut's herd connects, asks and hours later downloads in the seconds in which a plan has it", async () => {
  const scenario = scenarioOf(
    scenarioText({
      cohort: `${COHORT}, nodes: 300, powerCuts: [{ at: 30m, for: 20m }] }, { name: b, nodes: 600, like: a, powerCuts: []`,
      job: "name: a, starts: 2h",
      end: "{ after: 10h }",
      more: "image: { make: { size: 64KiB } }",
    }),
  );

  const { herds, busiestFleetSecond } = expectedLoad(scenario);
  const { peaks } = (await planScenario({ scenario, imageBytes: madeImage(scenario) }, watching())).result;

  expect(herds.map(({ does, nodes, job }) => [does, nodes, job])).toEqual([
    ["connect", 300, null],
    ["ask", 300, null],
    ["download", 300, "a"],
  ]);
  for (const [does, planned] of [
    ["connect", peaks.connects],
    ["ask", peaks.fetches],
    ["download", peaks.downloadsStarted],
  ] as const) {
    const atUs = herds.find((herd) => herd.does === does)?.atUs ?? NaN;
    expect(Math.abs(atUs - (planned.atUs ?? NaN))).toBeLessThanOrEqual(SECOND_US);
    expect(planned.count / 300).toBeGreaterThan(0.95);
  }
  expect(busiestFleetSecond).toMatchObject({ connects: 300, fetches: 300, downloadsStarted: 300 });
});

test.each([
  ["of the model", "model: { outages: [{ at: 1h, for: 30m }] }"],
  ["of the backend", "backend: { faults: { restart: { at: 1h, after: 30m } } }"],
])("an outage %s makes the herd of dials and of broken downloads that a plan has", async (_, more) => {
  const scenario = scenarioOf(
    scenarioText({
      cohort: `${COHORT.replace("4h", "2h")}, link: { throughput: 10KB/s }`,
      end: "{ after: 4h }",
      more: `nodes: 1000\nimage: { make: { size: 1MiB } }\n${more}`,
    }),
  );

  const { busiestFleetSecond: expected } = expectedLoad(scenario);
  const { peaks } = (await planScenario({ scenario, imageBytes: madeImage(scenario) }, watching())).result;

  for (const ratio of [
    expected.connects / peaks.connects.count,
    expected.downloadsStarted / peaks.downloadsStarted.count,
  ]) {
    expect(ratio).toBeGreaterThan(0.8);
    expect(ratio).toBeLessThan(1.25);
  }
});

test("a restart by the timeline makes the herds of one by a fault", () => {
  const herds = (more: string): unknown => expectedLoad(scenarioOf(scenarioText({ cohort: COHORT, more }))).herds;

  const byTimeline = herds("timeline: [{ at: 1h, do: [{ restart: 30m }] }]");

  expect(byTimeline).toMatchObject([{}, { does: "connect", nodes: 1_000, atUs: 90 * MINUTE_US }, {}, {}]);
  expect(byTimeline).toEqual(herds("backend: { faults: { restart: { at: 1h, after: 30m } } }"));
});

test("an outage of the model is the plan's alone: no run and no clock is measured by it", () => {
  const load = (more: string): ReturnType<typeof expectedLoad> =>
    expectedLoad(scenarioOf(scenarioText({ cohort: COHORT, more: `nodes: 900\n${more}` })));

  const calm = load("tags: {}");
  const outage = load("model: { outages: [{ at: 1h, for: 30m }] }");

  expect(outage.herds.every(({ isInPlanOnly }) => isInPlanOnly)).toBe(true);
  expect([outage.busiestWallSecond, outage.honestSpeed]).toEqual([calm.busiestWallSecond, calm.honestSpeed]);
});

test("a herd that starts together after a power cut lowers the highest honest speed", () => {
  const speed = (cuts: string): number =>
    expectedLoad(scenarioOf(scenarioText({ cohort: `${COHORT}, powerCuts: [${cuts}]`, more: "nodes: 3000" })))
      .honestSpeed.speed;

  expect(speed("{ at: 1h, for: 5m }")).toBeLessThan(speed("") / 2);
});

test("nodes in step hear of a job at their first period after its start, unless power goes again before", () => {
  const downloads = (cuts: string): number[] =>
    expectedLoad(
      scenarioOf(scenarioText({ cohort: `${COHORT}, boot: 8s, powerCuts: [${cuts}]`, job: "name: a, starts: 6h" })),
    )
      .herds.filter(({ does }) => does === "download")
      .map(({ atUs }) => atUs);

  const bootUs = 8 * SECOND_US;
  expect(downloads("{ at: 1h, for: 10m }")).toEqual([9 * HOUR_US + 10 * MINUTE_US + bootUs]);
  expect(downloads("{ at: 1h, for: 10m }, { at: 7h, for: 10m }")).toEqual([
    7 * HOUR_US + 10 * MINUTE_US + bootUs + 5 * SECOND_US,
  ]);
});

test("a power cut of the timeline in one zone is a herd of that zone's nodes", () => {
  const load = expectedLoad(
    scenarioOf(
      scenarioText({
        cohort: "name: a, zones: { Europe/Berlin: 1, Asia/Tokyo: 1 }, autofetch: { every: 4h }",
        more: "timeline: [{ at: 1h, do: [{ powerCut: { zones: [Asia/Tokyo], for: 10m } }] }]",
      }),
    ),
  );

  const tokyo = load.zones.find(({ zone }) => zone === "Asia/Tokyo")?.nodes;
  expect(load.herds[0]).toMatchObject({
    does: "connect",
    because: "power is back",
    zones: ["Asia/Tokyo"],
    nodes: tokyo,
  });
});

test("a run's outage lasts longer for its nodes by its clock's speed, as does their wait, and a plan's does not", () => {
  const load = expectedLoad(
    scenarioOf(
      scenarioText({
        clock: "{ start: 2026-03-10T12:00:00Z, speed: 120 }",
        cohort: COHORT,
        more: "nodes: 600\nbackend: { faults: { restart: { at: 1h, after: 20s } } }",
      }),
    ),
  );

  const dials = load.herds.filter(({ does, because }) => does === "connect" && because === "backend is back");
  expect(dials).toMatchObject([
    { atUs: HOUR_US + 20 * SECOND_US, isInPlanOnly: true },
    { atUs: HOUR_US + 40 * MINUTE_US, isInPlanOnly: false, isInRunOnly: true },
  ]);
  // Two dials drift apart by two round trips each, whatever the speed.
  for (const { overUs } of dials) expect(overUs).toBeLessThan(3 * SECOND_US);
  expect(dials[0]?.overUs).toBe(dials[1]?.overUs);
  expect(load.busiestFleetSecond.connects).toBeGreaterThan(200);
});

test("of those who meet a backend that stands still, the ones whose window is open download when it is back", () => {
  const herds = (window: string) =>
    expectedLoad(
      scenarioOf(
        scenarioText({
          clock: "{ start: 2026-03-10T12:00:00Z, speed: 1 }",
          cohort: COHORT,
          job: `name: a${window}`,
          more: "nodes: 1000\nbackend: { faults: { stop: { at: 2h, for: 30m } } }",
        }),
      ),
    ).herds.filter(({ because }) => because === "backend is back");

  // Half an hour of four: an eighth of them asks meanwhile.
  expect(herds("")).toMatchObject([{ does: "download", nodes: 125, atUs: 2.5 * HOUR_US, overUs: 0 }]);
  // 15:30 in Berlin.
  expect(herds(", window: 15:00-16:00")).toMatchObject([{ nodes: 125 }]);
  expect(herds(", window: 02:00-04:30")).toEqual([]);
});

test("what a run's outage makes of a compressed clock is no second of a plan", () => {
  const load = expectedLoad(
    scenarioOf(
      scenarioText({
        clock: "{ start: 2026-03-10T12:00:00Z, speed: 120 }",
        cohort: COHORT,
        more: "nodes: 1000\nbackend: { faults: { stop: { at: 2h, for: 30s } } }",
      }),
    ),
  );

  // 30 s of four hours in a plan, an hour of them in a run.
  expect(load.herds.map(({ nodes }) => nodes)).toEqual([2, 250]);
  expect(load.busiestFleetSecond.downloadsStarted).toBe(2);
});

test("downloads that a server refuses as it goes away are of the busiest second, and their bytes are not", () => {
  const load = (more: string) =>
    expectedLoad(
      scenarioOf(
        scenarioText({
          cohort: `${COHORT}, link: { throughput: { lognormal: { p50: 10KB/s, p95: 80KB/s } } }`,
          // It is over before they ask again.
          end: "{ after: 63m }",
          more: `nodes: 1000\nimage: { make: { size: 4MiB } }\n${more}`,
        }),
      ),
    );
  const calm = load("tags: {}");
  const killed = load("backend: { faults: { restart: { at: 1h, after: 20s } } }");

  const refused = killed.herds.filter(({ because }) => because === "backend goes away");
  expect(refused).toMatchObject([{ does: "download", isInPlanOnly: false }]);
  expect(killed.busiestWallSecond.bytes).toBe(calm.busiestWallSecond.bytes);
});
