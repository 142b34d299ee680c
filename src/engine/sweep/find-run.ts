/** A search along one knob for the place at which a condition begins or ceases to hold. */
import { assert, unreachable } from "../../base/assert.ts";
import { EdgeSearch, type SearchStage, type SearchStart } from "../../base/edge-search.ts";
import { describeMistake, UserError } from "../../base/user-error.ts";
import { type Condition, holdsInAll } from "../../measure/condition.ts";
import { type LoggedPlan, type SearchLogHead, searchSoFar } from "../../measure/plan-log.ts";
import type { PlansHead } from "../../measure/planned-run.ts";
import type { JudgedValue } from "../../measure/search-answer.ts";
import { type SearchResult, searchResult } from "../../measure/search-result.ts";
import { SEARCH_REPORTS } from "../../report/sweep/search-reports.ts";
import type { KnobScale } from "../../scenario/knob-scale.ts";
import { checkCanBePlanned } from "../virtual-run.ts";
import type { ManyPlans } from "./many-plans.ts";
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

/** What a search is asked for. */
export interface FindOptions extends ManyPlansOptions {
  readonly knob: string;
  readonly scale: KnobScale;
  readonly start: SearchStart;
  /** How close the two sides of the edge are to come, as a share of the larger. */
  readonly within: number;
  readonly condition: Condition;
  /** The scenario with the knob at a value; throws a `UserError` where it takes none such. */
  readonly pointAt: (value: string) => PlannablePoint;
}

/**
 * Plans a search. Throws a `UserError` before anything is planned for what the user can mend. A value whose plans cannot
 * be judged is told, and the search goes on around it.
 */
export async function planFind(options: FindOptions, watcher: ManyPlansWatcher): Promise<ManyPlansEnd<SearchResult>> {
  const { start, scale, condition } = options;
  const ends = "at" in start ? [start.at] : [start.low, start.high];
  const points = new Map(ends.map((value) => [value, checkedPoint(options, scale.print(value))]));
  const [first] = points.values();
  assert(first !== undefined, "a search begins somewhere");
  const seeds = seedsFrom(first.scenario.seed, options.seeds);
  const head = headOf(options, plansHead([first.scenario], options, [...points.values()].map(inputsOf), seeds));
  const wish = {
    name: `${first.scenario.name}-find`,
    head,
    reports: SEARCH_REPORTS,
    soFar: (plans: readonly LoggedPlan[]) => searchSoFar({ ...head, plans, because: NOT_OVER }),
    figures: [condition.figure.name],
    atOnce: seeds.length * ends.length,
    nodes: first.scenario.fleet.nodes,
  };
  return plansRun(wish, options, watcher, async (plans, stoppedBecause) => {
    const search = new EdgeSearch(axisOf(options), start);
    const judged = await searched(search, plans, points, seeds, options);
    const result = searchResult({ ...head.search, end: search.end, judged, interruptedBecause: stoppedBecause() });
    return { result, canGoOn: result.answer.kind === "stopped" };
  });
}

function checkedPoint({ pointAt }: FindOptions, value: string): PlannablePoint {
  const point = pointAt(value);
  checkCanBePlanned(point.scenario);
  return point;
}

/** Tries what the search asks for until it asks no more, or is stopped. */
async function searched(
  search: EdgeSearch,
  plans: ManyPlans,
  points: Map<number, PlannablePoint>,
  seeds: readonly number[],
  options: FindOptions,
): Promise<readonly JudgedValue[]> {
  const { scale, condition } = options;
  const judged: JudgedValue[] = [];
  for (let values = search.next(); values.length > 0; values = search.next()) {
    const tried = values.flatMap((at) => {
      const value = scale.print(at);
      const point = pointOrRefusal(at, points, options);
      if (typeof point !== "string") return [{ ...point, at, values: [value] }];
      // Doubling goes on until the scenario takes no more; elsewhere it is a value that cannot be judged.
      if (search.stage.kind === "doubling") search.refuse(at);
      else {
        search.skip(at);
        const missingBecause = `the scenario does not take it: ${point}`;
        judged.push({
          at,
          value,
          runs: seeds.map((seed) => ({ seed, missingBecause, isRefused: true })),
          holds: undefined,
        });
      }
      return [];
    });
    const runs = await plans.under(seeds, tried, stageText(search.stage, scale));
    const found = tried.map(({ at, values: [value = ""] }, place) => {
      const own = runs[place] ?? [];
      return { at, value, runs: own, holds: holdsInAll(condition, own) };
    });
    judged.push(...found);
    if (options.signal?.aborted === true) break;
    for (const { at, holds } of found) {
      if (holds === undefined) search.skip(at);
      else search.note(at, holds);
    }
  }
  return judged;
}

function stageText(stage: SearchStage, { print }: KnobScale): string {
  switch (stage.kind) {
    case "first look":
      return "first look";
    case "doubling":
      return `doubling and halving, step ${stage.step} of at most ${stage.of}`;
    case "narrowing":
      return `narrowing between ${print(stage.low)} and ${print(stage.high)}`;
    default:
      return unreachable(stage);
  }
}

/** The scenario with a value, or why it takes none such. */
function pointOrRefusal(
  value: number,
  points: Map<number, PlannablePoint>,
  options: FindOptions,
): PlannablePoint | string {
  const known = points.get(value);
  if (known !== undefined) return known;
  try {
    const point = checkedPoint(options, options.scale.print(value));
    points.set(value, point);
    return point;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.mistakes.map(describeMistake).join("; ");
  }
}

/** Close is relative; in a range from 0, near which every distance is large, a hundredth of its end is small enough. */
function axisOf({ scale, start, within }: FindOptions) {
  const range = "low" in start && start.low === 0 ? start.high : 0;
  return {
    middle: scale.middle,
    scaled: scale.scaled,
    isClose: (low: number, high: number) => high - low <= within * Math.max(high, range / 100),
  };
}

function headOf({ knob, condition, within }: FindOptions, head: PlansHead): SearchLogHead {
  const { figure, text, limit } = condition;
  const { name, title, unit, meaning } = figure;
  return {
    of: "find",
    search: { ...head, knob, until: text, figure: { name, title, unit, meaning }, limit, within },
  };
}
