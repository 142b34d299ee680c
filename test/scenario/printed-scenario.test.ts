import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { printScenario } from "../../src/scenario/printed-scenario.ts";
import { scenarioOf, scenarioText } from "./reading.ts";

test.each([
  ["the shipped one", readFileSync(new URL("../../scenarios/first-rollout.yaml", import.meta.url), "utf8")],
  ["a small one", scenarioText()],
  [
    "one with every law",
    scenarioText({
      cohort:
        "name: a, autofetch: { every: 4h, phase: 1h, jitter: 5m }, boot: { uniform: { min: 1s, max: 2s } }, flash: { write: { normal: { mean: 70KB/s, sd: 5KB/s } } }, offline: { spells: 1/h, last: { exponential: { mean: 90s } } }, faults: { boot-loop: 0.7% }",
    }),
  ],
  [
    "one with a whole job",
    scenarioText({
      cohort:
        "name: a, runs: { version: '1.10', generation: { rainmaker-1.16: 8, rainmaker-1.5.7: 2 } }, offline: none",
      job: "name: j, trigger: force-push, window: 22:00-04:30, validity: { from: 2026-03-10T13:00:00Z }, metadata: { a: [1, null, { b: 'no' }] }, priority: 3, targets: { where: { version: '1.10' } }",
      more: "selftest: { worker-dies: 10s, loop-blocked: { at: 250ms, for: 3s } }",
    }),
  ],
  [
    "one with several jobs, groups, checks and users",
    scenarioText({
      cohort:
        "name: a, autofetch: { every: 6h }, runs: { type: heating, checks: { version: false } } }]\n  groups: [{ name: low, nodes: [1, '3-5'] }, { name: top, cohorts: [a], groups: [low]",
      job: "name: j, targets: { groups: [top] }, timeout: 2d, starts: 1h30m, cancel: 5h }, { name: k, image: { make: { version: 3.0.0 } }, targets: { dynamic: { type: heating, version: 2.0.0 } } }, { name: l, trigger: user-approved } , { name: m, image: { make: { version: 4.0.0 } }, trigger: { user-approved: { share: 12.5%, delay: { exponential: { mean: 3h } }, forgetful: 1%, reminder: 2d } }",
      more: "backend: { strict: documents }",
    }),
  ],
  [
    "one with defects of images, and hardware that they strike",
    scenarioText({
      cohort: "name: a, autofetch: { every: 6h }, runs: { hardware: { rev-a: 7, rev-b: 3 } }",
      job: "name: j, image: { make: { version: 2.0.1, defects: [{ fault: boot-loop, hardware: rev-b, share: 12.5%, after: 14d }, { fault: brick }] } } }, { name: k",
    }),
  ],
  ["one for some nodes", scenarioText({ job: 'name: j, targets: { nodes: [3, "5-9"] }' })],
  [
    "one with a foreign broker",
    scenarioText({
      more: "backend: { broker: { url: mqtts://127.0.0.1:8883, ca: certs/ca.pem, username: otafleet } }",
    }),
  ],
  [
    "one against a backend elsewhere",
    scenarioText({
      clock: "{ start: 2026-03-10T12:00:00Z, speed: 2.5 }",
      more: "backend: { url: [mqtts://broker.example, https://api.example], allowSpeed: true }",
    }),
  ],
])("a printed scenario reads as the same scenario: %s", (_, text) => {
  const scenario = scenarioOf(text);

  expect(scenarioOf(printScenario(scenario))).toEqual(scenario);
});

test("a printed scenario has every default, with its unit", () => {
  const printed = printScenario(scenarioOf(scenarioText()));

  expect(printed).toContain("urlLife: 1d");
  expect(printed).toContain("p50: 50KB/s");
  expect(printed).toContain("generation: rainmaker-1.16");
  expect(printed).not.toContain("undefined");
});
