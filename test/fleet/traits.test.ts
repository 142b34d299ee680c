import fc from "fast-check";
import { expect, test } from "vitest";
import { FAULT_NAMES } from "../../src/faults/fault-names.ts";
import type { Cohort } from "../../src/fleet/cohort.ts";
import { mean } from "../../src/fleet/distribution.ts";
import { shardRange } from "../../src/fleet/shard.ts";
import { type NodeTraits, traitsOf } from "../../src/fleet/traits.ts";
import { smallFleet } from "./small-fleet.ts";

const SEED = 7;

test("traits are the same whatever the number of shards", () => {
  const fleet = smallFleet([40, 60]);
  const whole = traitsOfShards(1);

  fc.assert(
    fc.property(fc.integer({ min: 1, max: 17 }), (n) => {
      expect(traitsOfShards(n)).toEqual(whole);
    }),
    { numRuns: 10 },
  );

  function traitsOfShards(n: number): NodeTraits[] {
    return Array.from({ length: n }, (_, k) => shardRange(fleet.nodes, { k, n })).flatMap(({ first, end }) =>
      Array.from({ length: end - first }, (_, index) => traitsOf(fleet, SEED, first + index)),
    );
  }
});

test("traits of a node do not change as the fleet grows behind it", () => {
  const small = traitsOf(smallFleet([50]), SEED, 20);

  expect(traitsOf(smallFleet([5_000]), SEED, 20)).toEqual(small);
});

test("traits of one kind do not move those of another", () => {
  const before = traitsOf(smallFleet([50]), SEED, 20);

  const after = traitsOf(smallFleet([50], { faults: [], zones: [{ value: "Asia/Tokyo", weight: 1 }] }), SEED, 20);

  expect(after).toEqual({ ...before, faults: 0, zone: "Asia/Tokyo" });
});

test("traits differ from seed to seed", () => {
  expect(traitsOf(smallFleet([50]), 1, 20)).not.toEqual(traitsOf(smallFleet([50]), 2, 20));
});

test("zones, generations and faults come in their shares", () => {
  const nodes = 20_000;
  const fleet = smallFleet([nodes]);
  const all = Array.from({ length: nodes }, (_, node) => traitsOf(fleet, SEED, node));
  const share = (is: (traits: NodeTraits) => boolean): number => all.filter(is).length / nodes;

  expect(share(({ zone }) => zone === "Europe/Berlin")).toBeCloseTo(0.8, 1);
  expect(share(({ generation }) => generation === "new")).toBeCloseTo(0.75, 1);
  expect(share(({ faults }) => (faults & bit("boot-loop")) !== 0)).toBeCloseTo(0.1, 1);
  expect(share(({ faults }) => (faults & bit("lost-status")) !== 0)).toBeCloseTo(0.2, 1);
  expect(share(({ faults }) => (faults & ~bit("boot-loop") & ~bit("lost-status")) !== 0)).toBe(0);
});

test("hardware comes in its shares, moves no other trait, and is nameless where nobody tells it apart", () => {
  const nodes = 20_000;
  const plain = smallFleet([nodes]);
  const runs = plain.cohorts[0]?.runs as Cohort["runs"];
  const hardware = [
    { value: "rev-a", weight: 7 },
    { value: "rev-b", weight: 3 },
  ];
  const fleet = smallFleet([nodes], { runs: { ...runs, hardware } });
  const all = Array.from({ length: nodes }, (_, node) => traitsOf(fleet, SEED, node));

  expect(all.filter((traits) => traits.hardware === "rev-b").length / nodes).toBeCloseTo(0.3, 1);
  expect({ ...all[20], hardware: "" }).toEqual(traitsOf(plain, SEED, 20));
});

test("even phases let the nodes of a cohort ask one after the other, at equal distances, neighbours by number apart", () => {
  const fleet = smallFleet([3, 4], {
    autofetch: { kind: "periodic", everyUs: 60_000_000, phase: "even", jitterUs: 0 },
  });

  const firstQuestionS = Array.from({ length: 7 }, (_, node) => 60 * (1 - traitsOf(fleet, SEED, node).autofetchPhase));

  expect(firstQuestionS.map((seconds) => Math.round(seconds * 10) / 10)).toEqual([10, 50, 30, 7.5, 52.5, 37.5, 22.5]);
});

test("a running fleet begins with the share offline that its spells keep offline", () => {
  const nodes = 20_000;
  const fleet = smallFleet([nodes]);
  const { offline } = fleet.cohorts[0] ?? {};
  const load = offline?.kind === "spells" ? (offline.perDay * mean(offline.lastUs)) / 86_400e6 : 0;

  const offlineNodes = Array.from({ length: nodes }, (_, node) => traitsOf(fleet, SEED, node)).filter(
    ({ startsOfflineForUs }) => startsOfflineForUs > 0,
  ).length;

  expect(offlineNodes / nodes / (load / (1 + load))).toBeCloseTo(1, 1);
});

test("a booting fleet begins with nobody offline", () => {
  const fleet = { ...smallFleet([500]), begins: "booting" as const };

  for (let node = 0; node < fleet.nodes; node += 1) expect(traitsOf(fleet, SEED, node).startsOfflineForUs).toBe(0);
});

test("times and speeds of nodes are whole numbers", () => {
  const fleet = smallFleet([200]);

  for (let node = 0; node < fleet.nodes; node += 1) {
    const { throughputBytesPerSecond, latencyUs, flashBytesPerSecond, bootUs, startsOfflineForUs } = traitsOf(
      fleet,
      SEED,
      node,
    );
    for (const value of [throughputBytesPerSecond, latencyUs, flashBytesPerSecond, bootUs, startsOfflineForUs])
      expect(Number.isSafeInteger(value)).toBe(true);
    expect(Math.min(throughputBytesPerSecond, flashBytesPerSecond)).toBeGreaterThan(0);
  }
});

function bit(fault: (typeof FAULT_NAMES)[number]): number {
  return 1 << FAULT_NAMES.indexOf(fault);
}
