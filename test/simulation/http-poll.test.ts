/** A whole rollout over the plainest kind of backend: nothing of RainMaker's is needed for it. */
import { expect, test } from "vitest";
import { httpPoll } from "../../src/adapters/http-poll/adapter.ts";
import { HOUR_US, MINUTE_US } from "../../src/base/instant.ts";
import type { FaultName } from "../../src/faults/fault-names.ts";
import { readyHistograms } from "../../src/measure/histogram.ts";
import { Outcomes } from "../../src/measure/outcome.ts";
import { CHECKERS } from "./checkers/checkers.ts";
import { PLAIN_RUNS } from "../scenario/plain.ts";
import { live, type History } from "./history.ts";
import { randomWorld, type RandomWorld } from "./random-world.ts";

await readyHistograms();

test("every node polls, downloads, reboots, confirms at its first answered question and is believed", () => {
  const history = live(plainWorld([]));

  expect(outcomesOf(history)).toEqual({ success: 20 });
  expect(history.beliefs.map((of) => of.at(-1))).toEqual(Array.from({ length: 20 }, () => "success"));
  expect(history.finalImage.every((image) => history.isJobImage(image))).toBe(true);
  expect(history.recordsOf.flat().some(({ kind }) => kind === "connected")).toBe(true);
});

for (const [fault, outcome, belief] of [
  ["boot-loop", "rolledBack", "rejected"],
  ["no-network-after-update", "rolledBack", "rejected"],
  ["self-test-fails", "rolledBack", "rejected"],
  ["wrong-image", "rejected", "rejected"],
  ["corrupt-block", "success", "success"],
  ["power-loss-in-write", "success", "success"],
] as const) {
  test(`with the fault ${fault} every node ends as ${outcome}, and is believed ${belief}`, () => {
    const history = live(plainWorld([fault]));

    expect(outcomesOf(history)).toEqual({ [outcome]: 20 });
    expect(new Set(history.beliefs.map((of) => of.at(-1)))).toEqual(new Set([belief]));
    expect(history.finalImage.every((image) => history.isJobImage(image))).toBe(outcome === "success");
    for (const { id, check } of CHECKERS) expect(check(history), id).toEqual([]);
  });
}

/** Twenty good nodes that ask every hour. */
function plainWorld(faults: readonly FaultName[]): RandomWorld {
  const world = randomWorld(1);
  const { fleet, jobs, image } = world.scenario;
  const cohort = {
    ...fleet.cohorts[0]!,
    firstNode: 0,
    nodes: 20,
    runs: {
      project: image.project,
      version: "1.0.0",
      chip: image.chip,
      secureVersion: 0,
      ...PLAIN_RUNS,
      generations: [{ value: httpPoll.defaultGeneration, weight: 1 }],
    },
    throughputBytesPerSecond: { kind: "fixed", value: 50_000 },
    latencyUs: { kind: "fixed", value: 40_000 },
    offline: { kind: "none" },
    powerCuts: [],
    autofetch: { kind: "periodic", everyUs: HOUR_US, phase: "uniform", jitterUs: MINUTE_US },
    faults: faults.map((fault) => ({ fault, share: 1 })),
  } as const;
  return {
    ...world,
    adapter: httpPoll,
    scenario: {
      ...world.scenario,
      backend: { ...world.scenario.backend, adapter: httpPoll.kind },
      fleet: { ...fleet, begins: "running", cohorts: [cohort] },
      jobs: [{ ...jobs[0]!, targets: { kind: "all" }, trigger: "default", window: undefined, validity: undefined }],
      end: { when: "settled", afterUs: 12 * HOUR_US },
    },
  };
}

function outcomesOf({ state, facts }: History): Readonly<Record<string, number>> {
  const counts = new Outcomes(state, facts.lostWorkers).counts();
  const classes = ["success", "rolledBack", "rejected", "failed", "unfinished", "bricked"] as const;
  return Object.fromEntries(classes.filter((name) => counts[name] > 0).map((name) => [name, counts[name]]));
}
