/**
 * One question of a node to a backend that speaks HTTP, and its answer: for kinds of backend without MQTT, and for
 * what a node says of itself over HTTP. One connection each, no redirects, no retries, and no time limit of its own:
 * how long to wait is the node's affair, and its owner then calls `stop`.
 */
import type { ClientRequest, IncomingMessage } from "node:http";
import type { HttpReply, HttpRequest } from "../../adapters/adapter.ts";
import type { TlsTrust } from "./dial.ts";
import type { EgressCheck } from "./egress.ts";
import { hrtimeUs } from "./fleet-clock.ts";
import { headersOf, openRequest } from "./http-request.ts";
import { causeOfError, type SocketCause } from "./socket-cause.ts";

/** Bytes of the longest answer that a node takes; a longer one fails as "protocol". */
export const REPLY_BYTES_MAX = 64 * 1_024;

/** What exchanges tell: exactly one of the two for each, unless it was stopped. One object for a shard. */
export interface ExchangeListener {
  /** `heardUs`: the monotonic microsecond at which the last of it was read. */
  onReply(exchange: HttpExchange, reply: HttpReply, heardUs: number): void;
  onFailed(exchange: HttpExchange, cause: SocketCause): void;
}

/** What one exchange needs. */
export interface ExchangeOptions {
  readonly request: HttpRequest;
  readonly trust: TlsTrust | undefined;
  readonly isAllowed: EgressCheck;
  readonly listener: ExchangeListener;
  /** The owner's number for it. */
  readonly slot: number;
}

/** An exchange under way. Nothing is told before the constructor returns, nor after `stop`. */
export class HttpExchange {
  slot: number;
  readonly #options: ExchangeOptions;
  #heardUs = 0;
  #request: ClientRequest | undefined;
  #isOver = false;
  #body: Buffer[] = [];
  #bodyBytes = 0;

  constructor(options: ExchangeOptions) {
    this.slot = options.slot;
    this.#options = options;
    setImmediate(() => this.#ask());
  }

  /** Drops the connection. */
  stop(): void {
    this.#isOver = true;
    this.#request?.destroy();
    this.#request = undefined;
    this.#body = [];
  }

  #ask(): void {
    if (this.#isOver) return;
    const { request, trust, isAllowed } = this.#options;
    const url = URL.canParse(request.url) ? new URL(request.url) : undefined;
    if (url === undefined || (url.protocol !== "https:" && url.protocol !== "http:")) return this.#fail("protocol");
    if (!isAllowed(url)) return this.#fail("not allowed");
    if (url.protocol === "https:" && trust === undefined) return this.#fail("certificate");
    const asked = openRequest(url, request.method, request.headers, trust, () => undefined);
    this.#request = asked;
    asked.on("error", (error) => this.#fail(causeOfError(error)));
    asked.on("response", (response) => this.#hear(response));
    asked.on("close", () => this.#fail("closed"));
    asked.end(request.body);
  }

  #hear(response: IncomingMessage): void {
    this.#heardUs = hrtimeUs();
    response.on("error", (error) => this.#fail(causeOfError(error)));
    response.on("data", (chunk: Buffer) => {
      this.#heardUs = hrtimeUs();
      this.#bodyBytes += chunk.length;
      if (this.#bodyBytes > REPLY_BYTES_MAX) this.#fail("protocol");
      else this.#body.push(chunk);
    });
    response.on("end", () => {
      if (this.#isOver) return;
      const reply = { status: response.statusCode ?? 0, headers: headersOf(response), body: Buffer.concat(this.#body) };
      this.stop();
      this.#options.listener.onReply(this, reply, this.#heardUs);
    });
  }

  #fail(cause: SocketCause): void {
    if (this.#isOver) return;
    this.stop();
    this.#options.listener.onFailed(this, cause);
  }
}
