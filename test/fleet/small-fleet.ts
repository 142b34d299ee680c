import { HOUR_US, MINUTE_US } from "../../src/base/instant.ts";
import type { Cohort } from "../../src/fleet/cohort.ts";
import type { Fleet } from "../../src/fleet/fleet.ts";

/** A fleet with cohorts of these sizes, all traits varied. */
export function smallFleet(sizes: readonly number[], changes: Partial<Cohort> = {}): Fleet {
  let firstNode = 0;
  const cohorts = sizes.map((nodes, index): Cohort => {
    const cohort: Cohort = {
      name: `cohort-${index}`,
      firstNode,
      nodes,
      runs: {
        project: "demo",
        version: "1.0.0",
        chip: "esp32c3",
        secureVersion: 0,
        type: "demo",
        model: "demo",
        checks: { project: true, version: true, secureVersion: true },
        generations: [
          { value: "new", weight: 3 },
          { value: "old", weight: 1 },
        ],
      },
      zones: [
        { value: "Europe/Berlin", weight: 4 },
        { value: "Asia/Kolkata", weight: 1 },
      ],
      throughputBytesPerSecond: { kind: "lognormal", p50: 50_000, p95: 120_000 },
      latencyUs: { kind: "uniform", min: 10_000, max: 30_000 },
      flashBytesPerSecond: { kind: "normal", mean: 75_000, sd: 5_000 },
      offline: { kind: "spells", perDay: 1, lastUs: { kind: "lognormal", p50: HOUR_US, p95: 3 * HOUR_US } },
      powerCuts: [],
      autofetch: { kind: "periodic", everyUs: 6 * HOUR_US, phase: "uniform", jitterUs: 10 * MINUTE_US },
      bootUs: { kind: "exponential", mean: 8_000_000 },
      faults: [
        { fault: "boot-loop", share: 0.1 },
        { fault: "lost-status", share: 0.2 },
      ],
      ...changes,
    };
    firstNode += nodes;
    return cohort;
  });
  return { nodes: firstNode, begins: "running", connectOverMs: 10_000, cohorts };
}
