import { expect, test } from "vitest";
import { loadScenario } from "../../src/cli/scenario-file.ts";
import { madeImage } from "../../src/engine/made-image.ts";
import { planScenario } from "../../src/engine/virtual-run.ts";
import { DAY_US, HOUR_US, MINUTE_US } from "../../src/base/instant.ts";
import { settledByUs } from "../../src/scenario/foretold-end.ts";
import { smallScenario, watching } from "../engine/small-runs.ts";
import { scenarioOf, scenarioText } from "./reading.ts";

test.each([
  ["a period after the start, where nothing else keeps it", [], 20 * MINUTE_US],
  ["a period after a later start", ["jobs.spring.starts=3h"], 3 * HOUR_US + 20 * MINUTE_US],
  ["after the jitter of the last question", ["autofetch={ every: 20m, jitter: 10m }"], 30 * MINUTE_US],
  ["at once, where all are pushed the job", ["jobs.spring.trigger=force-push"], 0],
  // 12:00 UTC is 13:00 in Berlin and 17:30 in Kolkata, which has its two o'clock 8.5 hours later, and Berlin 13.
  ["behind the last opening of the window", ["jobs.spring.window=02:00-04:30", "end.after=2d"], 13 * HOUR_US],
  [
    "a period after the last stage",
    ["jobs.spring.rollout={ stages: [{ share: 10%, bake: 2h }, { share: 50%, bake: 1h }, { share: 100% }] }"],
    3 * HOUR_US + 20 * MINUTE_US,
  ],
  ["at the end, where that comes first", ["end.after=10m"], 10 * MINUTE_US],
  ["by its cancel", ["jobs.spring.cancel=5m"], 5 * MINUTE_US],
])("all are settled %s", (_, set, atUs) => {
  const foretold = settledByUs(smallScenario(...set));

  expect(foretold).toBeGreaterThanOrEqual(atUs);
  expect(foretold).toBeLessThan(atUs + 3 * MINUTE_US);
});

test("the cancel of one job says nothing of when the others are settled, whichever stands first", () => {
  const first =
    "name: a, trigger: force-push, targets: { cohorts: [a] }, rollout: { stages: [{ share: 10%, bake: 8h }, { share: 100% }] }";
  const cancelled = "name: b, targets: { cohorts: [b] }, cancel: 5m";
  const by = (...jobs: readonly string[]): number =>
    settledByUs(
      scenarioOf(
        scenarioText({
          cohort:
            "name: a, nodes: 50%, zones: Europe/Berlin, offline: none, autofetch: { every: 1h } }, { name: b, like: a, nodes: 50%",
          job: jobs.join(" }, { "),
          end: "{ after: 2d }",
        }),
      ),
    );

  expect(by(first, cancelled)).toBeGreaterThanOrEqual(8 * HOUR_US);
  expect(by(first, cancelled)).toBe(by(cancelled, first));
});

test("who goes away meanwhile is waited for: longer for more nodes, and for longer spells", () => {
  const until = (nodes: number, p95: string): number =>
    settledByUs(
      smallScenario(
        `nodes=${nodes}`,
        `fleet.cohorts.homes.offline={ spells: 1/d, last: { lognormal: { p50: 1h, p95: ${p95} } } }`,
        "end.after=30d",
      ),
    );

  expect(until(100, "6h")).toBeLessThan(until(10_000, "6h"));
  expect(until(10_000, "6h")).toBeLessThan(until(10_000, "24h"));
  expect(until(10_000, "24h")).toBeLessThanOrEqual(30 * DAY_US);
});

test.each(["first-rollout", "hotfix-overtakes", "outage-herd", "district-power-cut", "boot-loops"])(
  "scenario %s ends when it was foretold, within a tenth",
  async (name) => {
    const file = new URL(`../../scenarios/${name}.yaml`, import.meta.url).pathname;
    const { scenario } = loadScenario(file, { nodes: "200" });
    const { result } = await planScenario({ scenario, imageBytes: madeImage(scenario) }, watching());

    expect(settledByUs(scenario) / result.clock.endedAtUs).toBeGreaterThan(0.9);
    expect(settledByUs(scenario) / result.clock.endedAtUs).toBeLessThan(1.1);
  },
);
