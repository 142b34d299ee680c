import { expect, test } from "vitest";
import { SECOND_US } from "../../src/base/instant.ts";
import { madeImage } from "../../src/engine/made-image.ts";
import { planScenario } from "../../src/engine/virtual-run.ts";
import { expectedLoad } from "../../src/scenario/expected-load.ts";
import { watching } from "../engine/small-runs.ts";
import { scenarioOf, scenarioText } from "./reading.ts";

const PUSH = {
  cohort: "name: a, zones: Europe/Berlin, link: { throughput: 100KB/s }, autofetch: { every: 12h }",
  job: "name: a, trigger: force-push",
};

test("a shared egress says how long all bytes take, and when a plan has everybody dial again", async () => {
  const scenario = scenarioOf(
    scenarioText({
      ...PUSH,
      end: "{ after: 10h }",
      more: "nodes: 300\nimage: { make: { size: 1MB } }\nmodel: { cdn: { egress: 8Mbit/s } }",
    }),
  );

  const { modelled, herds, busiestFleetSecond } = expectedLoad(scenario);
  const { peaks, metrics } = (await planScenario({ scenario, imageBytes: madeImage(scenario) }, watching())).result;

  expect(modelled).toMatchObject({ egressBytesPerSecond: 1e6, allBytesUs: 300 * SECOND_US });
  expect(metrics.completion?.max ?? 0).toBeGreaterThan(modelled?.allBytesUs ?? Infinity);
  const dial = herds.find(({ does }) => does === "connect");
  expect(dial?.isInPlanOnly).toBe(true);
  expect(Math.abs((dial?.atUs ?? NaN) - (peaks.connects.atUs ?? NaN))).toBeLessThanOrEqual(2 * SECOND_US);
  expect(busiestFleetSecond.bytes).toBe(1e6);
  // What comes within one second lies in at most two of the seconds that a plan counts by: half at least is in one.
  expect(busiestFleetSecond.fetches).toBeGreaterThanOrEqual(peaks.fetches.count);
  expect(busiestFleetSecond.fetches).toBeLessThanOrEqual(2 * peaks.fetches.count);
});

test("a broker's rate bounds the connects of a plan's busiest second, and says when all are back", () => {
  const load = (more: string): ReturnType<typeof expectedLoad> =>
    expectedLoad(scenarioOf(scenarioText({ cohort: "name: a, powerCuts: [{ at: 1h, for: 1m }]", ...PUSH_ONLY, more })));

  const free = load("nodes: 1000");
  const bound = load("nodes: 1000\nmodel: { broker: { connects: 10/s, connectBurst: 50, backlog: 100 } }");

  expect([free.busiestFleetSecond.connects, free.modelled]).toEqual([1_000, null]);
  expect(bound.busiestFleetSecond.connects).toBe(60);
  expect(bound.modelled).toMatchObject({ connectsPerSecond: 10, allConnectsUs: 95 * SECOND_US });
});

test("servers of questions answer as many a second as they have time for", () => {
  const text = scenarioText({ more: "model: { fetch: { servers: 4, service: 20ms } }" });

  expect(expectedLoad(scenarioOf(text)).modelled?.fetchesPerSecond).toBe(200);
});

const PUSH_ONLY = { job: PUSH.job };
