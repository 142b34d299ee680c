/**
 * A run as it lies in its folder. The result of a live run is computed from its records, as it always is; a plan keeps
 * none, so its `result.json` is read as it is. Whoever sent the folder may have put anything there.
 */
import { join } from "node:path";
import { UserError } from "../base/user-error.ts";
import { RUN_RESULT } from "../measure/result-schema.ts";
import { RESULT_SCHEMA, RESULT_VERSION, type RunResult } from "../measure/run-result.ts";
import { reportOf } from "./recompute.ts";
import { textOfFile } from "./regular-file.ts";
import type { RunDocument } from "./run-document.ts";
import { documentOfFolder } from "./run-folder-document.ts";

/** What a folder is of, and what came of it. */
export interface StoredRun {
  readonly document: RunDocument;
  readonly result: RunResult;
}

const RESULT_FILE = "result.json";
const EXPECTED = "name a folder as otafleet plan -o DIR has written it";

/** Reads the run in a folder; throws a `UserError` if there is none, or none that can be read. */
export async function storedRun(folder: string): Promise<StoredRun> {
  const document = documentOfFolder(folder);
  return { document, result: document.shards === 0 ? plannedResult(folder, document) : await reportOf(folder) };
}

function plannedResult(folder: string, document: RunDocument): RunResult {
  const refuse = (seen: string): never => {
    throw new UserError({ file: folder, seen, expected: EXPECTED });
  };
  const text = textOfFile(join(folder, RESULT_FILE));
  if (text === undefined) return refuse(`has no ${RESULT_FILE}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse(`has a ${RESULT_FILE} that is cut or no JSON`);
  }
  const { schema, version } = (value ?? {}) as { readonly schema?: unknown; readonly version?: unknown };
  if (schema !== RESULT_SCHEMA) return refuse(`has a ${RESULT_FILE} that is none of otafleet's`);
  if (version !== RESULT_VERSION)
    return refuse(`has a ${RESULT_FILE} of version ${String(version)}, where this otafleet reads ${RESULT_VERSION}`);
  const parsed = RUN_RESULT.safeParse(value);
  if (!parsed.success) return refuse(`has a ${RESULT_FILE} that is no result: ${placeOf(parsed.error.issues)}`);
  const result = parsed.data as RunResult;
  const flaw = flawOf(result, document);
  return flaw === undefined ? result : refuse(`has a ${RESULT_FILE} ${flaw}`);
}

function placeOf(issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]): string {
  const [first] = issues;
  return first === undefined ? "it cannot be read" : `${first.path.map(String).join(".")}: ${first.message}`;
}

/** Buckets of a timeline are whole seconds, some two thousand at most. */
const BUCKETS_MAX = 10_000;

/** What the schema cannot say: that it is this run's, and that its columns fit together. */
function flawOf(result: RunResult, document: RunDocument): string | undefined {
  const { scenario, seed, clock, timelines, counters } = result;
  if (scenario.name !== document.scenario.name || seed !== document.scenario.seed || clock.driver !== document.driver)
    return "that is of another run than its run.json";
  const { bucketUs, buckets, startUs, ...columns } = timelines;
  const isWhole =
    Number.isSafeInteger(bucketUs) && bucketUs >= 1_000_000 && bucketUs % 1_000_000 === 0 && startUs === 0;
  const fits = buckets <= BUCKETS_MAX && Object.values(columns).every(({ length }) => length === buckets);
  if (!isWhole || !fits) return "whose timelines do not fit together";
  // Sums of larger numbers than there are whole ones would end in infinity.
  const numbers = [...Object.values(columns).flat(), ...Object.values(counters)];
  return numbers.every((number) => Math.abs(number) <= Number.MAX_SAFE_INTEGER)
    ? undefined
    : "with numbers beyond measure";
}
