/**
 * From a run's folder to its result, without the run. After a good run the bytes are the same; after one that was
 * killed everything that had been written counts, and the verdict is *incomplete*.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileFailureText } from "../base/file-failure.ts";
import { UserError } from "../base/user-error.ts";
import { readFrames } from "../measure/batch-frame.ts";
import { readyHistograms } from "../measure/histogram.ts";
import type { HealthSample, RunFacts } from "../measure/run-facts.ts";
import { addBatch, emptyState } from "../measure/reducer.ts";
import { computeResult } from "../measure/result.ts";
import type { RunResult } from "../measure/run-result.ts";
import type { RunState } from "../measure/run-state.ts";
import { reportFiles } from "./report-files.ts";
import { readDocument, type RunDocument } from "./run-document.ts";
import { FILES } from "./run-folder.ts";
import { planOf } from "./scenario-plan.ts";
import { factsOf, readBeliefs, readFacts, type StoredFacts } from "./stored-facts.ts";

/** The result of the run in a folder; one that was killed is incomplete. Throws a `UserError` if it is no run's. */
export async function reportOf(folder: string): Promise<RunResult> {
  const { state, facts } = await readRun(folder);
  return computeResult(state, facts);
}

/** Computes the result anew and writes every report into the folder; answers the result and the paths. */
export async function rewriteReports(folder: string): Promise<{ result: RunResult; files: readonly string[] }> {
  const { document, state, facts } = await readRun(folder);
  const result = computeResult(state, facts);
  const files = await reportFiles(document, state, facts, result);
  for (const { name, text } of files) {
    try {
      writeFileSync(join(folder, name), text);
    } catch (error) {
      throw new UserError({
        seen: `${join(folder, name)} cannot be written: ${fileFailureText(error)}`,
        expected: "make the run's folder writable, with room on its disk",
      });
    }
  }
  return { result, files: files.map(({ name }) => join(folder, name)) };
}

interface RunRead {
  readonly document: RunDocument;
  readonly state: RunState;
  readonly facts: RunFacts;
}

async function readRun(folder: string): Promise<RunRead> {
  const document = documentOf(folder);
  await readyHistograms();
  const plan = planOf(document.scenario, document.scenario.clock.speed);
  const state = emptyState(plan);
  const { batches, endMarks, tornBytes } = readFrames(bytesOf(folder, FILES.events), document.run);
  for (const batch of batches) addBatch(state, batch);
  state.tornBytes += tornBytes;
  const stored = readFacts(textOf(folder, FILES.facts) ?? "") ?? killed(state);
  const beliefs = readBeliefs(textOf(folder, FILES.beliefs) ?? "", plan.nodes) ?? [];
  const facts = factsOf(document, plan, stored, { endMarks, health: healthOf(folder), beliefs });
  return { document, state, facts };
}

function documentOf(folder: string): RunDocument {
  const text = textOf(folder, FILES.document);
  const document = text === undefined ? undefined : readDocument(text);
  if (document !== undefined && document.shards > 0) return document;
  const seen =
    text === undefined
      ? `has no ${FILES.document}`
      : document === undefined
        ? `has a ${FILES.document} that cannot be read`
        : "is of a plan, which keeps no event log";
  throw new UserError({ file: folder, seen, expected: "name the folder of a run, such as reports/first-rollout-..." });
}

/** What there is to say of a run that ended without a word. */
function killed(state: RunState): StoredFacts {
  return {
    endedAtUs: state.lastAtUs,
    wallMs: null,
    endedBecause: "the run was killed",
    interruptedBecause: "it was killed, or could not write its end",
    undone: [],
    lostWorkers: [],
    backend: {},
  };
}

function healthOf(folder: string): readonly HealthSample[] {
  const lines = (textOf(folder, FILES.health) ?? "").split("\n");
  return lines.flatMap((line): HealthSample[] => {
    try {
      const { of, ...sample } = JSON.parse(line) as { of: string } & HealthSample;
      return of === "worker" ? [sample] : [];
    } catch {
      // The empty last line, or one that a kill has cut.
      return [];
    }
  });
}

function textOf(folder: string, name: string): string | undefined {
  try {
    return readFileSync(join(folder, name), "utf8");
  } catch {
    // A killed run has not written all of its files.
    return undefined;
  }
}

function bytesOf(folder: string, name: string): Uint8Array {
  try {
    return readFileSync(join(folder, name));
  } catch {
    // No log, no records: the verdict says what is missing.
    return new Uint8Array();
  }
}
