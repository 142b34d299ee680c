import { expect, test } from "vitest";
import { ADAPTERS } from "../../src/adapters/adapters.ts";
import { printScenario } from "../../src/scenario/printed-scenario.ts";
import { readScenario } from "../../src/scenario/read-scenario.ts";
import { resolveScenario } from "../../src/scenario/resolve-scenario.ts";
import { mistakesIn, scenarioText } from "./reading.ts";

const NOW_MS = Date.UTC(2026, 9, 24, 22, 30, 5, 700);
const NOW_TEXT = scenarioText({ clock: "{ start: now }" });
const FOREIGN = "backend: { url: [mqtt://127.0.0.1:1, http://127.0.0.1:2] }";

test("clock.start: now is the moment of reading, in whole seconds, and an instant from then on", () => {
  const { scenario } = read(NOW_TEXT, NOW_MS);

  expect(scenario.clock.startUtcMs).toBe(Date.UTC(2026, 9, 24, 22, 30, 5));
  expect(printScenario(scenario)).toContain("start: 2026-10-24T22:30:05Z");
});

test("--set clock.start=now takes the place of a date, and what is checked against the start goes by it", () => {
  const job = "name: spring, validity: { until: 2026-10-24T22:00:00Z }";
  const options = { adapters: ADAPTERS, nowMs: NOW_MS, overrides: { set: ["clock.start=now"] } };

  expect(() => readScenario(scenarioText({ job }), "s.yaml", options)).toThrow(
    /jobs\[0\]\.validity\.until .* must be later than clock\.start, 2026-10-24T22:30:05Z/,
  );
});

test("now is refused where the reader is not told the time, as are words like it", () => {
  expect(mistakesIn(NOW_TEXT)).toEqual([
    expect.stringMatching(/clock\.start is "now" \| must be an instant .*, or "now"/),
  ]);
  for (const word of ["Now", "now ", "today"]) {
    expect(() => read(scenarioText({ clock: `{ start: "${word}" }` }), NOW_MS)).toThrow(/clock\.start .* or "now"/);
  }
});

test.each([
  ["a day away", "2026-10-23T22:30:00Z", FOREIGN, 1],
  ["an hour and a second away", "2026-10-24T23:30:06Z", FOREIGN, 1],
  ["less than an hour away", "2026-10-24T23:30:00Z", FOREIGN, 0],
  ["now", "now", FOREIGN, 0],
  ["a day away, for the embedded backend", "2026-10-23T22:30:00Z", "seed: 1", 0],
  [
    "a day away, and the speed was accepted too",
    "2026-10-23T22:30:00Z",
    FOREIGN.replace(" }", ", allowSpeed: true }"),
    0,
  ],
])("a start that is %s is warned of where the backend lives in real time", (_name, start, more, count) => {
  const { warnings } = read(scenarioText({ clock: `{ start: ${start} }`, more }), NOW_MS);

  const told = warnings.filter(({ field }) => field === "clock.start");
  expect(told).toHaveLength(count);
  if (count > 0) expect(told[0]?.expected).toContain("--set clock.start=now");
});

function read(text: string, nowMs: number) {
  return resolveScenario(readScenario(text, "s.yaml", { adapters: ADAPTERS, nowMs }));
}
