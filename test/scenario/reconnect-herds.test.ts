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
