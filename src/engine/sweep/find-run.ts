/** A search along one knob for the place at which a condition begins or ceases to hold. */
import { assert } from "../../base/assert.ts";
import { EdgeSearch, type SearchStart } from "../../base/edge-search.ts";
import { UserError } from "../../base/user-error.ts";
import { type Condition, holds } from "../../measure/condition.ts";
import { LIST_PRICES } from "../../measure/prices.ts";
import { type JudgedValue, type SearchParts, type SearchResult, searchResult } from "../../measure/search-result.ts";
import type { RunOrMissing } from "../../measure/sweep-result.ts";
import { SEARCH_REPORTS } from "../../report/sweep/search-reports.ts";
import type { KnobScale } from "../../scenario/knob-scale.ts";
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
import { planTask } from "./sweep-run.ts";

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
 * Plans a search. Throws a `UserError` before anything is planned for what the user can mend. A plan that does not come
 * to its end stops it.
 */
export async function planFind(options: FindOptions, watcher: ManyPlansWatcher): Promise<ManyPlansEnd<SearchResult>> {
  const { start, scale, signal } = options;
  const ends = "at" in start ? [start.at] : [start.low, start.high];
  const points = new Map(ends.map((value) => [value, checkedPoint(options, scale.print(value))]));
  const [first] = points.values();
  assert(first !== undefined, "a search begins somewhere");
  const seeds = seedsFrom(first.scenario.seed, options.seeds);
  const parts = partsOf(options, first, seeds);
  const stub = searchResult({ ...parts, end: undefined, judged: [], interruptedBecause: "it was killed" });
  const folder = new ResultsFolder(options.outDir, `${first.scenario.name}-find`, {
    name: "find.json",
    text: fileText("find.json", stub),
  });
  const workers = options.workers ?? workersForPlans(seeds.length * ends.length, first.scenario.fleet.nodes);
  const pool = new PlanPool(workers, signal);
  try {
    const search = new EdgeSearch(axisOf(options), start);
    const judged = await searched(search, pool, points, seeds, options, watcher);
    const interruptedBecause = signal?.aborted === true ? String(signal.reason) : undefined;
    const result = searchResult({ ...parts, end: search.end, judged, interruptedBecause });
    const files = folder.write(
      SEARCH_REPORTS.map(({ fileName, render }) => ({ name: fileName, text: render(result) })),
    );
    return { result, folder: folder.path, files, unwritten: folder.unwritten };
  } finally {
    await pool.close();
  }
}

function fileText(name: string, result: SearchResult): string {
  const reporter = SEARCH_REPORTS.find(({ fileName }) => fileName === name);
  assert(reporter !== undefined, `a search has a file ${name}`);
  return reporter.render(result);
}

function checkedPoint({ pointAt }: FindOptions, value: string): PlannablePoint {
  const point = pointAt(value);
  checkCanBePlanned(point.scenario);
  return point;
}

/** Tries what the search asks for until it asks no more, or until a value cannot be judged. */
async function searched(
  search: EdgeSearch,
  pool: PlanPool,
  points: Map<number, PlannablePoint>,
  seeds: readonly number[],
  options: FindOptions,
  watcher: ManyPlansWatcher,
): Promise<readonly JudgedValue[]> {
  const judged: JudgedValue[] = [];
  let done = 0;
  let all = 0;
  for (let values = search.next(); values.length > 0; values = search.next()) {
    const tried = values.filter((value) => isTakenIn(value, search, points, options));
    all += tried.length * seeds.length;
    watcher.onPlanned(done, all);
    const runOf = async (point: PlannablePoint, seed: number): Promise<RunOrMissing> => {
      const run = await pool.plan(planTask(point, seed, [options.condition.figure.name]));
      if ("verdict" in run) watcher.onPlanned(++done, all);
      return run;
    };
    const found = await Promise.all(
      tried.map(async (value) => {
        const point = points.get(value);
        assert(point !== undefined, "a value that is tried has a scenario");
        const runs = await Promise.all(seeds.map((seed) => runOf(point, seed)));
        return { at: value, value: options.scale.print(value), runs, holds: holdsIn(runs, options.condition) };
      }),
    );
    judged.push(...found);
    for (const { at, holds: doesHold } of found) if (doesHold !== undefined) search.note(at, doesHold);
    if (found.some(({ holds: doesHold }) => doesHold === undefined)) break;
  }
  return judged;
}

/** Whether the scenario takes the value. Doubling may go on until it does not; between two ends a refusal is a mistake. */
function isTakenIn(
  value: number,
  search: EdgeSearch,
  points: Map<number, PlannablePoint>,
  options: FindOptions,
): boolean {
  if (points.has(value)) return true;
  try {
    points.set(value, checkedPoint(options, options.scale.print(value)));
    return true;
  } catch (error) {
    if (!(error instanceof UserError) || !("at" in options.start)) throw error;
    search.refuse(value);
    return false;
  }
}

/** In all seeds; undefined where a run is missing, not to be used, or has nothing to judge. */
function holdsIn(runs: readonly RunOrMissing[], condition: Condition): boolean | undefined {
  const each = runs.map((run) => {
    if (!("verdict" in run) || run.verdict === "invalid" || run.verdict === "incomplete") return undefined;
    return holds(condition, run.figures[0] ?? "not told");
  });
  return each.includes(undefined) ? undefined : each.every((one) => one === true);
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

function partsOf(
  { command, knob, condition, within }: FindOptions,
  { scenario }: PlannablePoint,
  seeds: readonly number[],
): Omit<SearchParts, "end" | "judged" | "interruptedBecause"> {
  const { name, about, tags, fleet, prices, backend } = scenario;
  const { figure, text, limit } = condition;
  return {
    scenario: { name, about, nodes: fleet.nodes },
    tags,
    versions: { ...versionsOf(), adapter: backend.adapter, driver: "virtual" },
    command,
    knob,
    until: text,
    figure: { name: figure.name, title: figure.title, unit: figure.unit, meaning: figure.meaning },
    limit,
    currency: prices?.currency ?? LIST_PRICES.currency,
    seeds,
    within,
  };
}
