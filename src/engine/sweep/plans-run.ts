/** What a sweep and a search do alike: a folder, threads, whatever plans are asked for, and the end. */
import { finishedPlans } from "./finished-plans.ts";
import { ManyPlans } from "./many-plans.ts";
import { PlanPool, workersForPlans } from "./plan-pool.ts";
import { type FolderWish, ResultsFolder } from "./results-folder.ts";
import type { ManyPlansEnd, ManyPlansOptions, ManyPlansWatcher } from "./sweep-options.ts";

/** What is to be planned. */
export interface PlansWish<Result> extends Omit<FolderWish<Result>, "outDir"> {
  readonly figures: readonly string[];
  /** How many plans can go on at once. */
  readonly atOnce: number;
  /** Nodes of the largest. */
  readonly nodes: number;
}

/** What was planned. */
export interface PlansDone<Result> {
  readonly result: Result;
  /** Whether something is missing that could be there another time. */
  readonly canGoOn: boolean;
}

/** Throws a `UserError` where the folder cannot be used; `work` asks for plans as it likes. */
export async function plansRun<Result>(
  { figures, atOnce, nodes, ...wish }: PlansWish<Result>,
  { outDir, workers, signal }: ManyPlansOptions,
  watcher: ManyPlansWatcher,
  work: (plans: ManyPlans, stoppedBecause: () => string | undefined) => Promise<PlansDone<Result>>,
): Promise<ManyPlansEnd<Result>> {
  const before = outDir === undefined ? undefined : finishedPlans(outDir, wish);
  if (before !== undefined) return before;
  const folder = new ResultsFolder({ ...wish, outDir });
  const pool = new PlanPool(workers ?? workersForPlans(atOnce, nodes), signal);
  try {
    const stoppedBecause = (): string | undefined => (signal?.aborted === true ? String(signal.reason) : undefined);
    const { result, canGoOn } = await work(new ManyPlans(pool, folder, figures, watcher), stoppedBecause);
    const { files, isOver } = folder.end(result, !canGoOn);
    return { result, folder: folder.path, files, unwritten: folder.unwritten, canGoOn: !isOver };
  } finally {
    folder.close();
    await pool.close();
  }
}
