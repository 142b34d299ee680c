/**
 * A scenario, resolved: every default filled in, every unit converted. Plain JSON data: it is posted to workers,
 * hashed, and written into the run's folder. Fleet time is in microseconds (`Us`), wall time in milliseconds (`Ms`).
 */
import type { BackendFaultPlan } from "../faults/backend/backend-fault.ts";
import type { Distribution } from "../fleet/distribution.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { LocalWindow, Validity } from "../node/offer.ts";

export interface Scenario {
  /** Version of this shape. */
  readonly schema: 1;
  readonly name: string;
  /** The question that it answers; "" if it does not say. */
  readonly about: string;
  /** In the order in which they were given; they change nothing of the run. */
  readonly tags: Readonly<Record<string, string>>;
  /** Up to 2^53; draws take `seedOf(seed)`. */
  readonly seed: number;
  readonly clock: FleetClockPlan;
  readonly backend: BackendPlan;
  readonly image: ImagePlan;
  readonly fleet: Fleet;
  /** Exactly one for now. */
  readonly jobs: readonly JobScenario[];
  readonly end: { readonly when: "settled"; readonly afterUs: number };
  readonly thresholds: readonly Threshold[];
  readonly selftest: Selftest | undefined;
}

export interface FleetClockPlan {
  /** UTC, milliseconds since 1970. */
  readonly startUtcMs: number;
  /** Fleet seconds in a wall second. */
  readonly speed: number;
}

export interface BackendPlan {
  /** Kind of backend: the name of an adapter. */
  readonly adapter: string;
  /** Empty: the embedded backend. */
  readonly urls: readonly string[];
  /** A foreign broker, which the embedded backend is a client of; undefined = it has one of its own. */
  readonly broker: BrokerPlan | undefined;
  /** RainMaker: publish on the cheaper $aws/rules topics, as firmware is built by default. */
  readonly basicIngest: boolean;
  /** MQTT over TLS to the embedded backend. */
  readonly tls: boolean;
  /** How long a signed image URL lives, in fleet time. */
  readonly urlLifeUs: number;
  /** How the embedded backend misbehaves, in the order of `BACKEND_FAULT_NAMES`. */
  readonly faults: readonly BackendFaultPlan<Distribution>[];
}

export interface BrokerPlan {
  readonly url: string;
  /** PEM file, as written: relative to the scenario file; undefined = everybody's authorities. */
  readonly ca: string | undefined;
  readonly username: string | undefined;
}

/** What the header of an image says, whoever has read it. */
export interface ImageFacts {
  readonly project: string;
  readonly version: string;
  readonly chip: string;
  readonly secureVersion: number;
  readonly sizeBytes: number;
}

export type ImagePlan =
  | ({ readonly from: "make" } & ImageFacts)
  /** `path` as written; relative to the scenario file. */
  | ({ readonly from: "file"; readonly path: string } & ImageFacts);

export interface JobScenario {
  readonly name: string;
  readonly targets: Targets;
  readonly trigger: "default" | "force-push";
  readonly window: LocalWindow | undefined;
  readonly validity: Validity | undefined;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly priority: number | undefined;
}

export type Targets =
  | { readonly kind: "all" }
  /** Both must hold; undefined = any. */
  | { readonly kind: "where"; readonly project: string | undefined; readonly version: string | undefined }
  /** Node indices, both ends included. */
  | { readonly kind: "nodes"; readonly ranges: readonly (readonly [first: number, last: number])[] }
  | { readonly kind: "cohorts"; readonly names: readonly string[] };

export interface Threshold {
  /** `completion`, `outcome.rolledBack`, `completion{cohort:homes}` */
  readonly metric: string;
  /** In k6's manner: `p(95)<30m`. All must hold. */
  readonly expressions: readonly string[];
}

/** Harms the instrument on purpose. Wall time, counted from the end of the ramp. */
export interface Selftest {
  readonly workerDiesAtMs: number | undefined;
  readonly loopBlocked: { readonly atMs: number; readonly forMs: number } | undefined;
  readonly backendBelievesFirstStatus: boolean;
}
