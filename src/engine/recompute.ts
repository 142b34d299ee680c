/**
 * From a run's folder to its result, without the run. After a good run the bytes are the same; after one that was
 * killed everything that had been written counts, and the verdict is *incomplete*. A plan keeps no records: it is lived
 * through once more, as its document says, to the same bytes.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileFailureText } from "../base/file-failure.ts";
import { UserError } from "../base/user-error.ts";
import { readyHistograms } from "../measure/histogram.ts";
import type { HealthSample, RunFacts } from "../measure/run-facts.ts";
import { addBatch, emptyState } from "../measure/reducer.ts";
import { computeReported, computeResult } from "../measure/result.ts";
import type { RunResult } from "../measure/run-result.ts";
import type { RunState } from "../measure/run-state.ts";
import { cutText } from "../report/text-cleaning.ts";
import { FleetBook } from "../fleet/fleet-book.ts";
import { clearDrafts, writePieces } from "./whole-file.ts";
import { textOfFile, withRegularFile } from "./regular-file.ts";
import { reportFiles } from "./report-files.ts";
import { readEventLog } from "./event-log-reader.ts";
import { type RunDocument, withFleetBooks } from "./run-document.ts";
import { bookFile, FILES } from "./run-folder.ts";
import { documentOfFolder, refusedFolder } from "./run-folder-document.ts";
import type { RunWatcher } from "./run-options.ts";
import { planOf } from "./scenario-plan.ts";
import { factsOf, readBeliefs, readFacts, readHealth, type StoredFacts } from "./stored-facts.ts";
import { versionsOf } from "./versions.ts";

/** The result of the run or plan in a folder; a run that was killed is incomplete. Throws a `UserError` if it is neither's. */
export async function reportOf(folder: string): Promise<RunResult> {
  const { state, facts } = await readRun(folder, NOBODY);
  return computeResult(state, facts);
}

/**
 * Computes the result anew and writes every report into the folder; answers the result and the paths.
 *
 * @param watcher sees a plan that is lived through once more
 */
export async function rewriteReports(
  folder: string,
  watcher: RunWatcher = NOBODY,
): Promise<{ result: RunResult; files: readonly string[] }> {
  const { document, state, facts } = await readRun(folder, watcher);
  const reported = computeReported(state, facts);
  const files = await reportFiles(document, state, facts, reported);
  for (const { name, pieces } of files) {
    try {
      writePieces(join(folder, name), pieces);
    } catch (error) {
      throw new UserError({
        seen: `${join(folder, name)} cannot be written: ${fileFailureText(error)}`,
        expected: "make the run's folder writable, with room on its disk",
      });
    }
  }
  // Of a run or a report that was killed in mid-write.
  clearDrafts(folder, [...Object.values(FILES), ...files.map(({ name }) => name)]);
  return { result: reported.result, files: files.map(({ name }) => join(folder, name)) };
}

const NOBODY: RunWatcher = { onPhase: () => {}, onProgress: () => {} };

interface RunRead {
  readonly document: RunDocument;
  readonly state: RunState;
  readonly facts: RunFacts;
}

async function readRun(folder: string, watcher: RunWatcher): Promise<RunRead> {
  const document = documentOf(folder);
  await readyHistograms();
  if (document.shards === 0) {
    checkVersions(folder, document);
    // Loaded where it is needed: a run's records want none of it.
    const { livedThrough } = await import("./virtual-life.ts");
    watcher.onPhase("living through the plan once more, as it keeps no event log");
    return { document, ...livedThrough(document, watcher) };
  }
  const plan = planOf(document.scenario, document.scenario.clock.speed);
  const state = emptyState(plan);
  const { endMarks, tornBytes } = readEventLog(join(folder, FILES.events), document.run, (batch) =>
    addBatch(state, batch),
  );
  state.tornBytes += tornBytes;
  const stored = readFacts(textOf(folder, FILES.facts) ?? "") ?? killed(state);
  const beliefs = readBeliefs(textOf(folder, FILES.beliefs) ?? "", plan.nodes) ?? [];
  const facts = factsOf(document, plan, stored, { endMarks, health: healthOf(folder), beliefs });
  return { document, state, facts };
}

function documentOf(folder: string): RunDocument {
  const document = documentOfFolder(folder);
  const books = document.scenario.fleet.cohorts.map(({ name, from }) => {
    if (from === undefined) return undefined;
    const file = bookFile(name);
    const book = bookIn(join(folder, file));
    if (book === undefined) throw refusedFolder(folder, `has no ${file}, which holds the rows of ${from.file}`);
    if (book.sha256 === from.sha256) return book;
    throw refusedFolder(folder, `has a ${file} that was changed after the run wrote it`);
  });
  return withFleetBooks(document, books);
}

/** Other programs and tables may make another plan of the same document. */
function checkVersions(folder: string, { versions }: RunDocument): void {
  const other = Object.entries(versionsOf()).filter(([name, version]) => versions[name] !== version);
  if (other.length === 0) return;
  const told = other.map(([name, here]) => `${name} ${versions[name] ?? "none"} there, ${here} here`);
  throw new UserError({
    file: folder,
    seen: `is of a plan that was made with other versions (${cutText(told.join("; "))})`,
    expected: "plan it again, into a new folder",
  });
}

function bookIn(path: string): FleetBook | undefined {
  const bytes = withRegularFile(path, (file) => readFileSync(file));
  if (bytes === undefined) return undefined;
  const buffer = new SharedArrayBuffer(bytes.length);
  new Uint8Array(buffer).set(bytes);
  return FleetBook.isBook(buffer) ? new FleetBook(buffer) : undefined;
}

/** What there is to say of a run that ended without a word. */
function killed(state: RunState): StoredFacts {
  return {
    endedAtUs: state.lastAtUs,
    wallMs: null,
    endedBecause: "the run was killed",
    interruptedBecause: "it was killed, or could not write its end",
    undone: [],
    remarks: [],
    lostWorkers: [],
    backend: {},
  };
}

function healthOf(folder: string): readonly HealthSample[] {
  return (textOf(folder, FILES.health) ?? "").split("\n").flatMap((line) => readHealth(line) ?? []);
}

function textOf(folder: string, name: string): string | undefined {
  return textOfFile(join(folder, name));
}
