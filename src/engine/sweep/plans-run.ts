/** What a sweep and a search do alike: a folder, threads, whatever plans are asked for, and the end. */
import { join } from "node:path";
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

/**
 * `work` asks for plans as it likes. Throws a `UserError` where the folder cannot be used. Where anything is thrown
 * before the first plan is done, no file is left of it.
 */
export async function plansRun<Result>(
  { figures, atOnce, nodes, ...wish }: PlansWish<Result>,
  { outDir, workers, signal }: ManyPlansOptions,
  watcher: ManyPlansWatcher,
  work: (plans: ManyPlans, stoppedBecause: () => string | undefined) => Promise<PlansDone<Result>>,
): Promise<ManyPlansEnd<Result>> {
  const before = outDir === undefined ? undefined : finishedPlans(outDir, wish);
  if (before !== undefined) return before;
  const folder = new ResultsFolder({ ...wish, outDir });
  let pool: PlanPool | undefined;
  try {
    folder.begin();
    const page = wish.reports.find(({ fileName }) => fileName.endsWith(".html"));
    if (page !== undefined) watcher.onPage?.(join(folder.path, page.fileName));
    pool = new PlanPool(workers ?? workersForPlans(atOnce, nodes), signal);
    const stoppedBecause = (): string | undefined => (signal?.aborted === true ? String(signal.reason) : undefined);
    const worked = work(new ManyPlans(pool, folder, figures, watcher), stoppedBecause);
    const { result, canGoOn } = await Promise.race([worked, folder.whenLost]);
    const { files, isOver } = folder.end(result, !canGoOn);
    return { result, folder: folder.path, files, unwritten: folder.unwritten, canGoOn: !isOver };
  } catch (error) {
    folder.giveUp();
    throw error;
  } finally {
    await pool?.close();
  }
}
