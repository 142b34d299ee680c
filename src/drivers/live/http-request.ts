/**
 * One HTTP request on a connection of its own, as a node makes it: nothing pooled, nothing kept alive, a full
 * handshake each time.
 */
import { request as requestHttp, type ClientRequest, type IncomingMessage } from "node:http";
import { request as requestHttps } from "node:https";
import { dial, type TlsTrust } from "./dial.ts";
import { dialHost } from "./egress.ts";

/** Headers that go on to another host. Whatever else the backend's adapter wrote may be a secret of the first one. */
const HEADERS_FOR_STRANGERS: ReadonlySet<string> = new Set(["range", "user-agent", "accept"]);

/**
 * Opens the connection; the caller listens and calls `end`.
 *
 * @param onProgress called when TCP is there and, with true, when the request can go out
 */
export function openRequest(
  url: URL,
  method: string,
  headers: Readonly<Record<string, string>>,
  trust: TlsTrust | undefined,
  onProgress: (isConnected: boolean) => void,
): ClientRequest {
  const isSecure = url.protocol === "https:";
  const port = url.port === "" ? (isSecure ? 443 : 80) : Number(url.port);
  const target = { host: dialHost(url), port, name: url.hostname.replace(/^\[|\]$/g, "") };
  return (isSecure ? requestHttps : requestHttp)({
    method,
    host: url.hostname,
    port,
    path: `${url.pathname}${url.search}`,
    headers: { ...headers },
    // No agent at all: an agent would keep TLS sessions, and a node's next handshake would be a short one.
    createConnection: () => {
      const socket = dial(isSecure && trust !== undefined ? { ...target, tls: trust } : target);
      socket.on("connect", () => onProgress(!isSecure));
      if (isSecure) socket.on("secureConnect", () => onProgress(true));
      return socket;
    },
  });
}

/** The headers that a redirect carries on. */
export function headersAfterRedirect(
  headers: Readonly<Record<string, string>>,
  from: URL,
  to: URL,
): Readonly<Record<string, string>> {
  if (from.host === to.host && from.protocol === to.protocol) return headers;
  const passed = Object.entries(headers).filter(([name]) => HEADERS_FOR_STRANGERS.has(name.toLowerCase()));
  return Object.fromEntries(passed);
}

/** The headers of an answer as the adapters read them: names in lower case, repeated ones joined. */
export function headersOf(response: IncomingMessage): Record<string, string | undefined> {
  const entries = Object.entries(response.headers);
  return Object.fromEntries(entries.map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]));
}
