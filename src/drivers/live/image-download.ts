/**
 * One image request of one node: one connection, a full handshake, redirects as the firmware follows them, the body
 * streamed and hashed at the node's pace and never held whole. It carries and tells; what a status code or a broken
 * transfer means, and whether to ask again, is the adapter's and the node's affair.
 *
 * Byte counts are absolute in the image: a resumed transfer begins to count at `fromBytes`.
 */
import type { ClientRequest, IncomingMessage } from "node:http";
import type { HttpRequest } from "../../adapters/adapter.ts";
import { BytePace } from "./byte-pace.ts";
import { assert } from "../../base/assert.ts";
import type { TlsTrust } from "./dial.ts";
import type { DownloadEnd, DownloadFailure, DownloadListener } from "./download-listener.ts";
import { type DownloadPacer, PACER_TICK_MS, type Paced } from "./download-pacer.ts";
import type { EgressCheck } from "./egress.ts";
import { hrtimeUs } from "./fleet-clock.ts";
import { headersAfterRedirect, headersOf, openRequest } from "./http-request.ts";
import type { ResumableHash } from "./resumable-hash.ts";
import { causeOfError, type SocketCause } from "./socket-cause.ts";
import {
  brokenTransfer,
  CONNECT_FAILED,
  TOO_MANY_REDIRECTS,
  type TransferError,
  URL_UNUSABLE,
} from "./transfer-error.ts";

/** What one request needs. */
export interface DownloadOptions {
  readonly request: HttpRequest;
  /** Undefined where only http: URLs can come. */
  readonly trust: TlsTrust | undefined;
  readonly isAllowed: EgressCheck;
  readonly fromBytes: number;
  /** A count at which `onReached` is wanted, exactly; Infinity = none. */
  readonly untilBytes: number;
  /** Bytes per second of wall time; Infinity = as fast as they come. */
  readonly paceBytesPerSecond: number;
  /** The digest of the bytes before `fromBytes`, which goes on with the body; undefined = no digest is kept. */
  readonly hash: ResumableHash | undefined;
  /** What the whole image's SHA-256 should be, in lower-case hex. */
  readonly expectedSha256: string | undefined;
  /** Until the answer's head is here: wall time in microseconds without any progress after which the request fails. */
  readonly silenceMaxUs: number;
  readonly listener: DownloadListener;
  readonly pacer: DownloadPacer;
  /** The owner's number for it. */
  readonly slot: number;
}

/** Redirects that esp_http_client follows in a row. */
export const REDIRECTS_MAX = 10;

/** Bytes of an image's head: file header, first segment's header, app description (esp_image_format.h). */
export const IMAGE_HEAD_BYTES = 24 + 8 + 256;

/** The most of an image's head that `onImageHead` shows. */
export const IMAGE_HEAD_BYTES_MAX = 512;

/** The firmware reads and writes 1 KiB at a time, the head included; what comes less at once is not looked at. */
const PIECE_BYTES = 1_024;

/**
 * What is all due so soon is taken at once, microseconds: a quarter of what a timer can tell apart. The pace keeps the
 * account, so that nothing is gained in the long run, and a fast link is not slowed by a timer for each piece.
 */
const SOON_US = 250;

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Begins a request. Nothing is told before this returns. */
export function startDownload(options: DownloadOptions): ImageDownload {
  return new ImageDownload(options);
}

/** A request under way. `stop()` ends it; after that, after `onEnded` and after `onFailed` nothing is told any more. */
export class ImageDownload implements Paced {
  slot: number;
  readonly #options: DownloadOptions;
  readonly #pace: BytePace;
  readonly #startedUs = hrtimeUs();
  #heardUs = this.#startedUs;
  /** How long the thread took from the start to the first dial. */
  #dialLateUs = 0;
  #request: ClientRequest | undefined;
  #response: IncomingMessage | undefined;
  #redirects = 0;
  #isConnected = false;
  #isOver = false;
  #isSettling = false;
  #gotBytes: number;
  #untilBytes: number;
  #lengthBytes: number | undefined;
  #head: Buffer | undefined;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  /** When bytes were last moved into flash. */
  #movedUs = 0;
  /** Before this microsecond a tick has nothing to do; 0 = to be found out by the next one. */
  #restUntilUs = 0;
  /** How the stream ended, while bytes of it still wait. */
  #ending: "complete" | SocketCause | undefined;

