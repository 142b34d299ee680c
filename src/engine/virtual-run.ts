/** A run in virtual time: no socket, no wall clock; equal scenarios and seeds give equal bytes. */
import { join } from "node:path";
import { UserError } from "../base/user-error.ts";
import { traceFileText } from "../drivers/trace/written-trace.ts";
import { TraceRecorder } from "../drivers/trace/trace-recorder.ts";
import { loadNamesLibrary } from "../fleet/node-names.ts";
import type { Trace } from "../fleet/trace.ts";
import { readyHistograms } from "../measure/histogram.ts";
import { computeReported, computeResult } from "../measure/result.ts";
import type { RunResult } from "../measure/run-result.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { outagesOf } from "../scenario/outages.ts";
import { DURATION } from "../scenario/units.ts";
import { ConclusionProgress } from "./conclusion-progress.ts";
import { checkPairsFit } from "./plan-room.ts";
import { nodeNamed, TRACE_FILE, traceOf } from "./node-trace.ts";
import type { ReportFile } from "./report-files.ts";
import { asWritten, type RunDocument, sealedDocument } from "./run-document.ts";
import { RunFolder } from "./run-folder.ts";
import type { PlanOptions, RunEnd, RunWatcher } from "./run-options.ts";
import { runImages } from "./run-images.ts";
import { livedThrough } from "./virtual-life.ts";

/** Runs a scenario in virtual time and computes its result. Without `outDir` nothing is written. */
export async function planScenario(options: PlanOptions, watcher: RunWatcher): Promise<RunEnd> {
  const { scenario, command, outDir } = options;
  checkCanBePlanned(scenario);
  await readyHistograms();
  const images = runImages(scenario, options.imageBytes, options.jobImages);
  const parts = { scenario, images, driver: "virtual", workers: 1, startedAt: "", command } as const;
  const sealed = asWritten(sealedDocument(parts));
  const traced = options.trace === undefined ? undefined : nodeNamed(sealed.document, options.trace);
  const folder = outDir === undefined ? undefined : RunFolder.create(outDir, "", sealed);
  const reportFiles = folder && (await orDiscarded(folder, loadReportFiles));
  watcher.onPhase("rolling out in virtual time");
  const progress = new ConclusionProgress(watcher, scenario.fleet.nodes);
  const { result, reports, trace } = await orDiscarded(folder, () =>
    planned(sealed.document, watcher, progress, reportFiles, traced),
  );
  if (folder === undefined) return { result, folder: undefined, files: [], unwritten: [], trace };
  watcher.onPhase("writing the reports");
  if (trace !== undefined) folder.write(TRACE_FILE, traceFileText(trace));
  const files = reports.flatMap(({ name, pieces }) => {
    progress.writes(name);
    return folder.writePieces(name, pieces) ? [join(folder.path, name)] : [];
  });
  return { result, folder: folder.path, files, unwritten: folder.unwritten, trace };
}

type ReportFiles = (typeof import("./report-files.ts"))["reportFiles"];

/**
 * Loaded where there are reports, as pages and plots are as much to load as all the rest of a plan; and before the plan
 * lives, as the program may have been replaced by its end.
 */
async function loadReportFiles(): Promise<ReportFiles> {
  const [{ reportFiles }] = await Promise.all([import("./report-files.ts"), loadNamesLibrary()]);
  return reportFiles;
}

/** A plan keeps no records, so one that broke has no evidence to leave behind: its error says it all. */
async function orDiscarded<T>(folder: RunFolder | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    folder?.discard();
    throw error;
  }
}

/** RainMaker's keep-alive: a link that hears nothing for longer is given up, and a plan pings nobody. */
const STOP_MAX_MS = 120_000;

/** Throws a `UserError` for what only a run can do, and for what no plan has room for. */
export function checkCanBePlanned(scenario: Scenario): void {
  checkPairsFit(scenario);
  const stop = outagesOf(scenario).find(({ name, forMs }) => name === "stop" && forMs > STOP_MAX_MS);
  if (stop === undefined) return;
  const isOfFaults = scenario.backend.faults.some((plan) => plan === stop);
  throw new UserError({
    field: isOfFaults ? "backend.faults.stop.for" : "timeline",
    seen: `is ${DURATION.print(stop.forMs * 1_000)}`,
    expected: "in a plan at most 2m, as it knows no keep-alive; `otafleet run` takes longer ones",
  });
}

async function planned(
  document: RunDocument,
  watcher: RunWatcher,
  progress: ConclusionProgress,
  reportFiles: ReportFiles | undefined,
  traced: number | undefined,
): Promise<{
  readonly result: RunResult;
  readonly reports: readonly ReportFile[];
  readonly trace: Trace | undefined;
}> {
  const recorder = traced === undefined ? undefined : new TraceRecorder(traced);
  const life = livedThrough(document, watcher, recorder);
  watcher.onPhase("computing the result");
  const { result, reports } = await concluded(document, life, progress, reportFiles);
  const { state, facts } = life;
  const trace = traced === undefined ? undefined : traceOf(document, traced, recorder?.steps ?? [], state, facts);
  return { result, reports, trace };
}

async function concluded(
  document: RunDocument,
  { state, facts }: ReturnType<typeof livedThrough>,
  progress: ConclusionProgress,
  reportFiles: ReportFiles | undefined,
): Promise<{ readonly result: RunResult; readonly reports: readonly ReportFile[] }> {
  const onPart = (part: string): void => progress.computes(part);
  if (reportFiles === undefined) return { result: computeResult(state, facts, onPart), reports: [] };
  const reported = computeReported(state, facts, onPart);
  const reports = await reportFiles(document, state, facts, reported, (node) => progress.reaches(node));
  return { result: reported.result, reports };
}
