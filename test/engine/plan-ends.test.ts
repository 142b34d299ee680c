import { expect, test } from "vitest";
import { HOUR_US } from "../../src/base/instant.ts";
import { planScenario } from "../../src/engine/virtual-run.ts";
import type { RunResult } from "../../src/measure/run-result.ts";
import { RUN_RESULT } from "../../src/measure/result-schema.ts";
import { madeImage } from "../../src/engine/made-image.ts";
import { smallScenario, watching } from "./small-runs.ts";

/** Of the homes a third is away at any time, for five days on average. */
const AWAY = ["fleet.cohorts.homes.offline={ spells: 0.1/d, last: { exponential: { mean: 5d } } }", "end.after=4d"];

test("a plan that ends by `settled` says who was away, who of them would have come, and that its end is chance", async () => {
  const result = await planned("end.when=settled", ...AWAY);

  const { end, populations, clock, remarks } = result;
  expect(end).toMatchObject({ rule: "settled", by: "settled", latestAtUs: 96 * HOUR_US });
  expect(end.unseen).toBe(populations.targeted - populations.reachable);
  expect(end.unseen).toBeGreaterThan(3);
  expect(end.dueBack?.targets).toBeGreaterThan(3);
  expect(end.dueBack?.firstAtUs).toBeGreaterThan(clock.endedAtUs);
  expect(end.dueBack?.lastAtUs).toBeLessThanOrEqual(96 * HOUR_US);
  expect(remarks).toEqual([expect.stringMatching(/^It ended after \d+ us, .*never seen: \d+ of them come back by/)]);
  expect(RUN_RESULT.safeParse(result).success).toBe(true);
});

test("of those who would have come, each comes where the plan ends by `time`", async () => {
  const settled = await planned("end.when=settled", ...AWAY);
  const result = await planned("end.when=time", ...AWAY);

  expect(result.clock.endedAtUs).toBe(96 * HOUR_US);
  expect(result.end).toMatchObject({ rule: "time", by: "time" });
  expect(result.remarks).toEqual([]);
  expect(settled.end.unseen - result.end.unseen).toBe(settled.end.dueBack?.targets);
  expect(result.outcomes.success).toBeGreaterThan(settled.outcomes.success);
});

test("a plan in which all were seen ends by `settled`, and nothing of it is chance", async () => {
  const result = await planned("end.when=settled");

  expect(result.end).toEqual({
    rule: "settled",
    by: "settled",
    latestAtUs: 12 * HOUR_US,
    unseen: 0,
    dueBack: { targets: 0, firstAtUs: null, lastAtUs: null },
  });
  expect(result.remarks).toEqual([]);
});

test("who comes back behind a job's validity, or after its cancel, is not waited for", async () => {
  const until = await planned(...AWAY, "jobs=[{ name: spring, validity: { until: 2026-03-10T13:00:00Z } }]");
  const cancelled = await planned(...AWAY, "jobs=[{ name: spring, cancel: 1h }]");

  expect(until.end.unseen).toBeGreaterThan(3);
  expect(until.end.dueBack?.targets).toBe(0);
  expect(cancelled.end.dueBack?.targets).toBe(0);
});

async function planned(...set: readonly string[]): Promise<RunResult> {
  const scenario = smallScenario(...set);
  const parts = { scenario, imageBytes: madeImage(scenario), jobImages: new Map<string, Uint8Array>(), command: "" };
  const { result } = await planScenario({ ...parts, outDir: undefined, trace: undefined }, watching());
  return result;
}
