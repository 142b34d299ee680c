/** A sweep: every combination of the knobs' values under every seed, side by side on the pool of plans. */
import { assert } from "../../base/assert.ts";
import { UserError } from "../../base/user-error.ts";
import { type Figure, type FigureName, parseFigure } from "../../measure/figures.ts";
import { LIST_PRICES } from "../../measure/prices.ts";
import { type RunOrMissing, type SweepParts, type SweepResult, sweepResult } from "../../measure/sweep-result.ts";
import { SWEEP_REPORTS } from "../../report/sweep/sweep-reports.ts";
import type { Knob } from "../../scenario/knob.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { knownNamesOf } from "../../scenario/thresholds.ts";
import { versionsOf } from "../versions.ts";
import { checkCanBePlanned } from "../virtual-run.ts";
import { PlanPool, workersForPlans } from "./plan-pool.ts";
import { ResultsFolder } from "./results-folder.ts";
import {
  type ManyPlansEnd,
  type ManyPlansOptions,
  type ManyPlansWatcher,
  type PlannablePoint,
  seedsFrom,
} from "./sweep-options.ts";

/** One combination. */
export interface SweepInput extends PlannablePoint {
  /** The knobs' values that made the scenario, in the order of the knobs. */
  readonly values: readonly string[];
}

/** What a sweep is asked for. */
export interface SweepOptions extends ManyPlansOptions {
  readonly knobs: readonly Knob[];
  /** Every combination, the first knob changing slowest. */
  readonly points: readonly SweepInput[];
  /** Names of figures; see `DEFAULT_FIGURES`. */
  readonly figures: readonly string[];
}

/**
 * Plans a sweep. Throws a `UserError` before anything is planned for what the user can mend; a plan that does not come
 * to its end is missing in the result, which then is incomplete.
 */
export async function planSweep(options: SweepOptions, watcher: ManyPlansWatcher): Promise<ManyPlansEnd<SweepResult>> {
  const { points, signal } = options;
  const [first] = points;
  assert(first !== undefined, "a sweep has at least one combination");
  const scenarios = points.map(({ scenario }) => scenario);
  const figures = figuresOf(options.figures, scenarios);
  for (const scenario of scenarios) checkCanBePlanned(scenario);
  const seeds = seedsFrom(first.scenario.seed, options.seeds);
  const parts = partsOf(options, first.scenario, seeds, figures);
  const pending = points.map(({ values }) => ({
    values,
    runs: seeds.map((seed) => ({ seed, missingBecause: "the sweep was killed" })),
  }));
  const stub = sweepResult({ ...parts, planned: pending, interruptedBecause: "it was killed" });
  const folder = new ResultsFolder(options.outDir, `${first.scenario.name}-sweep`, {
    name: "sweep.json",
    text: fileText("sweep.json", stub),
  });
  const planned = await allPlanned(options, seeds, watcher);
  const interruptedBecause = signal?.aborted === true ? String(signal.reason) : undefined;
  const result = sweepResult({ ...parts, planned, interruptedBecause });
  const files = folder.write(SWEEP_REPORTS.map(({ fileName, render }) => ({ name: fileName, text: render(result) })));
  return { result, folder: folder.path, files, unwritten: folder.unwritten };
}

function fileText(name: string, result: SweepResult): string {
  const reporter = SWEEP_REPORTS.find(({ fileName }) => fileName === name);
  assert(reporter !== undefined, `a sweep has a file ${name}`);
  return reporter.render(result);
}

/** Figures that every scenario of the sweep has; throws a `UserError` with the mistakes of all names. */
export function figuresOf(names: readonly string[], scenarios: readonly Scenario[]): readonly FigureName[] {
  const mistakes = new Map<string, { readonly seen: string; readonly expected: string }>();
  const figures = new Map<string, Figure>();
  for (const scenario of scenarios) {
    const known = knownNamesOf(scenario);
    for (const name of names) {
      const figure = parseFigure(name, known);
      if ("from" in figure) figures.set(name, figure);
      else for (const { seen, expected } of figure) mistakes.set(`${seen} ${expected}`, { seen, expected });
    }
  }
  if (mistakes.size > 0)
    throw new UserError(
      [...mistakes.values()].map(({ seen, expected }) => ({ field: "--metrics", seen: `has ${seen}`, expected })),
    );
  return [...figures.values()].map(({ name, title, unit, meaning }) => ({ name, title, unit, meaning }));
}

function partsOf(
  { command, knobs }: SweepOptions,
  { name, about, tags, fleet, prices, backend }: Scenario,
  seeds: readonly number[],
  figures: readonly FigureName[],
): Omit<SweepParts, "planned" | "interruptedBecause"> {
  return {
    scenario: { name, about, nodes: fleet.nodes },
    tags,
    versions: { ...versionsOf(), adapter: backend.adapter, driver: "virtual" },
    command,
    seeds,
    knobs,
    figures,
    currency: prices?.currency ?? LIST_PRICES.currency,
  };
}

async function allPlanned(
  { points, figures, workers, signal }: SweepOptions,
  seeds: readonly number[],
  watcher: ManyPlansWatcher,
): Promise<SweepParts["planned"]> {
  const all = points.length * seeds.length;
  const largest = points.reduce((most, { scenario }) => Math.max(most, scenario.fleet.nodes), 0);
  const pool = new PlanPool(workers ?? workersForPlans(all, largest), signal);
  let done = 0;
  watcher.onPlanned(0, all);
  const runOf = async (point: SweepInput, seed: number): Promise<RunOrMissing> => {
    const run = await pool.plan(planTask(point, seed, figures));
    if ("verdict" in run) watcher.onPlanned(++done, all);
    return run;
  };
  try {
    return await Promise.all(
      points.map(async (point) => ({
        values: point.values,
        runs: await Promise.all(seeds.map((seed) => runOf(point, seed))),
      })),
    );
  } finally {
    await pool.close();
  }
}

/** The task of the pool for a point under a seed. */
export function planTask(
  { scenario, imageBytes, jobImages }: PlannablePoint,
  seed: number,
  figures: readonly string[],
) {
  return {
    scenario: { ...scenario, seed },
    imageBytes,
    jobImages: jobImages ?? new Map<string, Uint8Array>(),
    figures,
  };
}
