/** Every scenario that ships: planned whole, its answer looked at, and run on real sockets at a small size. */
import { readdirSync } from "node:fs";
import { Temporal } from "temporal-polyfill";
import { describe, expect, test } from "vitest";
import { loadScenario } from "../../src/cli/scenario-file.ts";
import { planScenario } from "../../src/engine/virtual-run.ts";
import type { RunResult } from "../../src/measure/run-result.ts";
import { fileOf, freshPath, smallRun, watching } from "./small-runs.ts";

const FOLDER = new URL("../../scenarios/", import.meta.url).pathname;

/** How each is made small enough to be run live in some seconds: nodes, and a faster clock or a shorter wait. */
const LIVE: Readonly<Record<string, { readonly nodes: number; readonly set: readonly string[] }>> = {
  "boot-loops.yaml": { nodes: 40, set: ["clock.speed=2400"] },
  "first-rollout.yaml": { nodes: 40, set: ["clock.speed=7200"] },
  "load-10k.yaml": { nodes: 40, set: ["clock.speed=60"] },
  "night-across-dst.yaml": { nodes: 30, set: ["clock.speed=43200"] },
  "old-firmware.yaml": { nodes: 30, set: ["clock.speed=43200"] },
  "push-8k.yaml": { nodes: 40, set: ["clock.speed=60"] },
  "short-lived-url.yaml": { nodes: 30, set: ["clock.speed=2400"] },
};

/** What a clock that runs so fast does to the measurement of single steps, or a fault that hits none of so few nodes. */
const OF_SMALL_AND_FAST =
  /compressed too hard|is invalid: |cannot pass: |too few samples|never fired|^The generator was the limit/;

const shipped = readdirSync(FOLDER).filter((name) => name.endsWith(".yaml"));

test("every scenario that ships is tried here", () => {
  expect(shipped).toEqual(Object.keys(LIVE));
});

describe.each(shipped)("%s", (name) => {
  test("says which question it answers, and passes when it is planned", async () => {
    const { result } = await planned(name);

    expect(result.scenario.about).toMatch(/\?$/);
    expect(result.thresholds.length).toBeGreaterThan(0);
    expect(result).toMatchObject({ verdict: "passed", reasons: [] });
  });

  test("goes the same way on real sockets", async () => {
    const { nodes, set } = LIVE[name]!;
    const overrides = { nodes: String(nodes), set: ["fleet.connect.over=200ms", ...set] };
    const { scenario } = loadScenario(FOLDER + name, overrides);

    const { result } = await smallRun(scenario);

    expect(result.verdict).not.toBe("incomplete");
    expect(result.reasons.filter((reason) => !OF_SMALL_AND_FAST.test(reason))).toEqual([]);
    expect(result.laws.filter(({ verdict }) => verdict === "broken")).toEqual([]);
    expect(result.truth.falseSuccess).toBe(0);
    expect(result.outcomes.success).toBeGreaterThan(result.outcomes.targeted * 0.8);
  });
});

test("across a change of the clocks, every start lies within the window of the node's own day", async () => {
  const { rows } = await planned("night-across-dst.yaml");

  const starts = rows.map(({ zone, downloadStartedAtUs }) => {
    const at = Temporal.Instant.from("2026-03-28T18:00:00Z").add({ microseconds: Number(downloadStartedAtUs) });
    return at.toZonedDateTimeISO(zone!).toPlainTime().toString({ smallestUnit: "minute" });
  });
  expect(starts).toHaveLength(1_200);
  expect(starts.filter((time) => time < "02:00" || time > "04:30")).toEqual([]);
});

test("old firmware asks 172 times as often, and nearly all questions are its", async () => {
  const { result, rows } = await planned("old-firmware.yaml");

  const old = rows.filter(({ generation }) => generation === "rainmaker-1.12.7");
  const { fetches, bucketUs } = result.timelines;
  const inFirst10Minutes = fetches.slice(0, 600_000_000 / bucketUs).reduce((sum, count) => sum + count, 0);
  const inLastHour = fetches.slice(-3_600_000_000 / bucketUs).reduce((sum, count) => sum + count, 0);
  const others = rows.length - old.length;
  // Each of them asks once in 501 s, so at least once in ten minutes; of the others, one in 144 does.
  expect(old.length).toBeGreaterThan(60);
  expect(inFirst10Minutes).toBeGreaterThanOrEqual(old.length);
  expect(inFirst10Minutes).toBeLessThan(old.length * 2.5);
  expect(inLastHour / old.length).toBeGreaterThan(6);
  expect(inLastHour).toBeLessThan(old.length * 7.5 + others * 0.2);
});

test("a node that boot-loops is rolled back and rejected, and no other is", async () => {
  const { result, rows } = await planned("boot-loops.yaml");

  const faulty = rows.filter(({ faultsDrawn }) => faultsDrawn !== "");
  expect(faulty.length).toBeGreaterThan(20);
  expect(faulty.map(({ outcome, belief }) => `${outcome} ${belief}`)).toEqual(faulty.map(() => "rolledBack rejected"));
  expect(result.outcomes.rolledBack).toBe(faulty.length);
});

interface Planned {
  readonly result: RunResult;
  readonly rows: readonly Readonly<Record<string, string>>[];
}

const plans = new Map<string, Promise<Planned>>();

/** A shipped scenario as it is, in virtual time; each is planned once. */
function planned(name: string): Promise<Planned> {
  const known = plans.get(name) ?? plan(name);
  plans.set(name, known);
  return known;
}

async function plan(name: string): Promise<Planned> {
  const { scenario, imageBytes } = loadScenario(FOLDER + name, {});
  const { result, folder } = await planScenario({ scenario, imageBytes, outDir: freshPath() }, watching());
  const [head = "", ...lines] = fileOf({ folder: folder! }, "nodes.csv").trimEnd().split("\r\n");
  const headers = head.split(",");
  const rows = lines.map((line) => Object.fromEntries(line.split(",").map((cell, at) => [headers[at]!, cell])));
  return { result, rows };
}
