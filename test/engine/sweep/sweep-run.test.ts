import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { UserError } from "../../../src/base/user-error.ts";
import { nowOfFinishedIn } from "../../../src/engine/sweep/finished-plans.ts";
import { nowOfPlansIn } from "../../../src/engine/sweep/plan-log-file.ts";
import { rewritePlans } from "../../../src/engine/sweep/plans-folder.ts";
import { workersForPlans } from "../../../src/engine/sweep/plan-pool.ts";
import { planSweep, type SweepOptions } from "../../../src/engine/sweep/sweep-run.ts";
import { madeImage } from "../../../src/engine/made-image.ts";
import { planScenario } from "../../../src/engine/virtual-run.ts";
import type { SweepResult } from "../../../src/measure/sweep-result.ts";
import { SWEEP, sweepJsonSchema } from "../../../src/measure/sweep-schema.ts";
import { combinationsOf, type Knob, parseKnobs } from "../../../src/scenario/knob.ts";
import { freshPath, smallScenario, watching } from "../small-runs.ts";

/** Threads start slowly on a busy machine. */
const PLENTY = { timeout: 120_000 };

const FIGURES = ["peak.fetches", "completion.p(95)", "outcome.rolledBack.count", "cost"];

test(
  "a sweep plans each point as a single plan would, with the same bytes for one worker and for two",
  PLENTY,
  async () => {
    const knobs = ["autofetch.every=20m,2h", "fleet.cohorts.workshops.faults.boot-loop=0%,100%"];
    const [one, two] = [freshPath(), freshPath()];
    const scenario = smallScenario("autofetch.every=2h", "fleet.cohorts.workshops.faults.boot-loop=100%", "seed=2");

    const { result } = await swept(knobs, { seeds: 2, workers: 1, outDir: one });
    await swept(knobs, { seeds: 2, workers: 2, outDir: two });
    const single = await planScenario({ scenario, imageBytes: madeImage(scenario) }, watching());

    expect(result.points.map(({ values, runs }) => [...values, ...runs.map(({ seed }) => seed)])).toEqual([
      ["20m", "0%", 1, 2],
      ["20m", "100%", 1, 2],
      ["2h", "0%", 1, 2],
      ["2h", "100%", 1, 2],
    ]);
    const [, , rolledBack, cost] = result.points[3]?.runs[1]?.figures ?? [];
    expect([rolledBack, cost]).toEqual([10, single.result.cost?.total]);
    expect(single.result.outcomes.rolledBack).toBe(10);
    expect(result.points[3]?.figures[2]).toEqual({ least: 10, median: 10, doneAtEnd: null, most: 10, from: 2, of: 2 });
    expect(readdirSync(one).sort()).toEqual(["sweep.csv", "sweep.html", "sweep.json"]);
    for (const name of readdirSync(one))
      expect(readFileSync(join(two, name), "utf8"), name).toBe(readFileSync(join(one, name), "utf8"));
    const json: unknown = JSON.parse(readFileSync(join(one, "sweep.json"), "utf8"));
    expect(new Ajv2020({ strict: false }).compile(sweepJsonSchema())(json)).toBe(true);
    expect(SWEEP.parse(json)).toEqual(json);
  },
);

test(
  "a worker that dies takes one plan with it: the others are there, and the missing one is named",
  PLENTY,
  async () => {
    const { result } = await swept(["selftest={},{worker-dies: 1s}"], { seeds: 1, workers: 1 });

    expect(result.verdict).toBe("incomplete");
    expect(result.points.map(({ verdict, runs }) => [verdict, runs.length])).toEqual([
      ["passed", 1],
      ["incomplete", 0],
    ]);
    expect(result.missing).toEqual([
      { values: ["{worker-dies: 1s}"], seed: 1, because: expect.stringContaining("its thread ended before it did") },
    ]);
    expect(result.reasons[0]).toMatch(/^1 plan is missing: /);
  },
);

