/** A sweep: every combination of the knobs' values under every seed, side by side on the pool of plans. */
import { assert } from "../../base/assert.ts";
import { UserError } from "../../base/user-error.ts";
import { type Figure, type FigureName, parseFigure } from "../../measure/figures.ts";
import { type LoggedPlan, sweepSoFar } from "../../measure/plan-log.ts";
import { type SweepResult, sweepResult, type SweptKnob } from "../../measure/sweep-result.ts";
import { SWEEP_REPORTS } from "../../report/sweep/sweep-reports.ts";
import type { Knob } from "../../scenario/knob.ts";
import { scaleOf } from "../../scenario/knob-scale.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { knownNamesOf } from "../../scenario/thresholds.ts";
import { checkCanBePlanned } from "../virtual-run.ts";
import { checkValuesDiffer } from "./equal-values.ts";
import { inputsOf } from "./plan-inputs.ts";
import { plansRun } from "./plans-run.ts";
import {
  type ManyPlansEnd,
  type ManyPlansOptions,
  type ManyPlansWatcher,
  NOT_OVER,
  type PlannablePoint,
  plansHead,
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
  const { points, knobs } = options;
  const [first, ...others] = points;
  assert(first !== undefined, "a sweep has at least one combination");
  const scenarios = points.map(({ scenario }) => scenario);
  const figures = figuresOf(options.figures, scenarios);
  for (const scenario of scenarios) checkCanBePlanned(scenario);
  const inputs = points.map(inputsOf);
  checkValuesDiffer(knobs, points, inputs);
  const seeds = seedsFrom(first.scenario.seed, options.seeds);
  const head = {
    of: "sweep",
    sweep: {
      ...plansHead([first.scenario, ...others.map(({ scenario }) => scenario)], options, inputs, seeds),
      knobs: knobs.map(sizedKnob),
      figures,
    },
    points: points.map(({ values }) => values),
  } as const;
  const wish = {
    name: `${first.scenario.name}-sweep`,
    head,
    reports: SWEEP_REPORTS,
    soFar: (plans: readonly LoggedPlan[]) => sweepSoFar({ ...head, plans, because: NOT_OVER }),
    figures: options.figures,
    atOnce: points.length * seeds.length,
    nodes: scenarios.reduce((most, { fleet }) => Math.max(most, fleet.nodes), 0),
  };
  return plansRun(wish, options, watcher, async (plans, stoppedBecause) => {
    const runs = await plans.under(seeds, points);
    const planned = points.map(({ values }, place) => ({ values, runs: runs[place] ?? [] }));
    const result = sweepResult({ ...head.sweep, planned, interruptedBecause: stoppedBecause() });
    return { result, canGoOn: runs.flat().some((run) => !("verdict" in run) && run.isRefused !== true) };
  });
}

/** The knob with its values as numbers, where they are numbers of one kind. */
function sizedKnob({ path, values }: Knob): SweptKnob {
  const scale = scaleOf(values);
  const sizes = scale === undefined ? [] : values.flatMap((value) => scale.parse(value) ?? []);
  return sizes.length === values.length ? { path, values, sizes } : { path, values };
}

/** Figures that every scenario of the sweep has; throws a `UserError` with the mistakes of all names. */
function figuresOf(names: readonly string[], scenarios: readonly Scenario[]): readonly FigureName[] {
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
