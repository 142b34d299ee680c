import { expect, test } from "vitest";
import { downloadsAtOnceMax } from "../../src/scenario/download-crowd.ts";
import { scenarioOf, scenarioText } from "./reading.ts";

const NODES = "nodes: 1000";

test("nodes that ask one by one crowd as many as ask within a minute of wall time", () => {
  expect(crowdOf({ cohort: "name: a, autofetch: { every: 2m }" })).toBe(500);
  expect(crowdOf({ cohort: "name: a, autofetch: { every: 2m, phase: even }" })).toBe(500);
  expect(crowdOf({ cohort: "name: a, autofetch: { every: 1m }" })).toBe(1_000);
});

test("a compressed clock lets more of them ask in that minute", () => {
  const clock = "{ start: 2026-03-10T12:00:00Z, speed: 60 }";

  expect(crowdOf({ clock, cohort: "name: a, autofetch: { every: 4h }" })).toBe(250);
});

test("all targets crowd where something lets them start together", () => {
  const cohort = "name: a, autofetch: { every: 2m }";

  expect(crowdOf({ cohort, job: "name: j, trigger: force-push" })).toBe(1_000);
  expect(crowdOf({ cohort, job: "name: j, window: 02:00-04:30" })).toBe(1_000);
  expect(crowdOf({ cohort: "name: a, autofetch: { every: 2m, phase: 10s }" })).toBe(1_000);
});

test("only targets download", () => {
  const cohort = "name: a, autofetch: { every: 2m, phase: 10s }";

  expect(crowdOf({ cohort, job: 'name: j, targets: { nodes: ["0-99"] }' })).toBe(100);
});

function crowdOf(parts: Parameters<typeof scenarioText>[0]): number {
  return downloadsAtOnceMax(scenarioOf(scenarioText({ more: NODES, ...parts })));
}
