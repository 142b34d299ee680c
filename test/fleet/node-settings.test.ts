import { expect, test } from "vitest";
import { rainmaker } from "../../src/adapters/rainmaker/adapter.ts";
import { SECOND_US } from "../../src/base/instant.ts";
import { fleetOfShard } from "../../src/fleet/node-settings.ts";
import { smallFleet } from "./small-fleet.ts";

test("a booting fleet comes up along the same fleet time under both drivers", () => {
  const known = { ...smallFleet([10]).cohorts[0]!.runs, generations: [{ value: "rainmaker-1.16", weight: 1 }] };
  const small = smallFleet([10], { runs: known });
  const fleet = { ...small, begins: "booting", connectOverMs: 20_000 } as const;
  const plan = { fleet, seed: 1, adapter: rainmaker, firstNode: 0, startUtcMs: 0, rampSpeed: 600 };

  const [live, virtual] = [600, 1].map((speed) => {
    const { birthOf } = fleetOfShard({ ...plan, speed });
    return fleet.cohorts.flatMap(({ nodes }) => Array.from({ length: nodes }, (_, slot) => birthOf(slot).bootAtUs));
  });

  expect(virtual).toEqual(live);
  expect(Math.max(...(live ?? []))).toBeGreaterThan(11_000 * SECOND_US);
});
