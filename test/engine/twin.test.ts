import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ADAPTERS } from "../../src/adapters/adapters.ts";
import { calibrateRun } from "../../src/engine/calibrate-run.ts";
import { compareFolders } from "../../src/engine/compare-folders.ts";
import { madeImage } from "../../src/engine/made-image.ts";
import { modelText } from "../../src/engine/model-text.ts";
import { planScenario } from "../../src/engine/virtual-run.ts";
import type { RunResult } from "../../src/measure/run-result.ts";
import { isRaceFree } from "../../src/scenario/race-free.ts";
import { readScenario } from "../../src/scenario/read-scenario.ts";
import { resolveScenario } from "../../src/scenario/resolve-scenario.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { freshPath, smallRun, stableColumns, watching } from "./small-runs.ts";

const FILE = fileURLToPath(new URL("../twin/six-zones.yaml", import.meta.url));

/** The scenario of `npm run twin` with fewer nodes, ten times as fast, from fifty minutes before its last window on. */
const SMALL = [
  "nodes=100",
  "clock={start: 2026-03-10T19:20:00Z, speed: 450}",
  "fleet.cohorts.homes.autofetch.every=40m",
  "fleet.connect.over=500ms",
];

test("a plan that its live run calibrated ends as the run did, node by node, and half and 95 % as soon", async ({
  skip,
}) => {
  const scenario = scenarioOf();
  expect(isRaceFree(scenario)).toEqual({ raceFree: true, reasons: [], secondOffers: [] });
  const live = await smallRun(scenario, { workers: 1 });
  // Nothing can be held against a run that says itself that it measured the machine.
  skip(live.result.verdict === "invalid", live.result.reasons[0]);
  const model = modelText(await calibrateRun(live.folder));
  const outDir = freshPath();
  const planned = scenarioOf(model);
  await planScenario({ scenario: planned, imageBytes: madeImage(planned), outDir }, watching());

  const comparison = await compareFolders(outDir, live.folder, [
    { on: "outcomes", share: 0 },
    { on: "completion", share: 0.05 + latenessOf(live.result) },
  ]);

  expect(comparison.reasons).toEqual([]);
  expect(comparison.scenario.isSame).toBe(true);
  expect(comparison.outcomes.find(({ name }) => name === "rolledBack")?.first).toBeGreaterThan(0);
  const [planCsv, liveCsv] = [outDir, live.folder].map((folder) => readFileSync(join(folder, "nodes.csv"), "utf8"));
  expect(stableColumns(planCsv ?? "")).toEqual(stableColumns(liveCsv ?? ""));
});

/** What a busy machine may have added, as a share of half of all completion: at this speed a second is seven minutes. */
function latenessOf({ generator, clock, metrics }: RunResult): number {
  const worstMs = Math.max(...generator.workers.map(({ loopDelayMaxMs }) => loopDelayMaxMs));
  return (2 * worstMs * 1_000 * clock.speed) / Number(metrics["completion"]?.p50);
}

/** @param model the block `model:` as YAML; "" = none */
function scenarioOf(model = ""): Scenario {
  const overrides = { set: SMALL, ...(model === "" ? {} : { model: { file: "model.yaml", text: model } }) };
  return resolveScenario(readScenario(readFileSync(FILE, "utf8"), FILE, { adapters: ADAPTERS, overrides })).scenario;
}
