/** What a download tells its owner. */
import type { HttpReply } from "../../adapters/adapter.ts";
import type { ImageDownload } from "./image-download.ts";
import type { SocketCause } from "./socket-cause.ts";

/** All that the server had is here. */
export interface DownloadEnd {
  /** Absolute in the image. */
  readonly gotBytes: number;
  /** The monotonic microsecond at which that was so: what this thread does with the bytes is no part of a download. */
  readonly endedUs: number;
  /** The body had the length that its head promised. */
  readonly isComplete: boolean;
  /** Of the whole image; undefined where no digest of the bytes before `fromBytes` was given. */
  readonly sha256: string | undefined;
  /** Undefined where either digest is missing. */
  readonly isIntact: boolean | undefined;
}

/** The transfer did not come to its end. */
export interface DownloadFailure {
  /** `begin`: before the head of the answer; `head`: before the image's head was whole; `body`: later. */
  readonly step: "begin" | "head" | "body";
  readonly gotBytes: number;
  /** As the firmware would report it (`transfer-error.ts`). */
  readonly err: string;
  readonly errno: number;
  /** What it really was, for the run's own counts. */
  readonly cause: SocketCause;
}

/**
 * One object for all downloads of a shard. Order: `onHead`, `onFirstByte`, `onImageHead` (only from byte 0),
 * `onReached`, then one of `onEnded` and `onFailed`. A download that is stopped inside a call tells nothing more, and
 * one whose status is neither 200 nor 206 ends with `onHead`.
 */
export interface DownloadListener {
  onHead(download: ImageDownload, head: Omit<HttpReply, "body">): void;
  /** Microseconds of wall time since the download was started, and how many of them passed before its dial. */
  onFirstByte(download: ImageDownload, sinceStartUs: number, dialLateUs: number): void;
  /** The first 288 to 512 bytes of the image; the owner may keep them. */
  onImageHead(download: ImageDownload, bytes: Uint8Array): void;
  /** Exactly `untilBytes` have reached flash. The transfer goes on unless it is stopped. */
  onReached(download: ImageDownload, gotBytes: number): void;
  onEnded(download: ImageDownload, end: DownloadEnd): void;
  onFailed(download: ImageDownload, failure: DownloadFailure): void;
}
