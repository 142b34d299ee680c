/**
 * A scenario, resolved: every default filled in, every unit converted. Plain JSON data: it is posted to workers,
 * hashed, and written into the run's folder. Fleet time is in microseconds (`Us`), wall time in milliseconds (`Ms`).
 */
import type { BackendFaultPlan } from "../faults/backend/backend-fault.ts";
import type { ImageBorneFault } from "../faults/image-borne.ts";
import type { Distribution } from "../fleet/distribution.ts";
import type { ApprovalHabit } from "../fleet/approval.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { ImageDefect } from "../image/image-defects.ts";
import type { Prices } from "../measure/prices.ts";
import type { EndRule } from "../measure/run-end.ts";
import type { LocalWindow, Validity } from "../node/offer.ts";
import type { RolloutPlan } from "./rollout.ts";
import type { ServerModel } from "./server-model.ts";
import type { TimelineRule } from "./timeline.ts";

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
  /** The servers' side in virtual time; left out = servers without limits. */
  readonly model?: ServerModel | undefined;
  /** What is rolled out where a job names no image of its own. */
  readonly image: ImagePlan;
  readonly fleet: Fleet;
  /** Groups of nodes, for targets; a group comes before its sub-groups. */
  readonly groups: readonly GroupScenario[];
  /** One to twenty, in the order of the text. */
  readonly jobs: readonly JobScenario[];
  /** What the operator does beside the jobs' own times, in the order of the text; undefined = nothing. */
  readonly timeline?: readonly TimelineRule[] | undefined;
  readonly end: { readonly when: EndRule; readonly afterUs: number };
  readonly thresholds: readonly Threshold[];
  /** Undefined = none are given. */
  readonly prices?: Prices | undefined;
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
  /** Where the real service and its documents differ: whom the embedded backend follows. */
  readonly strict: "rainmaker" | "documents";
}

export interface BrokerPlan {
  readonly url: string;
  /** PEM file, as written: relative to the scenario file; undefined = everybody's authorities. */
  readonly ca: string | undefined;
  readonly username: string | undefined;
}

/** A group of nodes as an operator would make it; its members are its own nodes and those of its sub-groups. */
export interface GroupScenario {
  readonly name: string;
  /** Name of the group that it is a sub-group of; undefined = of none. */
  readonly parent: string | undefined;
  readonly cohorts: readonly string[];
  /** Node indices, both ends included. */
  readonly ranges: readonly NodeRange[];
}

export type NodeRange = readonly [first: number, last: number];

/** What an image says of itself, whoever has read it. */
export interface ImageFacts {
  readonly project: string;
  readonly version: string;
  readonly chip: string;
  readonly secureVersion: number;
  readonly sizeBytes: number;
  /** What it does to nodes that run it; undefined = nothing. */
  readonly defects?: readonly PlannedDefect[] | undefined;
}

/** A defect of an image, of a fault that nodes know. */
export type PlannedDefect = ImageDefect & { readonly fault: ImageBorneFault };

export type ImagePlan =
  | ({ readonly from: "make" } & ImageFacts)
  /** `path` as written; relative to the scenario file. */
  | ({ readonly from: "file"; readonly path: string } & ImageFacts);

export interface JobScenario {
  readonly name: string;
  /** Undefined = the scenario's. */
  readonly image: ImagePlan | undefined;
  readonly targets: Targets;
  readonly trigger: "default" | "force-push" | "user-approved";
  /** How users of the nodes approve; undefined = nobody is asked. */
  readonly approval: ApprovalHabit | undefined;
  readonly window: LocalWindow | undefined;
  readonly validity: Validity | undefined;
  /** Goes to the nodes as it is. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** 1 is served first, 10 last; undefined = 5. */
  readonly priority: number | undefined;
  /** After so long the backend offers it to nobody any more; undefined = never. Whole seconds. */
  readonly timeoutUs: number | undefined;
  /** Fleet time at which the operator creates it; of one that the timeline starts, the earliest possible. */
  readonly startsUs: number;
  /** Undefined = by the clock, at `startsUs`. */
  readonly startsBy?: "timeline" | undefined;
  /** Fleet time from there to its cancel; undefined = it is not cancelled. */
  readonly cancelAfterUs: number | undefined;
  /** How its targets are released bit by bit; undefined = all at its start. */
  readonly rollout?: RolloutPlan | undefined;
}

export type Targets =
  | { readonly kind: "all" }
  /** Both must hold at the start; undefined = any. */
  | { readonly kind: "where"; readonly project: string | undefined; readonly version: string | undefined }
  | { readonly kind: "nodes"; readonly ranges: readonly NodeRange[] }
  | { readonly kind: "cohorts"; readonly names: readonly string[] }
  | { readonly kind: "groups"; readonly names: readonly string[] }
  /** The backend decides, for as long as the job lives, by what nodes say of themselves. All that is given must match. */
  | {
      readonly kind: "dynamic";
      readonly type: string | undefined;
      readonly model: string | undefined;
      readonly version: string | undefined;
    };

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
