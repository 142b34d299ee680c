import type { NodeNote } from "./notes.ts";

/**
 * All that a node can wish for. A call returns nothing and calls nothing back: answers are later inputs, delivered
 * when the present `handle` has returned. A carrier carries; it never retries, decides or interprets.
 */
export interface Carrier {
  /**
   * Whether it wants to hear of the firmware's timers, of its store, and of steps that are told otherwise too: traces and
   * vectors do, and a fleet's event log does not.
   */
  readonly hearsDetails: boolean;
  /** Open the link to the backend: answered by "connected" or "connection refused". */
  connect(): void;
  /** Drop the link without a word (no DISCONNECT), and every answer that is still under way with it. */
  disconnect(): void;
  /** Subscribe to offers. Nothing answers. */
  listen(): void;
  /** Publish node config and params, as the backend's kind has it: answered by "started". */
  greet(): void;
  /** Write a message of the outbox to the link: answered by "acknowledged", or by nothing, or (where a backend answers questions) by "nothing offered" or "message failed". Written again after a reconnect. */
  send(message: number): void;
  /**
   * Draw the image from a byte on: answered by "transfer begun" or "range refused", then "image head read", then
   * "bytes reached" once `untilBytes` have reached the flash, then "transfer ended"; or "transfer failed" anywhere.
   *
   * @param offer number of the offer, whose url is asked
   * @param fromBytes where to begin; `isRanged` says whether a Range is asked for (also from byte 0)
   * @param untilBytes Infinity, or a count at which the node wants to be told
   * @param paceBytesPerSecond of fleet time: no faster than link and flash of the node allow
   */
  download(offer: number, fromBytes: number, isRanged: boolean, untilBytes: number, paceBytesPerSecond: number): void;
  /** Tell when the running download has so many bytes in the flash; Infinity = do not tell. */
  awaitBytes(untilBytes: number): void;
  /** Cut the running download. Nothing answers any more. */
  stopDownload(): void;
  /** The network went away under the running download: answered by "transfer failed", with what had arrived. */
  cutDownload(): void;
  /** Power is off until the node boots again: everything in RAM of the link is gone. */
  powerOff(): void;
  /** The offer is not needed any more. */
  release(offer: number): void;
  /** What happened inside; see `NodeNote`. */
  note(what: NodeNote): void;
}