test("a sweep that is stopped keeps what is done and names every plan that is missing", PLENTY, async () => {
  const stop = new AbortController();
  const stopAtFirst = (done: number): void => {
    if (done === 1) stop.abort("stopped by Ctrl-C");
  };

  const { result, folder } = await swept(
    ["autofetch.every=20m,1h,2h,3h"],
    { seeds: 1, workers: 1, signal: stop.signal },
    stopAtFirst,
  );

  expect(result.verdict).toBe("incomplete");
  expect(result.reasons[0]).toBe("The sweep was stopped before its end: stopped by Ctrl-C.");
  const there = result.points.filter(({ runs }) => runs.length === 1).length;
  expect(there).toBeGreaterThan(0);
  expect(result.missing.length).toBe(4 - there);
  expect(result.missing.length).toBeGreaterThan(0);
  expect(readFileSync(join(folder, "sweep.csv"), "utf8")).toContain(",missing,");
  expect(readFileSync(join(folder, "sweep.html"), "utf8")).toContain("Missing");
});

test(
  "a sweep that was stopped is gone on from by the same command, to the same bytes as in one go",
  PLENTY,
  async () => {
    const knobs = ["autofetch.every=20m,2h,3h"];
    const [whole, stopped] = [freshPath(), freshPath()];
    const stop = new AbortController();
    const stopAtFirst = (done: number): void => {
      if (done === 1) stop.abort("stopped by Ctrl-C");
    };
    const goOn = (changes: Partial<SweepOptions> = {}) => swept(knobs, { workers: 1, outDir: stopped, ...changes });

    const first = await swept(knobs, { workers: 1, outDir: stopped, signal: stop.signal }, stopAtFirst);
    await expect(goOn({ seeds: 2 })).rejects.toThrow(
      /has the plans of another sweep in it \(seeds: 1 to 1 there, 1 to 2 here\); name a folder that is new/,
    );
    await expect(goOn({ points: pointsOf(parseKnobs(knobs), "end.after=13h") })).rejects.toThrow(
      "(the scenario or its images have changed since)",
    );
    const log = join(stopped, "plans.jsonl");
    expect(readFileSync(log, "utf8").split("\n").length).toBeGreaterThanOrEqual(3);
    // Torn by a process that was killed while it wrote.
    appendFileSync(log, '{"values":["2h"],"run":{"se');
    let plannedAnew = 0;
    const second = await swept(knobs, { workers: 1, outDir: stopped }, (done, all) => (plannedAnew = all - done));
    await swept(knobs, { workers: 1, outDir: whole });

    expect([first.canGoOn, second.canGoOn]).toEqual([true, false]);
    expect(plannedAnew).toBe(0);
    expect(readdirSync(stopped).sort()).toEqual(["sweep.csv", "sweep.html", "sweep.json"]);
    for (const name of readdirSync(whole))
      expect(readFileSync(join(stopped, name), "utf8"), name).toBe(readFileSync(join(whole, name), "utf8"));

    const bytes = readFileSync(join(stopped, "sweep.json"), "utf8");
    rmSync(join(stopped, "sweep.html"));
    let planned = 0;
    const third = await swept(knobs, { workers: 1, outDir: stopped }, () => (planned += 1));
    expect([third.wasOver, third.canGoOn, planned, third.result]).toEqual([true, false, 0, JSON.parse(bytes)]);
    expect(readFileSync(join(stopped, "sweep.json"), "utf8")).toBe(bytes);
    expect(readdirSync(stopped).sort()).toEqual(["sweep.csv", "sweep.html", "sweep.json"]);
    await expect(swept(["autofetch.every=20m,3h"], { outDir: stopped })).rejects.toThrow(
      "has the plans of another sweep in it (--sweep: autofetch.every=20m,2h,3h there, autofetch.every=20m,3h here)",
    );
  },
);

test("what now means is kept in the folder, and another moment is another sweep", PLENTY, async () => {
  const outDir = freshPath();
  const nowMs = Date.UTC(2026, 9, 24);
  await swept(["nodes=10"], { outDir, nowMs, signal: AbortSignal.abort("stopped by Ctrl-C") });

  expect(nowOfPlansIn(outDir)).toBe(nowMs);
  await expect(swept(["nodes=10"], { outDir, nowMs: nowMs + 1_000 })).rejects.toThrow(
    "the plans of another sweep in it (now: 2026-10-24T00:00:00.000Z there, 2026-10-24T00:00:01.000Z here)",
  );
  await swept(["nodes=10"], { outDir, nowMs });
  expect([nowOfPlansIn(outDir), nowOfFinishedIn(outDir)]).toEqual([undefined, nowMs]);
});

