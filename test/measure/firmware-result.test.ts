import { expect, test } from "vitest";
import { firmwareResult } from "../../src/measure/firmware-result.ts";
import type { RunPlan } from "../../src/measure/run-plan.ts";
import type { RunState } from "../../src/measure/run-state.ts";
import { JOB_CREATED, NodeHistory, planOf, reduce } from "./history.ts";

const image = (version: string) => ({ project: "thermostat", version });

test("each node counts once, under the image that it runs; jobs that install one image are told together", () => {
  const jobs = [
    { name: "release", targets: "all", image: image("2.0.0") },
    { name: "hotfix", targets: "all", image: image("2.0.1") },
    { name: "again", targets: "all", image: image("2.0.0") },
  ] as const satisfies RunPlan["jobs"];
  const cohorts = [
    { name: "homes", from: 0, until: 5, runs: [image("1.4.2")] },
    { name: "field", from: 5, until: 8, runs: [image("1.5.0"), image("2.0.0")], runsOf: Uint16Array.of(0, 1, 0) },
    { name: "unknown", from: 8, until: 9 },
  ];

  // One on each of the three jobs' images, one that fell back, one that was bricked, four that nobody asked.
  const state = stateOf(planOf(9, { jobs, cohorts }), [
    node(0).add("booted", 0, 0),
    node(1).add("booted", 0, 0).after(1e6).add("booted", 0, 1),
    node(2).add("booted", 0, 2),
    node(3).add("booted", 1, 0).after(1e6).add("rolled back", 0, 0),
    node(4).add("booted", 0, 1).after(1e6).add("bricked"),
  ]);

  expect(firmwareResult(state)).toEqual({
    images: [
      { ...image("2.0.0"), jobs: ["release", "again"], nodes: 3 },
      { ...image("2.0.1"), jobs: ["hotfix"], nodes: 1 },
      { ...image("1.5.0"), jobs: [], nodes: 2 },
      { ...image("1.4.2"), jobs: [], nodes: 1 },
    ],
    others: 1,
    bricked: 1,
  });
});

test("of many versions from before the twenty with the most nodes are told, the others together", () => {
  const runs = Array.from({ length: 25 }, (_, version) => image(`1.${version}`));
  const runsOf = Uint16Array.from({ length: 100 }, (_, row) => (row < 25 ? row : 24));
  const cohorts = [{ name: "field", from: 0, until: 100, runs, runsOf }];

  const { images, others } = firmwareResult(stateOf(planOf(100, { jobs: [], cohorts }), []));

  expect(images).toHaveLength(20);
  expect(images[0]).toEqual({ ...image("1.24"), jobs: [], nodes: 76 });
  expect(others).toBe(5);
});

test("jobs of which nobody says what they install stand for themselves", () => {
  const jobs = [
    { name: "one", targets: "all" },
    { name: "other", targets: "all" },
  ] as const satisfies RunPlan["jobs"];

  const { images } = firmwareResult(stateOf(planOf(1, { jobs }), [node(0).add("booted", 0, 1)]));

  expect(images.map((each) => [each.jobs, each.nodes])).toEqual([
    [["one"], 0],
    [["other"], 1],
  ]);
});

function node(index: number): NodeHistory {
  return new NodeHistory(index);
}

function stateOf(plan: RunPlan, histories: readonly NodeHistory[]): RunState {
  return reduce(plan, [JOB_CREATED, ...histories.flatMap(({ records }) => records)]);
}
