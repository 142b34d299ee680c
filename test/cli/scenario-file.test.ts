import { expect, test, vi } from "vitest";
import { loadScenario } from "../../src/cli/scenario-file.ts";
import { SMALL_SCENARIO, temporaryFolder, written } from "./otafleet.ts";

const small = written(temporaryFolder(), "small.yaml", SMALL_SCENARIO);

test("all combinations of a sweep begin at one moment, however long it takes to read them", () => {
  const now = vi.spyOn(Date, "now");
  try {
    const starts = [0, 3_600_000].map((ms) => {
      now.mockReturnValue(Date.UTC(2026, 9, 24) + ms);
      return loadScenario(small, { set: ["clock.start=now"] }).scenario.clock.startUtcMs;
    });

    expect(starts[1]).toBe(starts[0]);
  } finally {
    now.mockRestore();
  }
});

test("a scenario that begins now begins at the moment that is given, and says so; another one has none", () => {
  const nowMs = Date.UTC(2026, 9, 24, 3, 0, 0, 250);
  const begun = loadScenario(small, { nowMs, set: ["clock.start=now"] });

  expect([begun.nowMs, begun.scenario.clock.startUtcMs]).toEqual([nowMs, Date.UTC(2026, 9, 24, 3)]);
  expect(loadScenario(small, { nowMs }).nowMs).toBeUndefined();
});
