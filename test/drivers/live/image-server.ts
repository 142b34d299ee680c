import { createHash } from "node:crypto";
import { createServer as createHttpServer, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { createServer } from "node:net";
import { afterEach, beforeAll } from "vitest";
import type { TlsTrust } from "../../../src/drivers/live/dial.ts";
import type { DownloadEnd, DownloadFailure, DownloadListener } from "../../../src/drivers/live/download-listener.ts";
import { DownloadPacer } from "../../../src/drivers/live/download-pacer.ts";
import { allowsLoopback } from "../../../src/drivers/live/egress.ts";
import { hrtimeUs } from "../../../src/drivers/live/fleet-clock.ts";
import { type DownloadOptions, type ImageDownload, startDownload } from "../../../src/drivers/live/image-download.ts";
import { ResumableHash } from "../../../src/drivers/live/resumable-hash.ts";
import { listen } from "./brokers.ts";
import { makeCertificates, type TestCertificates } from "./certificates.ts";

export const IMAGE = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 31 + (index >> 8)) & 0xff));
export const IMAGE_SHA256 = createHash("sha256").update(IMAGE).digest("hex");

let certificates: TestCertificates;
let trust: TlsTrust;
const cleanUps: (() => void | Promise<void>)[] = [];

/** To be called at the top of each file of tests: certificates before them, and after each test nothing is left open. */
export function servesImages(): void {
  beforeAll(async () => {
    certificates = await makeCertificates();
    trust = { ca: certificates.ca };
  });
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });
}

/** Keeps what a download told. */
export class Recorded implements DownloadListener {
  readonly names: string[] = [];
  headers: Readonly<Record<string, string | undefined>> = {};
  imageHead: Uint8Array = new Uint8Array();
  reached: number | undefined;
  end: DownloadEnd | undefined;
  failure: DownloadFailure | undefined;
  stoppedAt: number | undefined;
  sinceFirstByteUs = 0;
  tookUs = 0;
  finish: () => void = () => undefined;
  #firstByteUs = 0;

  onHead(
    _download: ImageDownload,
    head: { status: number; headers: Readonly<Record<string, string | undefined>> },
  ): void {
    this.names.push(`head ${head.status}`);
    this.headers = head.headers;
    if (head.status !== 200 && head.status !== 206) this.finish();
  }
  onFirstByte(): void {
    this.names.push("first byte");
    this.#firstByteUs = hrtimeUs();
  }
  onImageHead(_download: ImageDownload, bytes: Uint8Array): void {
    this.names.push("image head");
    this.imageHead = bytes;
  }
  onReached(_download: ImageDownload, gotBytes: number): void {
    this.reached = gotBytes;
  }
  onEnded(_download: ImageDownload, end: DownloadEnd): void {
    this.names.push("ended");
    this.end = end;
    this.sinceFirstByteUs = hrtimeUs() - this.#firstByteUs;
    this.finish();
  }
  onFailed(_download: ImageDownload, failure: DownloadFailure): void {
    this.names.push("failed");
    this.failure = failure;
    this.finish();
  }
}

type RunOptions = Partial<Omit<DownloadOptions, "request" | "listener">> & {
  readonly url: string;
  readonly headers?: Record<string, string>;
};

export async function run({ url, headers = {}, ...options }: RunOptions, heard = new Recorded()): Promise<Recorded> {
  const beginUs = hrtimeUs();
  await new Promise<void>((resolve) => {
    heard.finish = resolve;
    startDownload({
      request: { via: "http", method: "GET", url, headers, body: undefined },
      trust,
      isAllowed: allowsLoopback,
      fromBytes: 0,
      untilBytes: Infinity,
      paceBytesPerSecond: Infinity,
      hash: new ResumableHash(1_024),
      expectedSha256: IMAGE_SHA256,
      silenceMaxUs: 5_000_000,
      pacer: new DownloadPacer(),
      slot: 0,
      listener: heard,
      ...options,
    });
  });
  heard.tookUs = hrtimeUs() - beginUs;
  return heard;
}

export async function serve(onRequest: RequestListener, scheme: "https" | "http" = "https"): Promise<string> {
  const server =
    scheme === "https"
      ? createHttpsServer({ cert: certificates.cert, key: certificates.key }, onRequest)
      : createHttpServer(onRequest);
  const at = await listen(server);
  cleanUps.push(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return `${scheme}://127.0.0.1:${at}/image.bin`;
}

/** Answers every connection with these bytes and closes it. */
export async function serveRaw(head: string, body: Buffer): Promise<string> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => {
      socket.write(head);
      socket.end(body);
    });
  });
  const at = await listen(server);
  cleanUps.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return `http://127.0.0.1:${at}/image.bin`;
}

export function redirect(response: ServerResponse, status: number, location: string): void {
  response.writeHead(status, { location });
  response.end("moved");
}

export function port(url: string): string {
  return new URL(url).port;
}