test(
  "while a sweep goes on, its folder is its own; reports that could not be written can be made",
  PLENTY,
  async () => {
    const outDir = freshPath();
    let refusal: unknown;
    const blocked = join(outDir, "sweep.csv");
    const block = (done: number): void => {
      if (done > 0 || refusal !== undefined) return;
      expect(() => rewritePlans(outDir)).toThrow(UserError);
      refusal = swept(["nodes=10"], { outDir }).catch(String);
      // A folder cannot be replaced by a file.
      rmSync(blocked, { force: true });
      mkdirSync(blocked, { recursive: true });
    };

    const first = await swept(["nodes=10"], { outDir }, block);

    expect(await refusal).toContain(`is being worked on by process ${process.pid}`);
    expect([first.canGoOn, first.unwritten]).toEqual([true, [expect.stringContaining("sweep.csv cannot be written")]]);
    rmdirSync(blocked);
    expect(await swept(["nodes=10"], { outDir })).toMatchObject({ canGoOn: false, unwritten: [] });
    expect(readdirSync(outDir).sort()).toEqual(["sweep.csv", "sweep.html", "sweep.json"]);
  },
);

test("a sweep tells how far the plans are that are under way, and has what is done in its folder", PLENTY, async () => {
  const seen: number[] = [];
  const knobs = parseKnobs(["nodes=8000"]);
  const parts = { knobs, points: pointsOf(knobs), figures: FIGURES, seeds: 1, workers: 1, command: "otafleet plan" };
  const outDir = freshPath();
  let left: SweepResult | undefined;

  await planSweep(
    { ...parts, outDir },
    {
      onPlanned: (done, _, { underWay }) => {
        seen.push(done + underWay);
        if (done === 0) left = JSON.parse(readFileSync(join(outDir, "sweep.json"), "utf8")) as SweepResult;
      },
    },
  );

  expect(seen.at(-1)).toBe(1);
  expect(seen.some((share) => share > 0 && share < 1)).toBe(true);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  expect([left?.verdict, left?.reasons[0]]).toEqual([
    "incomplete",
    "The sweep was stopped before its end: it is not over yet, or was killed.",
  ]);
});

test("a figure that no scenario of a sweep has is refused before anything is planned", PLENTY, async () => {
  const outDir = freshPath();

  await expect(swept(["nodes=10,20"], { figures: ["completion{cohort:barns}.p(50)"], outDir })).rejects.toThrow(
    UserError,
  );
  expect(() => readdirSync(outDir)).toThrow();
});

test.each([
  ["a core each", 100, 1_000, 4, 8e9, 4],
  ["never more than plans", 2, 1_000, 4, 8e9, 2],
  ["as many as fit into memory", 100, 1_000_000, 8, 8e9, 2],
  ["at least one", 100, 10_000_000, 8, 8e9, 1],
])("threads are %s", (_, plans, nodes, cores, freeBytes, workers) => {
  expect(workersForPlans(plans, nodes, cores, freeBytes)).toBe(workers);
});

function swept(
  knobTexts: readonly string[],
  changes: Partial<SweepOptions> = {},
  onPlanned: (done: number, all: number) => unknown = () => {},
) {
  const knobs = parseKnobs(knobTexts);
  const points = pointsOf(knobs);
  const parts = { knobs, points, figures: FIGURES, seeds: 1, command: "otafleet plan small.yaml", outDir: freshPath() };
  return planSweep({ ...parts, ...changes }, { onPlanned });
}

function pointsOf(knobs: readonly Knob[], ...set: readonly string[]) {
  return combinationsOf(knobs).map((values) => {
    const scenario = smallScenario(...set, ...knobs.map(({ path }, place) => `${path}=${values[place] ?? ""}`));
    return { values, scenario, imageBytes: madeImage(scenario) };
  });
}
