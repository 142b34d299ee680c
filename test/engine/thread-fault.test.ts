import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { PlanPool } from "../../src/engine/sweep/plan-pool.ts";
import { THREAD_FAULTS } from "../../src/engine/thread-fault.ts";
import { smallScenario } from "./small-runs.ts";

test(
  "what a thread throws is told with its place in a module, where that is asked for",
  { timeout: 60_000 },
  async () => {
    const faults: unknown[] = [];
    const hear = (fault: unknown): void => void faults.push(fault);
    subscribe(THREAD_FAULTS, hear);
    const before = process.sourceMapsEnabled;
    process.setSourceMapsEnabled(true);
    const pool = new PlanPool(1, undefined);

    // A figure that nobody has read: the thread finds an invariant broken.
    const task = {
      scenario: smallScenario("nodes=1"),
      imageBytes: undefined,
      jobImages: new Map(),
      figures: ["nonsense"],
    };
    const run = await pool.plan(task);

    await pool.close();
    process.setSourceMapsEnabled(before);
    unsubscribe(THREAD_FAULTS, hear);
    expect(run).toEqual({
      seed: 1,
      missingBecause: "its thread ended before it did: the figure nonsense was read before the sweep began",
    });
    expect(faults).toHaveLength(1);
    const places = [...((faults[0] as Error).stack ?? "").matchAll(/\(?(?:file:\/\/)?(\/.*\/dist\/.*\.js):\d+:\d+/g)];
    expect(places.length).toBeGreaterThan(1);
    expect(
      places.map(([, path = ""]) => path).filter((path) => path.includes("/bundle/") || !existsSync(path)),
    ).toEqual([]);
  },
);

test("plans of a pool that is closed are missing as of a sweep that was stopped, and no thread's fault", async () => {
  const faults: unknown[] = [];
  const hear = (fault: unknown): void => void faults.push(fault);
  subscribe(THREAD_FAULTS, hear);
  const pool = new PlanPool(1, undefined);
  const task = { scenario: smallScenario("nodes=1"), imageBytes: undefined, jobImages: new Map(), figures: [] };
  const plans = [pool.plan(task), pool.plan(task), pool.plan(task)];

  await pool.close();

  const missing = { seed: 1, missingBecause: "the sweep was stopped" };
  expect(await Promise.all(plans)).toEqual([missing, missing, missing]);
  unsubscribe(THREAD_FAULTS, hear);
  expect(faults).toEqual([]);
});
