import { expect, test } from "vitest";
import { ADAPTERS } from "../../src/adapters/adapters.ts";
import { madeImage } from "../../src/engine/made-image.ts";
import { planScenario } from "../../src/engine/virtual-run.ts";
import { readScenario } from "../../src/scenario/read-scenario.ts";
import { resolveScenario } from "../../src/scenario/resolve-scenario.ts";
import { secondOffers } from "../../src/scenario/second-offers.ts";
import { watching } from "./small-runs.ts";

/** Half of the nodes take 20 s for the image; they hear of it over eight hours and a half before the window opens. */
const NIGHT = `
name: night
clock: { start: 2026-03-10T16:30:00Z }
image: { make: { version: 2.0.0, size: 1MiB } }
nodes: 1500
fleet:
  cohorts:
    - name: homes
      runs: { version: 1.4.2 }
      zones: Europe/Berlin
      link: { throughput: { lognormal: { p50: 50KiB/s, p95: 120KiB/s } } }
      offline: none
      autofetch: { every: 6h }
jobs: [{ name: spring, window: 02:00-04:30 }]
end: { after: 3d }
`;
const SPELLS = "fleet.cohorts.homes.offline={ spells: 0.9/d, last: { lognormal: { p50: 45m, p95: 12h } } }";
const DAILY = ["autofetch.every=24h", "end.when=time"];
const DAYS = "fleet.cohorts.homes.offline={ spells: 0.1/d, last: { lognormal: { p50: 2d, p95: 6d } } }";
const SMALL = "image.make.size=128KiB";
const PUSHED = "jobs=[{ name: spring, trigger: force-push }]";
const SLOW = "fleet.cohorts.homes.link={ throughput: 12KiB/s }";

test.each([
  ["many, who are pushed the job and ask by their period too", ["jobs.spring.trigger=force-push"]],
  ["many, whose questions are jittered", ["autofetch={ every: 2h, jitter: 20m }"]],
  ["many, who lose their network for hours and come back", [SPELLS, "autofetch.every=1h"]],
  ["many, who ask once a day and are away for days", [...DAILY, DAYS, "end.after=10d"]],
  ["few, who ask once a day, after the second night", [...DAILY, SPELLS, "end.after=34h"]],
  ["none, who take longer than the minute behind the opening", [SPELLS, "autofetch.every=1h", SLOW]],
  ["none, who ask in the same second each time", []],
  ["many, who are pushed the job in mid-period", [PUSHED, "autofetch.every=3m"]],
  ["few, who have written a small image again by the reboot", [PUSHED, SMALL, "autofetch.every=3m"]],
  ["none, whose small image is there before the next question's second", [SMALL, "autofetch.every=10m"]],
  ["none, who begin by asking in an open window", ["clock.start=2026-03-10T01:10:00Z", "autofetch.every=1h", SMALL]],
  [
    "many, whose download ends just before that second",
    ["autofetch.every=10m", "fleet.cohorts.homes.link={ throughput: 20KiB/s }"],
  ],
])("second offers are foretold within a factor of 1.5, and by five nodes of chance: %s", async (many, set) => {
  const scenario = nightWith(set);
  const { result } = await planScenario({ scenario, imageBytes: madeImage(scenario) }, watching());

  const seen = result.endReasons.find(({ reason }) => reason === "second offer before the reboot")?.count ?? 0;
  const foretold = secondOffers(scenario, scenario.jobs[0]!, scenario.fleet.cohorts[0]!).share * scenario.fleet.nodes;

  expect(foretold).toBeLessThanOrEqual(1.5 * seen + 5);
  expect(seen).toBeLessThanOrEqual(1.5 * foretold + 5);
  // Of so many it is no chance that the two are alike.
  expect(seen).toBeGreaterThanOrEqual(many.startsWith("many") ? 60 : 0);
});

function nightWith(set: readonly string[]) {
  return resolveScenario(readScenario(NIGHT, "night.yaml", { adapters: ADAPTERS, overrides: { set } })).scenario;
}
