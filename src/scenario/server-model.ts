/**
 * The servers' side as a scenario states it, for runs in virtual time. Plain JSON data like the rest of a scenario;
 * what is left out has no limit. Durations are microseconds of fleet time, which is wall time in a plan.
 */
import type { Distribution } from "../fleet/distribution.ts";

/** Servers that take jobs first come, first served. */
export interface ServerPoolPlan {
  readonly servers: number;
  readonly serviceUs: Distribution;
  /** How many may wait; one more is turned away. Undefined = any number. */
  readonly queueMax: number | undefined;
}

/** What the broker takes and gives out. */
export interface BrokerModel {
  /** Undefined = as many as come. */
  readonly connectsPerSecond: number | undefined;
  /** How many connects it takes at once after a quiet moment. */
  readonly connectBurst: number;
  /** How many connects may wait; one more is refused. */
  readonly backlogMax: number;
  /** Offers that leave; undefined = as many as there are. */
  readonly fanOutPerSecond: number | undefined;
}

/** Image server or CDN. */
export interface CdnModel {
  /** What all downloads share, whole bytes a second; undefined = no limit. */
  readonly egressBytesPerSecond: number | undefined;
  /** What one download gets at most. */
  readonly perConnectionBytesPerSecond: number | undefined;
  /** Downloads at once; one more is answered 503. */
  readonly connectionsMax: number | undefined;
  /** From the request to the first byte, beside the trips of the network. */
  readonly firstByteUs: Distribution | undefined;
  /** What a 503 says in Retry-After. */
  readonly retryAfterUs: number | undefined;
}

/** The whole backend, the broker with all that is fetched and told through it, or the images alone. */
export type OutageSide = "all" | "broker" | "cdn";

/** Killed at an instant of fleet time, and back after so long. */
export interface ModelOutage {
  readonly of: OutageSide;
  readonly atUs: number;
  readonly forUs: number;
}

/** Where values come from that were fitted to a run; all others are somebody's assumption. */
export interface Calibration {
  /** Names the run. */
  readonly from: string;
  /** By the name of the value (`fetch.service`): how well it fits, in words. */
  readonly values: Readonly<Record<string, string>>;
}

/** The block `model:`, resolved. */
export interface ServerModel {
  readonly fetch: ServerPoolPlan | undefined;
  readonly statuses: ServerPoolPlan | undefined;
  readonly broker: BrokerModel | undefined;
  readonly cdn: CdnModel | undefined;
  /** By their begin. */
  readonly outages: readonly ModelOutage[];
  readonly calibrated: Calibration | undefined;
}

/** Every value that a model can state, by the name that follows `model.` in a scenario. */
export const MODEL_VALUES = [
  "fetch.servers",
  "fetch.service",
  "fetch.queue",
  "broker.connects",
  "broker.connectBurst",
  "broker.backlog",
  "broker.fanOut",
  "cdn.egress",
  "cdn.perConnection",
  "cdn.connections",
  "cdn.firstByte",
  "cdn.retryAfter",
  "statuses.servers",
  "statuses.service",
  "statuses.queue",
] as const;
