/** Small fleets on real sockets, as fast as they honestly go: a run takes two or three seconds. */
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ADAPTERS } from "../../src/adapters/adapters.ts";
import { madeImage } from "../../src/engine/made-image.ts";
import type { LiveView, RunEnd, RunOptions, RunWatcher } from "../../src/engine/run-options.ts";
import { runScenario } from "../../src/engine/run.ts";
import type { RunResult } from "../../src/measure/run-result.ts";
import { resultText } from "../../src/report/json-report.ts";
import { STABLE_COLUMNS } from "../../src/report/nodes-csv.ts";
import { readScenario } from "../../src/scenario/read-scenario.ts";
import { resolveScenario } from "../../src/scenario/resolve-scenario.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";

const TEXT = `
name: small
clock: { start: 2026-03-10T12:00:00Z, speed: 3600 }
image: { make: { chip: esp32c3, project: thermostat, version: 2.0.0, size: 16KiB } }
nodes: 40
fleet:
  connect: { over: 200ms }
  cohorts:
    - name: homes
      nodes: 75%
      runs: { project: thermostat, version: 1.4.2 }
      zones: { Europe/Berlin: 1, Asia/Kolkata: 1 }
      offline: none
      autofetch: { every: 20m }
    - { name: workshops, nodes: 25%, like: homes, faults: { boot-loop: 20% } }
jobs:
  - { name: spring }
end: { when: settled, after: 12h }
`;

/** The small scenario, changed as on the command line: `fleet.begins=booting`. */
export function smallScenario(...set: readonly string[]): Scenario {
  return resolveScenario(readScenario(TEXT, "small.yaml", { adapters: ADAPTERS, overrides: { set } })).scenario;
}

const top = mkdtempSync(join(tmpdir(), "otafleet-engine-"));
let folders = 0;

/** A path where nothing is yet, taken away after the tests. */
export function freshPath(): string {
  return join(top, `run-${folders++}`);
}

/** Watches nothing, or calls `onProgress`. */
export function watching(onProgress: (live: LiveView) => void = () => {}): RunWatcher {
  return { onPhase: () => {}, onProgress };
}

/** A run that has ended, and has a folder. */
export type SmallEnd = RunEnd & { readonly folder: string };

/** A run in a folder of its own, with one worker where a test does not ask for more: a thread costs half a second. */
export function smallRun(
  scenario: Scenario,
  options: Partial<RunOptions> = {},
  watcher = watching(),
): Promise<SmallEnd> {
  const parts = { scenario, imageBytes: madeImage(scenario), outDir: freshPath(), workers: 1 };
  const run = runScenario({ ...parts, ...options }, watcher);
  return run as Promise<SmallEnd>;
}

/** How much slower the clock of a run is that is tried once more, and then again. */
const SLOWER = [1, 2, 4];

/**
 * A run whose outcome a busy machine can change, as it puts its own milliseconds into a compressed clock as minutes:
 * where `missesOf` finds something, it is said, and tried again at a slower clock. What no machine can excuse ends it at
 * once: an incomplete run, a broken law, a false success. Answers the last run, for the test to judge.
 */
export async function steadyRun(scenario: Scenario, missesOf: (end: SmallEnd) => readonly string[]): Promise<SmallEnd> {
  for (let attempt = 0; ; attempt++) {
    const clock = { ...scenario.clock, speed: scenario.clock.speed / (SLOWER[attempt] ?? 1) };
    const end = await smallRun({ ...scenario, clock });
    const { verdict, truth } = end.result;
    const isInexcusable = verdict === "incomplete" || brokenLaws(end.result).length > 0 || truth.falseSuccess > 0;
    const misses = missesOf(end);
    if (isInexcusable || misses.length === 0 || attempt === SLOWER.length - 1) return end;
    process.stderr.write(`${scenario.name} at ${clock.speed} times real time, now slower: ${misses.join("; ")}\n`);
  }
}

/** A file of a run's folder. */
export function fileOf({ folder }: { readonly folder: string }, name: string): string {
  return readFileSync(join(folder, name), "utf8");
}

/** A result as `result.json` has it. */
export function jsonOf(result: RunResult): string {
  return resultText(result);
}

/** The columns of nodes.csv that seed and scenario alone decide, where a scenario is race-free. */
export function stableColumns(csv: string): readonly string[] {
  return csv.split("\r\n").map((line) => line.split(",").slice(0, STABLE_COLUMNS.length).join(","));
}

/** Ids of laws that are broken. */
export function brokenLaws({ laws }: RunResult): readonly string[] {
  return laws.filter(({ verdict }) => verdict === "broken").map(({ id, detail }) => `${id} ${detail}`);
}
