/** The image downloads of a shard's nodes: at most one each. */
import type { HttpReply, NodeHalf } from "../../adapters/adapter.ts";
import { assert } from "../../base/assert.ts";
import { readImageHead } from "../../image/image-head.ts";
import { NO_JOB } from "../../measure/event-record.ts";
import { kindNumber } from "../../measure/record-codec.ts";
import { other, type SlotNumber } from "../../node/flash.ts";
import type { TlsTrust } from "./dial.ts";
import type { DownloadEnd, DownloadFailure, DownloadListener } from "./download-listener.ts";
import { DownloadPacer } from "./download-pacer.ts";
import type { EgressCheck } from "./egress.ts";
import { hrtimeUs } from "./fleet-clock.ts";
import { type ImageDownload, startDownload } from "./image-download.ts";
import { dropCauseOf } from "./link-failure.ts";
import type { NodeStage } from "./node-stage.ts";
import { ResumableHash } from "./resumable-hash.ts";
import type { ShardImages } from "./shard-images.ts";
import type { ShardJobs } from "./shard-jobs.ts";

const KIND = { firstByte: kindNumber("first byte") } as const;

/** esp_http_client's timeout for what it has asked: 5 s, and wall time, as it judges the server. */
const SILENCE_MAX_US = 5_000_000;

/** Where the network goes away, newlib says EHOSTUNREACH. */
const NETWORK_GONE = { err: "ESP_FAIL", errno: 113 } as const;

export interface NodeDownloadsOptions {
  readonly stage: NodeStage;
  readonly trust: TlsTrust | undefined;
  readonly isAllowed: EgressCheck;
  readonly images: ShardImages;
  readonly jobs: ShardJobs;
  /** Fleet seconds in a wall second: nodes name their pace in fleet time. */
  readonly speed: number;
  readonly halfOf: (slot: number) => NodeHalf;
  /** The chip of a node, by ESP-IDF's name. */
  readonly chipOf: (slot: number) => string;
}

/** What a node asked for. */
export interface DownloadWish {
  readonly offer: number;
  readonly fromBytes: number;
  readonly isRanged: boolean;
  readonly untilBytes: number;
  readonly paceBytesPerSecond: number;
}

interface Running {
  readonly download: ImageDownload;
  readonly wish: DownloadWish;
  readonly hash: ResumableHash | undefined;
  /** NO_JOB = an offer that the run did not make: nothing is known of its image. */
  readonly job: number;
  readonly startedUs: number;
  /** How late the node was told what it then asked for, wall microseconds. */
  readonly lateUs: number;
  /** What the node had waited for the backend by then. */
  readonly waitedBeforeUs: number;
  /** Bytes of the whole image, as offer or server say. */
  sizeBytes: number;
}

/** Carries what nodes wish of their downloads, and tells them what comes back. */
export class NodeDownloads implements DownloadListener {
  readonly #options: NodeDownloadsOptions;
  readonly #pacer = new DownloadPacer();
  readonly #running = new Map<number, Running>();
  /** Digests of what lies in a node's other slot, from downloads that broke: so far, they can go on. */
  readonly #hashes = new Map<number, ResumableHash>();
  #isOpen = true;
  #endedBytes = 0;

  constructor(options: NodeDownloadsOptions) {
    this.#options = options;
  }

  /** Downloads under way. */
  get inFlight(): number {
    return this.#running.size;
  }

