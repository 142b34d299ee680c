/** How the modelled image server answers a request: by the image, by an error, late, or not at all. */
import type { HttpReply, ImageHead } from "../../adapters/adapter.ts";
import { SECOND_US, type InstantUs } from "../../base/instant.ts";
import type { DrawnFault } from "../../faults/backend/fault-draws.ts";
import { brokenTransfer, CONNECT_FAILED, type TransferError } from "../live/transfer-error.ts";
import type { VirtualCdn } from "./models/virtual-cdn.ts";
import type { VirtualBackend } from "./virtual-backend.ts";
import type { VirtualOutages } from "./virtual-outages.ts";
import type { VirtualWorld } from "./virtual-world.ts";

/** Status and headers of an answer. */
export type ImageReply = Omit<HttpReply, "body">;

/** One-way trips: TCP, TLS 1.2 as the firmware has it (two round trips), and the request. */
const FIRST_BYTE_TRIPS = 8;
/** One-way trips until a machine on which nobody listens has said so. */
const REFUSED_TRIPS = 2;
/** esp_http_client gives a request up that is not answered for so long. */
const SILENCE_MAX_US = 5 * SECOND_US;
const EXPIRED: ImageReply = { status: 403, headers: {} };
const CROWDED_STATUS = 503;

/** What of an image a node asks for. */
export interface ImageWish {
  readonly fromBytes: number;
  readonly isRanged: boolean;
  /** The signature of the URL is too old. */
  readonly hasExpired: boolean;
}

export interface ImageHost {
  /** What the node's firmware makes of an answer. */
  headOf(node: number, reply: ImageReply, fromBytes: number, isRanged: boolean): ImageHead;
}

export interface ImageAnswer {
  /** When its head, or the failure, reaches the node. */
  readonly atUs: InstantUs;
  /** What the node hears where it is not the image. */
  readonly refusal:
    | { readonly by: "nobody" | "silence" | "server"; readonly error: TransferError | "range refused" }
    | undefined;
  /** What is to happen to the body. */
  readonly fault: DrawnFault | undefined;
}

/** Parts of the virtual world that decide. */
export interface ImageWorld {
  readonly world: VirtualWorld;
  readonly backend: VirtualBackend;
  readonly outages: VirtualOutages;
  readonly host: ImageHost;
  /** Undefined = a server without limits. */
  readonly cdn: VirtualCdn | undefined;
}

/**
 * Answers a request that a node makes now, and counts it.
 *
 * @param isCrowdedOut the server has as many downloads as it takes
 */
export function answerToImage(node: number, wish: ImageWish, isCrowdedOut: boolean, parts: ImageWorld): ImageAnswer {
  const { world, backend, outages, host, cdn } = parts;
  const { fromBytes, isRanged, hasExpired } = wish;
  const { faults, counters } = backend;
  if (outages.isDead("cdn", world.nowUs)) {
    const atUs = world.nowUs + world.trips(node, REFUSED_TRIPS);
    return { atUs, refusal: { by: "nobody", error: CONNECT_FAILED }, fault: undefined };
  }
  counters.imageRequests++;
  const isTurnedAway = hasExpired || isCrowdedOut;
  const fault = isTurnedAway ? undefined : faults.at("image", node);
  const lateUs = isTurnedAway ? 0 : faults.lateUs("image answer", node) + (cdn?.firstByteUs(node) ?? 0);
  const soonestUs = world.nowUs + world.trips(node, FIRST_BYTE_TRIPS);
  const atUs = outages.servedAtUs(outages.servedAtUs(soonestUs) + lateUs);
  if (atUs - soonestUs > SILENCE_MAX_US) {
    const refusal = { by: "silence", error: brokenTransfer("silent") } as const;
    return { atUs: soonestUs + SILENCE_MAX_US, refusal, fault: undefined };
  }
  const isError = fault?.effect === "error";
  if (!isTurnedAway && !isError) return { atUs, refusal: undefined, fault };
  if (isError) faults.fired(fault.name);
  const reply = isError ? { status: fault.status, headers: {} } : isCrowdedOut ? crowded(cdn) : EXPIRED;
  const head = host.headOf(node, reply, fromBytes, isRanged);
  const error = head.kind === "failed" ? { err: head.err, errno: head.errno } : "range refused";
  return { atUs, refusal: { by: "server", error }, fault: undefined };
}

function crowded(cdn: VirtualCdn | undefined): ImageReply {
  const seconds = cdn?.retryAfterSeconds;
  return { status: CROWDED_STATUS, headers: seconds === undefined ? {} : { "retry-after": String(seconds) } };
}
