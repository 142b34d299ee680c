/** A run in real time, from the first check to the report. */
import { join } from "node:path";
import { adapterOf } from "../adapters/adapters.ts";
import { assert } from "../base/assert.ts";
import { loadNamesLibrary } from "../fleet/node-names.ts";
import { readyHistograms } from "../measure/histogram.ts";
import { computeReported } from "../measure/result.ts";
import { downloadsAtOnceMax } from "../scenario/download-crowd.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { startBackend } from "./backend-under-test.ts";
import { traceFileText } from "../drivers/trace/written-trace.ts";
import { LiveRun } from "./live-run.ts";
import type { LiveRunEnd } from "./live-run-end.ts";
import { nodeNamed, TRACE_FILE, traceOf } from "./node-trace.ts";
import { checkRoom } from "./preflight.ts";
import { reportFiles } from "./report-files.ts";
import { asWritten, type SealedDocument, sealedDocument } from "./run-document.ts";
import { RunFolder } from "./run-folder.ts";
import { type RunEnd, type RunOptions, type RunWatcher, workersFor } from "./run-options.ts";
import { runImages } from "./run-images.ts";
import { RunRecords } from "./run-records.ts";
import { planOf } from "./scenario-plan.ts";
import { factsOf } from "./stored-facts.ts";

/**
 * Runs a scenario on real sockets. Throws a `UserError` for what the user can mend before anything was sent, a
 * `BackendFailure` where the backend cannot be used; whatever happens later is in the result's verdict.
 */
export async function runScenario(options: RunOptions, watcher: RunWatcher): Promise<RunEnd> {
  const { scenario } = options;
  const { nodes } = scenario.fleet;
  checkRoom({ nodes, downloads: downloadsAtOnceMax(scenario) });
  // The names are for its reports; by its end, the program may have been replaced.
  await Promise.all([readyHistograms(), loadNamesLibrary()]);
  const startedAt = new Date().toISOString();
  const workers = Math.min(nodes, options.workers ?? workersFor(nodes));
  const { command } = options;
  const images = runImages(scenario, options.imageBytes, options.jobImages);
  const sealed = asWritten(sealedDocument({ scenario, images, driver: "live", workers, startedAt, command }));
  const traced = options.trace === undefined ? undefined : nodeNamed(sealed.document, options.trace);
  const folder = RunFolder.create(options.outDir, startedAt, sealed);
  let hasEnded = false;
  try {
    const records = new RunRecords(sealed.document, planOf(scenario, scenario.clock.speed), folder);
    const end = await driven(options, images, watcher, sealed, folder, records, traced);
    hasEnded = true;
    watcher.onPhase("computing the result");
    return await concluded(sealed, folder, records, end, traced);
  } finally {
    // A run that could not even begin leaves nothing behind: its error says it all. One that had begun keeps its
    // evidence, and a report of it says that it is incomplete.
    if (hasEnded) folder.events.close();
    else folder.discard();
  }
}

async function driven(
  options: RunOptions,
  images: readonly Uint8Array[],
  watcher: RunWatcher,
  sealed: SealedDocument,
  folder: RunFolder,
  records: RunRecords,
  traced: number | undefined,
): Promise<LiveRunEnd> {
  const { scenario } = sealed.document;
  const adapter = adapterOf(scenario.backend.adapter);
  assert(adapter !== undefined, "a scenario names an adapter that there is");
  watcher.onPhase(scenario.backend.urls.length === 0 ? "starting the backend" : "looking for the backend");
  const backend = await startBackend(scenario, adapter, options);
  try {
    const { signal, keep } = options;
    const leaves = scenario.backend.urls.length > 0 && keep !== true;
    const parts = { sealed, adapter, images, backend, records, folder, watcher, signal, leaves, traced };
    return await new LiveRun(parts).run();
  } finally {
    await backend.stop();
  }
}

async function concluded(
  { document }: SealedDocument,
  folder: RunFolder,
  { state, endMarks, health }: RunRecords,
  { facts: told, beliefs, tracedSteps, jobIds }: LiveRunEnd,
  traced: number | undefined,
): Promise<RunEnd> {
  const stored = { ...told, remarks: [...remarksOnModel(document.scenario), ...told.remarks] };
  folder.writeBeliefs(beliefs);
  folder.writeFacts(stored);
  const facts = factsOf(document, state.plan, stored, { endMarks, health, beliefs });
  const reported = computeReported(state, facts);
  const files: string[] = [];
  for (const { name, pieces } of await reportFiles(document, state, facts, reported)) {
    if (folder.writePieces(name, pieces)) files.push(join(folder.path, name));
  }
  const end = { result: reported.result, folder: folder.path, files };
  if (traced === undefined) return { ...end, unwritten: folder.unwritten };
  // A worker that died took the life of its nodes with it.
  if (tracedSteps === undefined) return { ...end, unwritten: [...folder.unwritten, TRACE_IS_LOST] };
  const trace = traceOf(document, traced, tracedSteps, state, facts, jobIds);
  folder.write(TRACE_FILE, traceFileText(trace));
  return { ...end, unwritten: folder.unwritten, trace };
}

const TRACE_IS_LOST = `${TRACE_FILE} cannot be written: the worker of the node did not come to its end`;

function remarksOnModel({ model }: Scenario): readonly string[] {
  return model === undefined
    ? []
    : ["The scenario's model is of a plan's servers: this run met real ones and did not use it."];
}
