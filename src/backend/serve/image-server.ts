/**
 * Serves images to whoever holds a signed URL: whole or one range, one request a connection, every byte counted.
 * It is small on purpose: a library's static files neither count nor pace nor cut.
 */
import { createServer } from "node:http";
import type { IncomingMessage, RequestListener, Server, ServerOptions, ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { constants } from "node:crypto";
import type { Socket } from "node:net";
import parseRange from "range-parser";
import type { BackendFaultDraws, DrawnFault } from "../../faults/backend/fault-draws.ts";
import type { Distribution } from "../../fleet/distribution.ts";
import type { NodeNumber } from "../rules/job-plan.ts";
import type { Certificates } from "./certificates.ts";
import type { FleetClock } from "./fleet-clock.ts";
import { ImageBody } from "./image-body.ts";
import { HANDSHAKE_WITHIN_MS, listen } from "./listener.ts";
import type { Ledger } from "./ledger.ts";
import type { LedgerImage } from "./ledger-entries.ts";
import type { ServeCounters } from "./serve-counters.ts";
import { namesOneHost } from "./request-head.ts";
import { judgeSignedPath } from "./signed-url.ts";

/** A node that writes flash slowly may pause long; one that lost its power never comes back. */
const IDLE_MS = 600_000;

export interface ImageServerOptions {
  readonly ledger: Ledger;
  readonly clock: FleetClock;
  readonly counters: ServeCounters;
  /** undefined = plain HTTP. */
  readonly certificates: Certificates | undefined;
  readonly tlsTickets: boolean;
  readonly keepAlive: boolean;
  readonly faults: BackendFaultDraws<Distribution>;
}

export class ImageServer {
  readonly #options: ImageServerOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(options: ImageServerOptions) {
    this.#options = options;
    const { counters } = options;
    this.#server = makeServer(options, (request, response) => this.#answer(request, response));
    this.#server.timeout = IDLE_MS;
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
    this.#server.on("secureConnection", () => counters.tlsHandshakes++);
    this.#server.on("tlsClientError", () => counters.tlsHandshakesFailed++);
    this.#server.on("clientError", (_error, socket) => socket.destroy());
  }

  /** Listens on 127.0.0.1; resolves to the port. */
  listen(port: number): Promise<number> {
    return listen(this.#server, port);
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { ledger, clock, counters, keepAlive } = this.#options;
    counters.imageRequests++;
    if (!keepAlive) response.setHeader("Connection", "close");
    if (!namesOneHost(request)) return this.#refuse(response, 400, "one Host only");
    if (request.method !== "GET" && request.method !== "HEAD") return this.#refuse(response, 405, "GET and HEAD only");
    const sizeOf = (imageId: string) => ledger.imageOf(imageId)?.bytes.length;
    const verdict = judgeSignedPath(ledger.urlSecret, request.url ?? "", clock.nowSeconds(), sizeOf);
    if (verdict.kind === "expired") counters.imageRequestsExpired++;
    if (verdict.kind !== "valid") {
      return this.#refuse(
        response,
        403,
        verdict.kind === "expired" ? "the URL has expired" : "the URL is not signed by this server",
      );
    }
    const image = ledger.imageOf(verdict.imageId);
    if (image === undefined) return this.#refuse(response, 404, "no such image");
    this.#sendOrNot(request, response, image, ledger.nodeOf(verdict.nodeId));
  }

  /** Sends the image, or misbehaves. */
  #sendOrNot(
    request: IncomingMessage,
    response: ServerResponse,
    image: LedgerImage,
    node: NodeNumber | undefined,
  ): void {
    const { faults } = this.#options;
    if (node === undefined || request.method !== "GET") return this.#send(request, response, image, undefined);
    const fault = faults.at("image", node);
    const lateUs = faults.lateUs("image answer", node);
    const answer = (): void => {
      if (response.destroyed) {
        this.#options.counters.imageRequestsCut++;
        return;
      }
      if (fault?.effect !== "error") return this.#send(request, response, image, fault);
      faults.fired(fault.name);
      this.#refuse(response, fault.status, "refused on purpose");
    };
    if (lateUs === 0) answer();
    else setTimeout(answer, Math.ceil(lateUs / 1_000));
  }

  #send(request: IncomingMessage, response: ServerResponse, image: LedgerImage, fault: DrawnFault | undefined): void {
    const { counters } = this.#options;
    const size = image.bytes.length;
    const etag = `"${image.md5}"`;
    const range = rangeOf(request, size, etag);
    if (range === "unsatisfiable") {
      response.setHeader("Content-Range", `bytes */${size}`);
      return this.#refuse(response, 416, "the range begins past the end of the image");
    }
    const { from, to } = range ?? { from: 0, to: size };
    response.writeHead(range === undefined ? 200 : 206, {
      "Content-Type": "application/octet-stream",
      "Content-Length": to - from,
      "Accept-Ranges": "bytes",
      ETag: etag,
      ...(range === undefined ? {} : { "Content-Range": `bytes ${from}-${to - 1}/${size}` }),
    });
    if (range !== undefined) counters.imageRequestsRanged++;
    const progress = { servedBytes: 0 };
    response.once("close", () => {
      if (response.writableFinished) {
        counters.imageRequestsWhole++;
        counters.imageBytesWhole += progress.servedBytes;
      } else {
        counters.imageRequestsCut++;
        counters.imageBytesCut += progress.servedBytes;
      }
    });
    if (request.method === "HEAD") {
      response.end();
      return;
    }
    const onFault = (): void => {
      if (fault !== undefined) this.#options.faults.fired(fault.name);
    };
    const onServed = (bytes: number): void => {
      progress.servedBytes += bytes;
      counters.imageBytesServed += bytes;
    };
    new ImageBody({ response, bytes: image.bytes, from, to, fault, onFault, onServed }).write();
  }

  #refuse(response: ServerResponse, status: number, text: string): void {
    this.#options.counters.imageRequestsRefused++;
    response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" }).end(`${text}\n`);
  }
}

/** One range, half-open; undefined = the whole image. Several ranges or a malformed one are answered with all of it. */
function rangeOf(
  request: IncomingMessage,
  size: number,
  etag: string,
): { readonly from: number; readonly to: number } | "unsatisfiable" | undefined {
  const header = request.headers.range;
  const ifRange = request.headers["if-range"];
  if (header === undefined || (ifRange !== undefined && ifRange !== etag)) return undefined;
  const ranges = parseRange(size, header);
  if (ranges === -1) return "unsatisfiable";
  if (ranges === -2 || ranges.type !== "bytes" || ranges.length !== 1) return undefined;
  const [range] = ranges;
  return range === undefined ? undefined : { from: range.start, to: range.end + 1 };
}

function makeServer(options: ImageServerOptions, listener: RequestListener): Server {
  const limits: ServerOptions = {
    noDelay: true,
    keepAliveTimeout: 5_000,
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    connectionsCheckingInterval: 5_000,
    maxHeaderSize: 8 * 1024,
  };
  if (options.certificates === undefined) return createServer(limits, listener);
  const { certPem, keyPem } = options.certificates;
  // Without tickets no session can be resumed, so each download costs the full handshake that a real node pays.
  const secureOptions = options.tlsTickets ? 0 : constants.SSL_OP_NO_TICKET;
  const tls = { cert: certPem, key: keyPem, secureOptions, handshakeTimeout: HANDSHAKE_WITHIN_MS };
  return createTlsServer({ ...limits, ...tls }, listener);
}
