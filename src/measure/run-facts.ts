/** What the result needs beside the records; the engine collects it, and it lies in the run's folder as it is. */
import type { ModelResult } from "./model-result.ts";
import type { EndMark } from "./record-batch.ts";
import type { DueBack, EndRule } from "./run-end.ts";
import type { Threshold } from "./threshold.ts";
import type { Pricing } from "./usage.ts";

/** A worker's health over a moment; wall time. */
export interface HealthSample {
  readonly worker: number;
  /** Milliseconds since the run's origin. */
  readonly atWallMs: number;
  /** The worst delay of the event loop in this moment. Its percentiles hide stalls, so they are not asked for. */
  readonly loopDelayMaxMs: number;
  /** Lateness of the loop summed over this moment. */
  readonly loopLatenessMs: number;
  readonly cpuMs: number;
  /** Time that the thread was ready to run and did not. */
  readonly runQueueWaitMs: number;
  /** Sockets open. */
  readonly sockets: number;
}

/** A worker that died, and what it may have taken with it. */
export interface LostWorker {
  readonly worker: number;
  readonly shard: number;
  /** Its nodes, both included. */
  readonly firstNode: number;
  readonly lastNode: number;
  /** Wall milliseconds of records that may be missing at most. */
  readonly lostMs: number;
}

/** `beliefs` of a node that the backend said nothing about. */
export const NO_BELIEF = 255;

/** How often a fault was drawn, and how often it took place. */
export interface FaultCounts {
  readonly drawn: number;
  readonly fired: number;
}

/** Everything that is no record. */
export interface RunFacts {
  readonly scenario: { readonly name: string; readonly about: string };
  /** Names and values that the user gave the run to find it by. */
  readonly tags: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly versions: Readonly<Record<string, string>>;
  /** ISO 8601 of UTC: fleet time 0. */
  readonly clockStart: string;
  readonly driver: "live" | "virtual";
  /** Of a plan, over all its records in their order; left out of a live run, whose order is chance. */
  readonly eventHash?: string;
  /** Fleet microseconds. */
  readonly endedAtUs: number;
  /** The coordinator's monotonic clock from fleet time 0 to the end; null under the virtual driver. */
  readonly wallMs: number | null;
  /** For a person: "all reachable targets settled", "72 h passed". */
  readonly endedBecause: string;
  readonly endRule: EndRule;
  /** Who was away at the end of a plan that ended before its latest end; left out of live runs, where nobody knows. */
  readonly dueBack?: DueBack | undefined;
  /** Why the run was stopped before its end, as a sentence; undefined = it was not. */
  readonly interruptedBecause: string | undefined;
  /** What the scenario asked of the operator and could not be done, as sentences. */
  readonly undone: readonly string[];
  /** What came otherwise than the scenario has it and takes nothing from the run, as sentences. */
  readonly remarks: readonly string[];
  /** Shards that took part. 0 = records were reduced directly, without batches. */
  readonly shards: number;
  readonly endMarks: readonly EndMark[];
  readonly lostWorkers: readonly LostWorker[];
  readonly health: readonly HealthSample[];
  /** The backend's counters: see `BACKEND_COUNTERS`. Empty = it shows none. */
  readonly backend: Readonly<Record<string, number>>;
  /** For each job the number of each node's belief in `BELIEFS`, or NO_BELIEF; undefined = could not be read. */
  readonly beliefs: readonly (Uint8Array | undefined)[];
  /** What backend and workers have to tell at the end; what they then do not tell is missing. */
  readonly expected: {
    readonly beliefs: boolean;
    readonly counters: boolean;
    /** How many workers tell of their health. */
    readonly healthOf: number;
  };
  /** The backend outlives the run: others may use it meanwhile, so its counters bound those of the run from above only. */
  readonly isBackendShared: boolean;
  /** Names of faults by the number that stands in the records. */
  readonly faultNames: readonly string[];
  /** What the scenario asks of the backend, by name: how often each was drawn, and how often it took place. */
  readonly backendFaults: Readonly<Record<string, FaultCounts>>;
  readonly thresholds: readonly Threshold[];
  /** What a bill is made of; left out: nothing is priced. */
  readonly pricing?: Pricing | undefined;
  /** What the modelled servers came to; left out of runs with real ones, and of plans without a model. */
  readonly model?: ModelResult | undefined;
}

/** Counters of a backend that laws are checked with. Any may be missing: then its law is not checkable. */
const BACKEND_COUNTERS = {
  connections: "links that were accepted (CONNACK 0)",
  fetchesReceived: "questions that arrived, doubles included",
  offersSent: "offers that were written to a node's link or queued for it",
  statusesReceived: "statuses that arrived, unreadable ones and doubles included",
  statusesUnreadable: "statuses that could not be read, of those received",
  imageRequests: "requests of an image that arrived",
  imageRequestsCut: "requests of an image whose answer did not reach its end",
  imageBytesServed: "bytes of image bodies that were written to sockets",
} as const;

/** A counter's name. */
export type BackendCounter = keyof typeof BACKEND_COUNTERS;
