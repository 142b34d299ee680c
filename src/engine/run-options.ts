/** What a run is asked for, what it tells while it goes on, and what it leaves. The command line is built on these. */
import { availableParallelism } from "node:os";
import type { Trace } from "../fleet/trace.ts";
import type { StandingName } from "../measure/standing.ts";
import type { RunResult } from "../measure/run-result.ts";
import type { Scenario } from "../scenario/scenario.ts";

/** How a backend at an url is reached. The embedded one needs none of it. */
export interface BackendAccess {
  /** What an operator shows. Never written anywhere. */
  readonly operatorToken?: string | undefined;
  /** Where it was found, for the sentence that it is refused: "--token-file x". */
  readonly operatorTokenFrom?: string | undefined;
  /** Authorities in PEM that nodes and operator trust beside the public ones. */
  readonly ca?: string | undefined;
  /** Hosts that are not this machine may be put under load: those of `backend.url`, and `allowHosts`. */
  readonly allowRemote?: boolean | undefined;
  /** Further hosts that images may come from, in the spelling of a URL. */
  readonly allowHosts?: readonly string[] | undefined;
  /** Leaves the run's nodes and jobs on the backend. Left out: jobs are cancelled and nodes removed at the end. */
  readonly keep?: boolean | undefined;
}

/** What a run needs. Everything that is left out has a default. */
export interface RunOptions extends BackendAccess {
  readonly scenario: Scenario;
  /** The image that is rolled out, as it is uploaded: of a file, or of `madeImage`. */
  readonly imageBytes: Uint8Array;
  /** Bytes of the image files that jobs name for themselves (`jobImageFilesOf`), by path as written. */
  readonly jobImages?: ReadonlyMap<string, Uint8Array> | undefined;
  /** Worker threads; `workersFor` says how many where it is left out. */
  readonly workers?: number | undefined;
  /** The run's folder: new, or without files. Left out: one of its own under `reports/`. */
  readonly outDir?: string | undefined;
  /**
   * Ends the run early: starts stop, what is under way is drained for a moment, a partial report is written. The
   * reason, where it is a text, is told in the verdict: "stopped by Ctrl-C".
   */
  readonly signal?: AbortSignal | undefined;
  /** The command that repeats the run, as one would type it; for the report. */
  readonly command?: string | undefined;
  /** PEM: the text of the file that `backend.broker.ca` names. */
  readonly brokerCa?: string | undefined;
  /** What the embedded backend shows to a foreign broker beside `backend.broker.username`. Never written anywhere. */
  readonly brokerPassword?: string | undefined;
  /** The node whose life is written down: its index, its id of the run, or its id of the fleet file. */
  readonly trace?: string | undefined;
}

/** What a plan in virtual time needs. */
export interface PlanOptions {
  readonly scenario: Scenario;
  readonly imageBytes: Uint8Array;
  /** Bytes of the image files that jobs name for themselves (`jobImageFilesOf`), by path as written. */
  readonly jobImages?: ReadonlyMap<string, Uint8Array> | undefined;
  /** Where reports go. Left out: nothing is written. */
  readonly outDir?: string | undefined;
  /** The node whose life is written down: its index, its id of the run, or its id of the fleet file. */
  readonly trace?: string | undefined;
  readonly command?: string | undefined;
}

/** Who watches a run. No call may throw, nor take long: the run waits for each. */
export interface RunWatcher {
  /** A new step of the run, for a person: "starting the backend". */
  onPhase(text: string): void;
  /** About five times a second while fleet time runs, and during the ramp. */
  onProgress(live: LiveView): void;
  /** About five times a second while a plan's result and reports are made; a live run and a report do not call it. */
  onConclusion?(view: ConclusionView): void;
}

/** How far result or reports are. */
export interface ConclusionView {
  readonly step: "computing the result" | "writing";
  /** Of the result, or the name of a file. */
  readonly part: string;
  /** Of a file that has a line a node: those that are in it. */
  readonly nodes?: { readonly done: number; readonly all: number };
}

/** A run at this moment, from the same state as its result. Pairs of node and job, where a node has several jobs. */
export interface LiveView {
  /** Fleet microseconds. */
  readonly fleetUs: number;
  /** UTC of the fleet, milliseconds since 1970. */
  readonly fleetEpochMs: number;
  /** Wall milliseconds since fleet time began; negative before. */
  readonly wallMs: number;
  /** Fleet microseconds at which the run ends at the latest. */
  readonly endUs: number;
  readonly nodes: number;
  readonly online: number;
  readonly targeted: number;
  readonly reachable: number;
  readonly settled: number;
  readonly reachableSettled: number;
  readonly byClass: Readonly<Record<StandingName, number>>;
  readonly connects: number;
  readonly fetches: number;
  /** Of the last second or so of wall time. */
  readonly fetchesPerSecond: number;
  readonly offers: number;
  readonly downloadsInFlight: number;
  readonly imageBytesReceived: number;
  readonly statuses: number;
  /** The last few, the latest last: a loop that stood still, a worker that died. */
  readonly warnings: readonly string[];
  /** Only of a plan. */
  readonly pace?: PlanPace;
}

/** How fast virtual time goes by. */
export interface PlanPace {
  /** Nodes that there are by now; fleet time begins with the last. */
  readonly born: number;
  readonly events: number;
  /** Of the last few seconds of wall time. */
  readonly eventsPerSecond: number;
  /** How far the plan is by its work, 0 to 1; an estimate, which may go back. */
  readonly doneShare: number;
  /** Wall milliseconds until the fleet has lived, by the work that the scenario foretells. Undefined = not known yet. */
  readonly leftMs: number | undefined;
  /** Of the whole process. */
  readonly memoryBytes: number;
}

/** How a run ended. */
export interface RunEnd {
  readonly result: RunResult;
  /** Undefined where nothing was to be written. */
  readonly folder: string | undefined;
  /** Paths that were written, in the folder. */
  readonly files: readonly string[];
  /** What could not be written, as sentences; a run with such has no complete folder. */
  readonly unwritten: readonly string[];
  /** Of the node that was to be traced. */
  readonly trace?: Trace | undefined;
}

/** A worker's event loop can drive thousands of nodes, and backend and coordinator want a core as well. */
const WORKERS_MAX = 2;

/** A thread's start costs half a second of a core, which so few nodes do not need in a whole run. */
export const NODES_A_WORKER_MIN = 100;

/** Worker threads where nobody asked for a number: one a core, at most two, and one alone for less than 200 nodes. */
export function workersFor(nodes: number, cores = availableParallelism()): number {
  return Math.max(1, Math.min(WORKERS_MAX, cores, Math.floor(nodes / NODES_A_WORKER_MIN)));
}