  constructor(options: DownloadOptions) {
    const { hash, fromBytes } = options;
    assert(hash === undefined || hash.hashedBytes === fromBytes, "a digest goes on exactly where the transfer begins");
    this.slot = options.slot;
    this.#options = options;
    this.#pace = new BytePace(options.paceBytesPerSecond);
    this.#gotBytes = options.fromBytes;
    this.#untilBytes = options.untilBytes;
    options.pacer.add(this);
    // From the next turn on, so that even an unusable URL is told after this returned.
    setImmediate(() => {
      this.#dialLateUs = hrtimeUs() - this.#startedUs;
      this.#ask(options.request.url, options.request.headers);
    });
  }

  /** Bytes of the image that have reached the node's flash by now. */
  get gotBytes(): number {
    return this.#gotBytes + this.#untoldBytes(hrtimeUs());
  }

  /** Asks for another `onReached`; Infinity = for none. Also from within one. */
  awaitBytes(untilBytes: number): void {
    this.#untilBytes = untilBytes;
    this.#restUntilUs = 0;
  }

  /** Wall time in microseconds since the last sign of life of the server. */
  quietUs(nowUs: number): number {
    return nowUs - this.#heardUs;
  }

  /** Ends the transfer at this moment and answers the bytes that have reached flash. Nothing is told any more. */
  stop(): number {
    for (let left = this.#untoldBytes(hrtimeUs()); left > 0;) left -= this.#move(left).length;
    this.#release();
    return this.#gotBytes;
  }

  /** For the pacer: takes what is due, and fails a request that nobody answers. */
  tick(nowUs: number): void {
    // Nearly every tick of the pacer is somebody else's.
    if (this.#isOver || nowUs < this.#restUntilUs) return;
    if (this.#response === undefined && this.quietUs(nowUs) > this.#options.silenceMaxUs) {
      this.#failToBegin("silent");
      return;
    }
    this.#settle(nowUs);
    this.#expectEnd(nowUs);
    this.#restUntilUs = this.#nextDueUs();
  }

  /** When the next tick has something to do, if nothing comes until then. */
  #nextDueUs(): number {
    if (this.#response === undefined) return this.#heardUs + this.#options.silenceMaxUs;
    if (this.#waitingBytes === 0) return Infinity;
    const endUs = this.#pace.dueAtUs(this.#waitingBytes) - PACER_TICK_MS * 1_000;
    return Math.min(endUs, this.#pace.dueAtUs(this.#wantedBytes));
  }

  #ask(text: string, headers: Readonly<Record<string, string>>): void {
    if (this.#isOver) return;
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || (url.protocol !== "https:" && url.protocol !== "http:")) {
      this.#fail("begin", URL_UNUSABLE, "protocol");
      return;
    }
    if (!this.#options.isAllowed(url)) {
      this.#fail("begin", CONNECT_FAILED, "not allowed");
      return;
    }
    if (url.protocol === "https:" && this.#options.trust === undefined) {
      this.#fail("begin", CONNECT_FAILED, "certificate");
      return;
    }
    this.#isConnected = false;
    this.#heardUs = hrtimeUs();
    this.#restUntilUs = 0;
    const { method } = this.#options.request;
    const request = openRequest(url, method, headers, this.#options.trust, (isConnected) =>
      this.#progress(isConnected),
    );
    this.#request = request;
    request.on("response", (response) => this.#hear(request, response, url, headers));
    request.on("error", (error) => this.#break(request, error));
    request.on("close", () => this.#break(request, undefined));
    request.end(this.#options.request.body);
  }

  #progress(isConnected: boolean): void {
    this.#heardUs = hrtimeUs();
    this.#isConnected = isConnected;
  }

  #hear(request: ClientRequest, response: IncomingMessage, url: URL, headers: Readonly<Record<string, string>>): void {
    if (this.#isOver || request !== this.#request) return;
    this.#heardUs = hrtimeUs();
    const status = response.statusCode ?? 0;
    const location = response.headers.location;
    response.on("error", (error) => this.#break(request, error));
    if (REDIRECTS.has(status) && location !== undefined) {
      this.#request = undefined;
      request.destroy();
      this.#follow(location, url, headers);
      return;
    }
    this.#response = response;
    this.#restUntilUs = 0;
    const length = Number(response.headers["content-length"] ?? "none");
    this.#lengthBytes = Number.isSafeInteger(length) ? length : undefined;
    this.#options.listener.onHead(this, { status, headers: headersOf(response) });
    if (this.#isOver) return;
    // The body of an error is no image. The head said all that there is to say.
    if (status !== 200 && status !== 206) {
      this.#release();
      return;
    }
    response.on("data", (chunk: Buffer) => this.#take(chunk));
    response.on("end", () => this.#conclude("complete"));
  }

  #follow(location: string, from: URL, headers: Readonly<Record<string, string>>): void {
    this.#redirects += 1;
    if (this.#redirects > REDIRECTS_MAX) {
      this.#fail("begin", TOO_MANY_REDIRECTS, "protocol");
      return;
    }
    const to = URL.canParse(location, from.href) ? new URL(location, from.href) : undefined;
    this.#ask(to?.href ?? location, to === undefined ? headers : headersAfterRedirect(headers, from, to));
  }

  #take(chunk: Buffer): void {
    if (this.#isOver || chunk.length === 0) return;
    const nowUs = hrtimeUs();
    this.#heardUs = nowUs;
    if (this.#gotBytes === this.#options.fromBytes && this.#waitingBytes === 0) {
      this.#options.listener.onFirstByte(this, nowUs - this.#startedUs, this.#dialLateUs);
      if (this.#isOver) return;
    }
    if (this.#waitingBytes === 0) this.#pace.begin(nowUs);
    this.#restUntilUs = 0;
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    this.#settle(nowUs);
    if (this.#waitingBytes === 0) return;
    this.#response?.pause();
    this.#expectEnd(nowUs);
  }

  /** What waits may be due between two ticks of the pacer. */
  #expectEnd(nowUs: number): void {
    if (this.#isOver || this.#waitingBytes === 0) return;
    this.#options.pacer.expect(this.#pace.dueAtUs(this.#waitingBytes), nowUs);
  }

  /** Moves into flash what is due by now, and tells what was reached with it. */
  #settle(nowUs: number): void {
    if (this.#waitingBytes === 0) return;
    const isAllSoon = this.#pace.dueAtUs(this.#waitingBytes) <= nowUs + SOON_US;
    let due = isAllSoon ? this.#waitingBytes : Math.min(this.#waitingBytes, this.#pace.dueBytes(nowUs));
    if (due < this.#wantedBytes) return;
    this.#pace.take(due);
    this.#movedUs = hrtimeUs();
    this.#isSettling = true;
    while (due > 0 && !this.#isOver) due -= this.#write(Math.min(due, this.#beforeUntilBytes));
    this.#isSettling = false;
    if (this.#isOver || this.#waitingBytes > 0) return;
    if (this.#ending !== undefined) this.#conclude(this.#ending);
    else this.#response?.resume();
  }

  #write(bytesMax: number): number {
    const isUntil = bytesMax === this.#beforeUntilBytes;
    const piece = this.#move(bytesMax);
    const { fromBytes, listener } = this.#options;
    if (fromBytes === 0 && this.#gotBytes - piece.length < IMAGE_HEAD_BYTES) this.#collectHead(piece);
    if (!this.#isOver && isUntil && piece.length === bytesMax) listener.onReached(this, this.#gotBytes);
    return piece.length;
  }

  /** Moves at most so many bytes of the first chunk that waits. */
  #move(bytesMax: number): Buffer {
    const chunk = this.#waiting[0];
    assert(chunk !== undefined && bytesMax > 0, "bytes that are due are among those that wait");
    const piece = chunk.subarray(0, bytesMax);
    if (piece.length === chunk.length) this.#waiting.shift();
    else this.#waiting[0] = chunk.subarray(piece.length);
    this.#waitingBytes -= piece.length;
    this.#gotBytes += piece.length;
    this.#options.hash?.update(piece);
    return piece;
  }

  /**
   * So many are moved at once at least: up to what somebody is told of. In between `gotBytes` counts what is due
   * without a move, and each move costs as much as the bytes themselves.
   */
  get #wantedBytes(): number {
    const isHead = this.#options.fromBytes === 0 && this.#gotBytes < IMAGE_HEAD_BYTES;
    return Math.min(this.#waitingBytes, isHead ? PIECE_BYTES : this.#beforeUntilBytes);
  }

  /** Bytes up to the next count that is to be told; Infinity behind it. */
  get #beforeUntilBytes(): number {
    return this.#untilBytes > this.#gotBytes ? this.#untilBytes - this.#gotBytes : Infinity;
  }

  /** Bytes that were due since the last tick. None while the owner is being told something: that is the count. */
  #untoldBytes(nowUs: number): number {
    if (this.#isSettling || this.#waitingBytes === 0) return 0;
    return Math.min(this.#waitingBytes, this.#pace.dueBytes(nowUs), this.#beforeUntilBytes);
  }

  #collectHead(piece: Buffer): void {
    const room = IMAGE_HEAD_BYTES_MAX - (this.#head?.length ?? 0);
    this.#head = Buffer.concat([this.#head ?? Buffer.alloc(0), piece.subarray(0, room)]);
    if (this.#gotBytes < IMAGE_HEAD_BYTES) return;
    const head = this.#head;
    this.#head = undefined;
    this.#options.listener.onImageHead(this, head);
  }

  #break(request: ClientRequest, error: Error | undefined): void {
    if (this.#isOver || request !== this.#request || this.#ending !== undefined) return;
    const cause = error === undefined ? "closed" : causeOfError(error);
    if (this.#response === undefined) {
      this.#failToBegin(cause);
      return;
    }
    // Whole, and only not yet taken out of the stream because it is paused.
    if (this.#response.complete) return;
    // What the stream had read before it broke has arrived at the node too.
    const response = this.#response.removeAllListeners("data");
    for (let left: unknown = response.read(); left instanceof Buffer; left = response.read()) this.#take(left);
    this.#conclude(cause);
  }

  #conclude(ending: "complete" | SocketCause): void {
    if (this.#isOver) return;
    this.#ending = ending;
    if (this.#waitingBytes > 0) return;
    const isHeadMissing = this.#options.fromBytes === 0 && this.#gotBytes < IMAGE_HEAD_BYTES;
    if (ending !== "complete") this.#fail(isHeadMissing ? "head" : "body", brokenTransfer(ending), ending);
    else if (isHeadMissing) this.#fail("head", brokenTransfer("closed"), "closed");
    else this.#end();
  }

  #end(): void {
    const { hash, fromBytes, expectedSha256, listener } = this.#options;
    const received = this.#gotBytes - fromBytes;
    // Without a length, or with nothing to come, the node learns of the end by the end alone.
    const endedUs = received > 0 && this.#lengthBytes === received ? this.#movedUs : hrtimeUs();
    const sha256 = hash?.digest();
    this.#release();
    const end: DownloadEnd = {
      gotBytes: this.#gotBytes,
      endedUs,
      isComplete: this.#lengthBytes === undefined || this.#lengthBytes === received,
      sha256,
      isIntact: sha256 === undefined || expectedSha256 === undefined ? undefined : sha256 === expectedSha256,
    };
    listener.onEnded(this, end);
  }

  #failToBegin(cause: SocketCause): void {
    this.#fail("begin", this.#isConnected ? brokenTransfer(cause) : CONNECT_FAILED, cause);
  }

  #fail(step: DownloadFailure["step"], error: TransferError, cause: SocketCause): void {
    this.#release();
    this.#options.listener.onFailed(this, {
      step,
      gotBytes: this.#gotBytes,
      err: error.err,
      errno: error.errno,
      cause,
    });
  }

  #release(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.pacer.remove(this);
    this.#options.hash?.dropTail();
    this.#request?.destroy();
    this.#request = undefined;
    this.#response = undefined;
    this.#waiting = [];
    this.#waitingBytes = 0;
  }
}
