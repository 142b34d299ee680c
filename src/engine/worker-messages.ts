/** What the coordinator and a worker say to each other over their port, and what a worker is born with. */
import type { MessagePort } from "node:worker_threads";
import type { FleetClock } from "../drivers/live/fleet-clock.ts";
import type { EndMark, RecordBatch } from "../measure/record-batch.ts";
import type { HealthSample } from "../measure/run-facts.ts";
import type { TraceStep } from "../node/trace-step.ts";
import type { RunImage } from "./run-document.ts";

/** Where nodes find the backend. */
export interface NodeBackend {
  readonly mqtt: { readonly host: string; readonly port: number; readonly ca: string | undefined } | undefined;
  /** For adapters without MQTT. */
  readonly baseUrl: string;
  /** PEM that image downloads trust. */
  readonly ca: string | undefined;
  /** Hosts of other machines that may be asked; this machine always may. */
  readonly allowedHosts: readonly string[];
}

/** A worker's task: one shard. */
export interface ShardTask {
  readonly port: MessagePort;
  /** The run document as it is written, and its hash: a worker that reads another run in it refuses. */
  readonly document: string;
  readonly documentSha256: string;
  /** Of each cohort the bytes of its fleet book, shared; undefined where its nodes are drawn. */
  readonly books: readonly (SharedArrayBuffer | undefined)[];
  readonly worker: number;
  readonly firstNode: number;
  readonly nodes: number;
  readonly ids: readonly string[];
  readonly secrets: readonly string[];
  readonly rows: SharedArrayBuffer;
  readonly backend: NodeBackend;
  readonly images: readonly RunImage[];
  /** The node whose life is written down, by its index; whoever has it does so. */
  readonly traced: number | undefined;
}

export type ToWorker =
  | { readonly kind: "connect"; readonly rampOriginHrtimeUs: number }
  | { readonly kind: "begin"; readonly clock: FleetClock }
  /** It is about to be created: offers may come before its id is told. */
  | { readonly kind: "job expected"; readonly job: number }
  | { readonly kind: "job created"; readonly job: number; readonly jobId: string }
  /** The backend refused to. */
  | { readonly kind: "job not created"; readonly job: number }
  | { readonly kind: "stop starts" }
  /** The worker answers with its end mark. */
  | { readonly kind: "end"; readonly drainMs: number };

export type FromWorker =
  /** Nodes are born, nothing is dialled. */
  | { readonly kind: "ready" }
  /** The ramp is over. */
  | { readonly kind: "connected" }
  /** `atHrtimeUs`: up to when records are in it. */
  | { readonly kind: "batch"; readonly batch: RecordBatch; readonly atHrtimeUs: number }
  /** `atWallMs` counts from the ramp's origin; the coordinator knows the run's. */
  | { readonly kind: "health"; readonly sample: HealthSample; readonly atHrtimeUs: number }
  /** Offers were recorded as those of this job, and were another's. */
  | { readonly kind: "mistaken job"; readonly job: number }
  /** The life of the node that is traced, before the end mark. */
  | { readonly kind: "traced"; readonly steps: readonly TraceStep[] }
  | { readonly kind: "ended"; readonly mark: EndMark };

/** Between two batches, wall time: what a worker that dies can take with it, besides the time to notice. */
export const BATCH_PERIOD_MS = 100;

/** Between two looks at a worker's health, wall time. */
export const HEALTH_PERIOD_MS = 1_000;
