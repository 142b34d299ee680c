/** From the folders of two runs to their comparison. */
import { UserError } from "../base/user-error.ts";
import { compareRuns, type Comparison } from "../measure/comparison.ts";
import type { ComparisonLimit } from "../measure/comparison-limit.ts";
import { scenarioMatch } from "./scenario-match.ts";
import { storedRun, type StoredRun } from "./stored-run.ts";

/** Compares two runs, planned or live; throws a `UserError` that names every folder that is none. */
export async function compareFolders(
  first: string,
  second: string,
  limits: readonly ComparisonLimit[],
): Promise<Comparison> {
  const runs: StoredRun[] = [];
  const mistakes: UserError[] = [];
  for (const folder of [first, second]) {
    try {
      runs.push(await storedRun(folder));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      mistakes.push(error);
    }
  }
  const [one, other] = runs;
  if (one === undefined || other === undefined) throw new UserError(mistakes.flatMap((error) => error.mistakes));
  return compareRuns(
    { folder: first, result: one.result },
    { folder: second, result: other.result },
    scenarioMatch(one.document, other.document),
    limits,
  );
}
