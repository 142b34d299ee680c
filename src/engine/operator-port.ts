/** Enough HTTP for an operator: one question, one answer, in memory. It neither follows redirects nor retries. */
import { request as requestHttp, type IncomingMessage } from "node:http";
import { request as requestHttps } from "node:https";
import type { HttpPort, HttpReply } from "../adapters/adapter.ts";
import { BackendFailure } from "./backend-failure.ts";
import { whyUnreachable } from "./unreachable.ts";

/** A backend that is silent for so long is not going to answer an operator. */
const SILENCE_MAX_MS = 30_000;
/** A page of beliefs has a few hundred kilobytes. */
const ANSWER_BYTES_MAX = 64 * 2 ** 20;

/**
 * A port that trusts `ca` (PEM) beside nothing; undefined = the authorities that Node knows.
 *
 * @param tokenFrom where the operator's token was found, for the sentence that it is refused
 */
export function operatorPort(ca: string | undefined, tokenFrom?: string): HttpPort {
  return ({ method, url, headers, body }) =>
    new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        const { origin } = new URL(url);
        reject(new BackendFailure(`Cannot reach the backend at ${origin}: ${whyUnreachable(error)}`, { cause: error }));
      };
      const send = url.startsWith("https:") ? requestHttps : requestHttp;
      const trust = ca === undefined ? {} : { ca };
      const sent = send(url, { method, headers: { ...headers }, timeout: SILENCE_MAX_MS, ...trust }, (response) => {
        if (response.statusCode !== 401 || tokenFrom === undefined) return void collect(response).then(resolve, fail);
        response.resume();
        const { origin } = new URL(url);
        reject(new BackendFailure(`The backend at ${origin} refused the operator's token (status 401): ${tokenFrom}`));
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