  /** Bytes of all downloads so far. */
  get bytes(): number {
    let bytes = this.#endedBytes;
    for (const { download, wish } of this.#running.values()) bytes += download.gotBytes - wish.fromBytes;
    return bytes;
  }

  /** No new ones; those under way go on. */
  stopStarts(): void {
    this.#isOpen = false;
  }

  start(slot: number, wish: DownloadWish): void {
    if (!this.#isOpen) return;
    const { stage, trust, isAllowed, images, jobs, speed, halfOf } = this.#options;
    const offer = stage.settings.books.offers.get(wish.offer);
    assert(offer.url !== undefined && !this.#running.has(slot), "a node asks for one image at a time, by its url");
    const job = offer.jobId === undefined ? NO_JOB : jobs.jobOfId(offer.jobId);
    const image = job === NO_JOB ? undefined : images.ofJob(job);
    const hash = this.#hashFor(slot, wish.fromBytes);
    const download = startDownload({
      request: halfOf(slot).imageRequest(offer.url, wish.fromBytes, wish.isRanged),
      trust,
      isAllowed,
      fromBytes: wish.fromBytes,
      untilBytes: wish.untilBytes,
      paceBytesPerSecond: wish.paceBytesPerSecond * speed,
      hash,
      expectedSha256: image?.sha256,
      silenceMaxUs: SILENCE_MAX_US,
      listener: this,
      pacer: this.#pacer,
      slot,
    });
    const sizeBytes = offer.sizeBytes === 0 ? (image?.sizeBytes ?? 0) : offer.sizeBytes;
    const startedUs = hrtimeUs();
    const waitedBeforeUs = this.#options.stage.waits.ofUs(slot, startedUs);
    const lateUs = this.#options.stage.latenessUs;
    this.#running.set(slot, { download, wish, hash, job, startedUs, lateUs, waitedBeforeUs, sizeBytes });
  }

  /** Bytes of the node's download that have arrived by now; 0 where it has none. */
  gotBytesOf(slot: number): number {
    return this.#running.get(slot)?.download.gotBytes ?? 0;
  }

  awaitBytes(slot: number, untilBytes: number): void {
    this.#running.get(slot)?.download.awaitBytes(untilBytes);
  }

  /** Cuts the download. Its digest is kept as far as the node may go on from. */
  stop(slot: number): void {
    const running = this.#running.get(slot);
    if (running === undefined) return;
    this.#finish(slot, running, running.download.stop(), true);
  }

  /** The network goes away under the download: the node is told so, and what had arrived. */
  cut(slot: number): void {
    const running = this.#running.get(slot);
    if (running === undefined) return;
    const gotBytes = running.download.stop();
    this.#finish(slot, running, gotBytes, true);
    const { stage } = this.#options;
    const { step } = stage.nodes.at(slot).update;
    const failed = step === "writing" ? "body" : step === "reading head" ? "head" : "begin";
    // Whatever else this moment brings, a dial even: a node that is not told would wait for ever.
    stage.tellAfter(slot, { kind: "transfer failed", step: failed, gotBytes, ...NETWORK_GONE });
  }

  close(): void {
    for (const slot of this.#running.keys()) this.stop(slot);
    this.#hashes.clear();
  }

  onHead({ slot }: ImageDownload, head: Omit<HttpReply, "body">): void {
    const running = this.#of(slot);
    const { fromBytes, isRanged } = running.wish;
    const { stage, halfOf } = this.#options;
    const verdict = halfOf(slot).imageHead(head, fromBytes, isRanged);
    switch (verdict.kind) {
      case "begun":
        if (verdict.lengthBytes !== undefined) running.sizeBytes = fromBytes + verdict.lengthBytes;
        stage.tell(slot, { kind: "transfer begun" });
        // What arrives is no head: the node looks into its flash, where the first part lies.
        if (fromBytes > 0) stage.tell(slot, { kind: "image head read", image: this.#imageInFlash(slot) });
        return;
      case "range refused":
        this.stop(slot);
        stage.tell(slot, { kind: "range refused" });
        return;
      case "failed": {
        this.stop(slot);
        const { err, errno } = verdict;
        stage.tell(slot, { kind: "transfer failed", step: "begin", gotBytes: fromBytes, err, errno });
        return;
      }
    }
  }

  onFirstByte({ slot }: ImageDownload, sinceStartUs: number, dialLateUs: number): void {
    const { job, lateUs } = this.#of(slot);
    // From the moment at which the node meant to ask: its deadline may have been served late, and its dial after that.
    this.#options.stage.record(KIND.firstByte, slot, 0, job, sinceStartUs + lateUs, lateUs + dialLateUs);
  }

  onImageHead({ slot }: ImageDownload, bytes: Uint8Array): void {
    const { images, stage, chipOf } = this.#options;
    const running = this.#of(slot);
    const head = readImageHead(bytes);
    const image = head === undefined ? undefined : images.numberOf(head, running.sizeBytes, chipOf(slot), running.job);
    if (image !== undefined) {
      stage.tell(slot, { kind: "image head read", image });
      return;
    }
    this.stop(slot);
    stage.tell(slot, { kind: "transfer failed", step: "head", gotBytes: bytes.length, err: "ESP_FAIL", errno: 0 });
  }

  onReached({ slot }: ImageDownload, gotBytes: number): void {
    this.#options.stage.tell(slot, { kind: "bytes reached", gotBytes });
  }

  onEnded({ slot }: ImageDownload, { gotBytes, endedUs, isComplete, isIntact }: DownloadEnd): void {
    const running = this.#of(slot);
    this.#finish(slot, running, gotBytes, false, endedUs);
    const ended = {
      kind: "transfer ended",
      gotBytes,
      isComplete,
      // Without a digest over all of it (a foreign image, or a part of which nobody kept the digest) there is no
      // evidence of damage but a wrong length: what was in flash was asked for by the image's own checksum.
      isIntact: isIntact ?? gotBytes === running.sizeBytes,
    } as const;
    this.#options.stage.tellOf(slot, ended, endedUs);
  }

  onFailed({ slot }: ImageDownload, { step, gotBytes, err, errno, cause }: DownloadFailure): void {
    this.#finish(slot, this.#of(slot), gotBytes, true);
    this.#options.stage.dropStart(slot, dropCauseOf(cause));
    this.#options.stage.tell(slot, { kind: "transfer failed", step, gotBytes, err, errno });
  }

  /** The image that lies in the slot that is not running; the job's where that is not known. */
  #imageInFlash(slot: number): number {
    const node = this.#options.stage.nodes.at(slot);
    const image = node.flash.imageIn(other(node.power.slot as SlotNumber));
    return image === 0 ? this.#options.images.numberOfJob(this.#of(slot).job) : image;
  }

  /** A digest that goes on where the transfer begins; undefined where that of the part before was not kept. */
  #hashFor(slot: number, fromBytes: number): ResumableHash | undefined {
    const kept = this.#hashes.get(slot);
    this.#hashes.delete(slot);
    if (fromBytes > 0) return kept?.hashedBytes === fromBytes ? kept : undefined;
    const { resume } = this.#options.stage.nodes.at(slot).generation;
    return new ResumableHash(resume === "bytes" ? 1 : 1_024);
  }

  #finish(slot: number, running: Running, gotBytes: number, isKept: boolean, endedUs = hrtimeUs()): void {
    const { wish, hash, startedUs, waitedBeforeUs } = running;
    this.#running.delete(slot);
    if (isKept && hash !== undefined && hash.hashedBytes > 0) this.#hashes.set(slot, hash);
    const bytes = gotBytes - wish.fromBytes;
    this.#endedBytes += bytes;
    const ownUs = (bytes / (wish.paceBytesPerSecond * this.#options.speed)) * 1_000_000;
    const { waits } = this.#options.stage;
    // A dial or a fetch of the same time has been counted already.
    const countedUs = waits.ofUs(slot, endedUs) - waitedBeforeUs;
    waits.add(slot, endedUs - startedUs - ownUs - countedUs);
  }

  #of(slot: number): Running {
    const running = this.#running.get(slot);
    assert(running !== undefined, `the download of slot ${slot} is known`);
    return running;
  }
}
