/**
 * What a node receives for a job, already translated by its adapter into typed values. Flaws of the message are
 * values too: what a node does about one is the firmware's affair, not the parser's.
 */
export type OfferFlaw = "not JSON" | "no job id" | "no url" | "no stream id";

/** Absolute dates between which the job may be done: whole seconds of UTC since 1970; undefined = no such bound. */
export interface Validity {
  readonly startSeconds: number | undefined;
  readonly endSeconds: number | undefined;
}

/** Hours of the node's local day in which it may start: minutes since local midnight, both included. */
export interface LocalWindow {
  readonly startMinute: number | undefined;
  readonly endMinute: number | undefined;
}

export interface Offer {
  /** The first thing wrong with the message, in the order in which the firmware reads it. */
  readonly flaw: OfferFlaw | undefined;
  readonly jobId: string | undefined;
  readonly url: string | undefined;
  /** Hexadecimal identity of the image; without it there is no resume. */
  readonly fileMd5: string | undefined;
  readonly streamId: string | undefined;
  /** 0 where the message has none. */
  readonly sizeBytes: number;
  readonly version: string | undefined;
  readonly validity: Validity | undefined;
  readonly window: LocalWindow | undefined;
  /** The job's custom metadata, as JSON text. */
  readonly metadata: string | undefined;
}
