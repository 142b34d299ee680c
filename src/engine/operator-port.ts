/** Enough HTTP for an operator: one question, one answer, in memory. It neither follows redirects nor retries. */
import { request as requestHttp, type IncomingMessage } from "node:http";
import { request as requestHttps } from "node:https";
import type { HttpPort, HttpReply } from "../adapters/adapter.ts";
import { BackendFailure } from "./backend-failure.ts";

/** A backend that is silent for so long is not going to answer an operator. */
const SILENCE_MAX_MS = 30_000;
/** A page of beliefs has a few hundred kilobytes. */
const ANSWER_BYTES_MAX = 64 * 2 ** 20;

/** A port that trusts `ca` (PEM) beside nothing; undefined = the authorities that Node knows. */
export function operatorPort(ca: string | undefined): HttpPort {
  return ({ method, url, headers, body }) =>
    new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        const { origin } = new URL(url);
        reject(new BackendFailure(`Cannot reach the backend at ${origin}: ${error.message}`, { cause: error }));
      };
      const send = url.startsWith("https:") ? requestHttps : requestHttp;
      const trust = ca === undefined ? {} : { ca };
      const sent = send(url, { method, headers: { ...headers }, timeout: SILENCE_MAX_MS, ...trust }, (response) => {
        collect(response).then(resolve, fail);
      });
      sent.on("timeout", () => sent.destroy(new Error(`it was silent for ${SILENCE_MAX_MS / 1_000} s`)));
      sent.on("error", fail);
      sent.end(body);
    });
}

async function collect(response: IncomingMessage): Promise<HttpReply> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > ANSWER_BYTES_MAX) throw new Error(`its answer has more than ${ANSWER_BYTES_MAX} bytes`);
    parts.push(part);
  }
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]),
  );
  return { status: response.statusCode ?? 0, headers, body: Buffer.concat(parts) };
}
