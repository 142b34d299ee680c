/**
 * What the embedded backend and the process that forked it say to each other over the IPC channel.
 * The backend ends when the channel closes.
 */

import type { BackendFaultPlan } from "../../faults/backend/backend-fault.ts";
import type { Distribution } from "../../fleet/distribution.ts";

/** Ports by who listens there. */
export type ServePorts = { readonly [name in "mqtt" | "mqtts" | "images" | "api"]?: number | undefined };

/** Everything that can be chosen; an empty object is a backend in memory, on free ports, in wall time. */
export interface ServeConfig {
  /** Fleet time stands at this instant until the clock is set; undefined = the backend lives in wall time. */
  readonly fleetStartEpochMs?: number | undefined;
  /** A clock that runs already: a backend that comes back in mid-run hears its nodes before anybody could tell it. */
  readonly clock?: ClockSetting | undefined;
  /** From which every node's secret is derived; undefined = the store's own, or drawn at start. */
  readonly runSecret?: string | undefined;
  /** What an operator shows; undefined = the store's own, or drawn at start. */
  readonly operatorToken?: string | undefined;
  /** Somebody else's broker, which nodes dial; undefined = the backend has one of its own. */
  readonly broker?: ForeignBrokerTarget | undefined;
  /** Also listen for MQTT over TLS. */
  readonly mqttTls?: boolean | undefined;
  /** `https` (default): image URLs are https, signed by the backend's own CA. */
  readonly images?: "https" | "http" | undefined;
  /** Life of a signed image URL in fleet time; default 24 h, as RainMaker has it. */
  readonly urlLifeSeconds?: number | undefined;
  /** Lets clients resume TLS sessions; by default every download is a full handshake. */
  readonly tlsTickets?: boolean | undefined;
  /** Keeps image connections open between requests; by default one connection carries one request. */
  readonly imageKeepAlive?: boolean | undefined;
  /** Serves the operator's API and `/poll/` by https, with the backend's own CA. */
  readonly apiTls?: boolean | undefined;
  /** Database file; undefined = everything in memory. */
  readonly storeFile?: string | undefined;
  /** Whose word counts where RainMaker's service and its documents differ; default `rainmaker`, the service's. */
  readonly strict?: "rainmaker" | "documents" | undefined;
  /** Selftest: believes success on a node's first status. */
  readonly believesFirstStatus?: boolean | undefined;
  /** How it misbehaves on purpose; restarts and stops are done to it by whoever started it. */
  readonly faults?: readonly BackendFaultPlan<Distribution>[] | undefined;
  /** What the misbehaviour is drawn from, 32 bits. */
  readonly faultSeed?: number | undefined;
  /** Counters of its lives before this one, which go on; those of the rules are in the store. */
  readonly countersBefore?: Readonly<Record<string, number>> | undefined;
  /** Fixed ports. 0 = any free one; undefined = where it was found before, if it has a database, and else any free one. */
  readonly ports?: ServePorts | undefined;
}

/** A foreign broker, and as whom the backend goes there. */
export interface ForeignBrokerTarget {
  /** `mqtt://host:port` or `mqtts://host:port`. */
  readonly url: string;
  /** PEM of the authorities that its certificate may come from; undefined = everybody's. */
  readonly caPem?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

/** Fleet time = start while now < origin; then start + (now - origin) * speed, on the machine's monotonic clock. */
export interface ClockSetting {
  /** `process.hrtime.bigint()` of the origin, in decimal. */
  readonly originHrtimeNs: string;
  readonly fleetStartEpochMs: number;
  readonly speed: number;
}

export type ParentMessage =
  | { readonly kind: "start"; readonly config: ServeConfig }
  | ({ readonly kind: "clock" } & ClockSetting)
  | { readonly kind: "health" }
  /** Be killed where you stand, in this very turn of the loop; what was counted until then goes to a file, as JSON. */
  | { readonly kind: "die"; readonly countersTo: string }
  | { readonly kind: "stop" };

/** Where a running backend is reached. */
export interface ServeAddress {
  /** 0 = nodes dial a foreign broker. */
  readonly mqttPort: number;
  readonly mqttsPort?: number;
  /** Only where images are served by https. */
  readonly httpsPort?: number;
  /** Base of every image URL: scheme, host, port. */
  readonly imagesUrl: string;
  /** Base of the operator API and of `/poll/`: scheme, host, port. */
  readonly apiUrl: string;
  /** The CA that signed the backend's certificates. */
  readonly caPem: string;
  readonly operatorToken: string;
}

/** The backend's own condition since the last question. */
export interface ServeHealth {
  /** Latest that a timer fired, and the sum of all latenesses, since the last question. */
  readonly loopLatenessMaxMs: number;
  readonly loopLatenessSumMs: number;
  /** CPU since the last question. */
  readonly cpuUserUs: number;
  readonly cpuSystemUs: number;
  readonly rssBytes: number;
  readonly nodesConnected: number;
  readonly counters: Readonly<Record<string, number>>;
}

export type ChildMessage =
  | ({ readonly kind: "ready" } & ServeAddress)
  | ({ readonly kind: "health" } & ServeHealth)
  | { readonly kind: "stopped"; readonly counters: Readonly<Record<string, number>> }
  /** One sentence for a person; `field` names the setting that is at fault, where one is. */
  | { readonly kind: "error"; readonly text: string };
