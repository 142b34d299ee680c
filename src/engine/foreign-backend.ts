/**
 * A backend at an url: somebody's own, or `otafleet serve` in another process. Whom a run may put under load is
 * decided here, before a packet is sent.
 */
import { connect, isIP, type Socket } from "node:net";
import { connect as connectTls, rootCertificates } from "node:tls";
import type { Adapter } from "../adapters/adapter.ts";
import { type Mistake, UserError } from "../base/user-error.ts";
import { allowsLoopback, dialHost, hostOf } from "../drivers/live/egress.ts";
import type { BackendPlan } from "../scenario/scenario.ts";
import { BackendFailure } from "./backend-failure.ts";
import { operatorPort } from "./operator-port.ts";
import type { BackendAccess } from "./run-options.ts";
import { whyUnreachable } from "./unreachable.ts";
import type { NodeBackend } from "./worker-messages.ts";

/** Whom nodes and operators trust beside what a run adds: everybody's authorities. */
const PUBLIC_CA = rootCertificates.join("\n");
/** As long as a node waits for its dial. */
const DIAL_MAX_MS = 10_000;

/** Where the backend is, as far as the run may know it. */
export interface ForeignBackend {
  readonly baseUrl: string;
  readonly nodes: NodeBackend;
}

/** Finds out where the backend is; throws a `UserError` for what may not or cannot be asked. Sends nothing. */
export function foreignBackend(plan: BackendPlan, isMqtt: boolean, access: BackendAccess): ForeignBackend {
  const urls = plan.urls.map((url) => new URL(url));
  const api = urls.find(({ protocol }) => protocol.startsWith("http"));
  const broker = urls.find(({ protocol }) => protocol.startsWith("mqtt"));
  const mistakes = remoteMistakes("backend.url", urls, access);
  if (api === undefined || (isMqtt && broker === undefined)) {
    const wanted = isMqtt ? "an mqtt(s) URL and an http(s) one" : "an http(s) URL";
    mistakes.push({ field: "backend.url", seen: `is ${plan.urls.join(", ")}`, expected: `name ${wanted}` });
  }
  if (mistakes.length > 0 || api === undefined) throw new UserError(mistakes);
  const ca = access.ca === undefined ? PUBLIC_CA : `${access.ca}\n${PUBLIC_CA}`;
  const allowedHosts = access.allowRemote === true ? [...urls.map(hostOf), ...(access.allowHosts ?? [])] : [];
  const baseUrl = api.href.replace(/\/$/, "");
  const mqtt = broker === undefined || !isMqtt ? undefined : brokerOf(broker, ca);
  return { baseUrl, nodes: { mqtt, baseUrl, ca, allowedHosts } };
}

/** The operator's half towards it. */
export function foreignOperator({ baseUrl, nodes }: ForeignBackend, adapter: Adapter, access: BackendAccess) {
  const http = operatorPort(nodes.ca, access.operatorTokenFrom);
  return adapter.operator({ baseUrl, token: access.operatorToken ?? "", settings: {} }, http);
}

/** Dials the broker once, so that one that is not there is told before nodes are enrolled. Throws a `BackendFailure`. */
export function reachBroker({ nodes: { mqtt } }: ForeignBackend): Promise<void> {
  if (mqtt === undefined) return Promise.resolve();
  const { host, port, ca } = mqtt;
  const target = `${ca === undefined ? "mqtt" : "mqtts"}://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  return new Promise((resolve, reject) => {
    const name = isIP(host) === 0 ? { servername: host } : {};
    const socket: Socket = ca === undefined ? connect({ host, port }) : connectTls({ host, port, ca, ...name });
    const fail = (error: Error): void => {
      socket.destroy();
      reject(new BackendFailure(`Cannot reach the broker at ${target}: ${whyUnreachable(error)}`, { cause: error }));
    };
    socket.setTimeout(DIAL_MAX_MS, () => fail(new Error(`nobody answered for ${DIAL_MAX_MS / 1_000} s`)));
    socket.once("error", fail);
    socket.once(ca === undefined ? "connect" : "secureConnect", () => {
      socket.destroy();
      resolve();
    });
  });
}

/** The urls that lead to other machines, where none of those may be put under load. */
export function remoteMistakes(field: string, urls: readonly URL[], { allowRemote }: BackendAccess): Mistake[] {
  if (allowRemote === true) return [];
  const expected = "add --allow-remote if it is yours to put under load";
  return urls
    .filter((url) => !allowsLoopback(url))
    .map(({ href }) => ({ field, seen: `is ${href}, on another machine`, expected }));
}

/**
 * Where nodes dial.
 *
 * @param ca PEM; undefined = everybody's authorities
 */
export function brokerOf(url: URL, ca = PUBLIC_CA): NonNullable<NodeBackend["mqtt"]> {
  const isTls = url.protocol === "mqtts:";
  const port = url.port === "" ? (isTls ? 8883 : 1883) : Number(url.port);
  return { host: dialHost(url), port, ca: isTls ? ca : undefined };
}
