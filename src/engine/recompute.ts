/**
 * From a run's folder to its result, without the run. After a good run the bytes are the same; after one that was
 * killed everything that had been written counts, and the verdict is *incomplete*.
 */
import { type Stats, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileFailureText } from "../base/file-failure.ts";
import { UserError } from "../base/user-error.ts";
import { readyHistograms } from "../measure/histogram.ts";
import type { HealthSample, RunFacts } from "../measure/run-facts.ts";
import { addBatch, emptyState } from "../measure/reducer.ts";
import { computeResult } from "../measure/result.ts";
import type { RunResult } from "../measure/run-result.ts";
import type { RunState } from "../measure/run-state.ts";
import { textOfFile } from "./regular-file.ts";
import { reportFiles } from "./report-files.ts";
import { readEventLog } from "./event-log-reader.ts";
import { documentOrFlaw, type RunDocument } from "./run-document.ts";
import { FILES } from "./run-folder.ts";
import { planOf } from "./scenario-plan.ts";
import { factsOf, readBeliefs, readFacts, readHealth, type StoredFacts } from "./stored-facts.ts";

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
  const expected = "name the folder of a run, such as reports/first-rollout-...";
  const refuse = (seen: string): never => {
    throw new UserError({ file: folder === "" ? '""' : folder, seen, expected });
  };
  let stat: Stats | undefined;
  try {
    stat = statSync(folder);
  } catch {
    // Not there, or behind something that is no folder, a circle of links, a name too long.
  }
  if (stat === undefined) return refuse("is not there");
  if (!stat.isDirectory()) return refuse("is no folder");
  const text = textOf(folder, FILES.document);
  if (text === undefined) return refuse(`has no ${FILES.document}`);
  const document = documentOrFlaw(text);
  if (typeof document === "string") return refuse(`has a ${FILES.document} that ${document}`);
  if (document.shards === 0) return refuse("is of a plan, which keeps no event log");
  return document;
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
