/** The folder of a sweep or a search, whether it came to its end or was stopped: what is done in it, reported once more. */
import { join } from "node:path";
import { fileFailureText } from "../../base/file-failure.ts";
import { UserError } from "../../base/user-error.ts";
import { searchSoFar, sweepSoFar } from "../../measure/plan-log.ts";
import type { PlansReporter } from "../../report/sweep/plans-reporter.ts";
import { SEARCH_REPORTS } from "../../report/sweep/search-reports.ts";
import { SWEEP_REPORTS } from "../../report/sweep/sweep-reports.ts";
import { clearDrafts } from "../whole-file.ts";
import { type PlansOfFolder, recordedPlans } from "./finished-plans.ts";
import { FolderLock, LockLost } from "./folder-lock.ts";
import { hasPlanLog, PLAN_LOG_FILE, planLogIn } from "./plan-log-file.ts";
import { LOCK_FILE } from "./standing-lock.ts";
import { type ManyPlansEnd, NOT_OVER } from "./sweep-options.ts";

/**
 * Writes the reports of all that is done into the folder: from its log, or from its JSON where it came to its end.
 * Undefined where the folder is of no sweep and no search; throws a `UserError` for one that goes on, and for what cannot
 * be read or written.
 */
export function rewritePlans(folder: string): PlansOfFolder | undefined {
  if (!hasPlanLog(folder)) return finished(folder);
  // Whoever still plans in it has more than its log says, and may be at its end any moment.
  const lock = FolderLock.take(folder);
  try {
    return rewritten(folder, lock);
  } finally {
    lock.release();
  }
}

const WRITABLE = "make the folder writable, with room on its disk";

function rewritten(folder: string, lock: FolderLock): PlansOfFolder | undefined {
  const log = planLogIn(folder);
  if (log === undefined) return finished(folder);
  if (typeof log === "string")
    throw new UserError({
      file: folder,
      seen: `has a ${PLAN_LOG_FILE} that ${log}`,
      expected: "name a folder as otafleet plan --sweep or --find has left it",
    });
  const { head, plans } = log;
  if (head.of === "find")
    return { of: "find", end: written(lock, searchSoFar({ ...head, plans, because: NOT_OVER }), SEARCH_REPORTS) };
  return { of: "sweep", end: written(lock, sweepSoFar({ ...head, plans, because: NOT_OVER }), SWEEP_REPORTS) };
}

function written<Result>(
  lock: FolderLock,
  result: Result,
  reports: readonly PlansReporter<Result>[],
): ManyPlansEnd<Result> {
  const { folder } = lock;
  const files = reports.map(({ fileName, render }) => {
    const path = join(folder, fileName);
    try {
      lock.put(fileName, render(result));
      return path;
    } catch (error) {
      if (error instanceof LockLost) throw error;
      const seen = `${path} cannot be written: ${fileFailureText(error)}`;
      throw new UserError({ seen, expected: WRITABLE });
    }
  });
  clearDrafts(
    folder,
    reports.map(({ fileName }) => fileName),
    [LOCK_FILE],
  );
  return { result, folder, files, unwritten: [], canGoOn: true };
}

function finished(folder: string): PlansOfFolder | undefined {
  const plans = recordedPlans(folder);
  const [failure] = plans?.end.unwritten ?? [];
  if (failure === undefined) return plans;
  throw new UserError({ file: folder, seen: failure, expected: WRITABLE });
}
