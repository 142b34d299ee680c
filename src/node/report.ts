/**
 * What a node says about a job. Reasons are codes: the adapter has the texts, and each backend its own.
 * Source of the list: every call of the firmware's status function (esp_rainmaker, src/ota).
 */
export type Status = "in-progress" | "success" | "failed" | "delayed" | "rejected";

export const STATUSES = [
  "in-progress",
  "success",
  "failed",
  "delayed",
  "rejected",
] as const satisfies readonly Status[];

export type Reason =
  // the offer itself
  | "not JSON"
  | "no job id"
  | "no url"
  | "no stream id"
  // time
  | "no clock"
  | "before validity"
  | "validity over"
  | "window without end"
  | "outside window"
  // an attempt, in its order
  | "attempt begins"
  | "begin failed"
  | "head failed"
  | "project mismatch"
  | "same version"
  | "lower secure version"
  | "downloading"
  | "chip mismatch"
  | "transfer failed"
  | "incomplete"
  | "progress"
  | "downloaded"
  | "validation failed"
  | "finish failed"
  | "finished"
  | "rebooting"
  // the first boot of a new image
  | "verified"
  | "rolled back"
  | "no connection in time"
  | "self-test failed";

/** One message that a node hands to its link, kept until it is acknowledged, lost or too old. */
export interface OutboxEntry {
  kind: "fetch" | "report";
  slot: number;
  /** Number in the text book; 0 = without a job id. */
  job: number;
  status: Status;
  reason: Reason;
  /** From 1; 0 where the reason has no attempt. */
  attempt: number;
  attemptsMax: number;
  /** ESP-IDF's name of the error, "" = none. */
  err: string;
  errno: number;
  /** For "progress": percent of the image; may pass 100 where the offer's size is wrong. */
  percent: number;
  /** For "no connection in time": how long it waited. */
  waitSeconds: number;
  /** The node's own clock when it spoke, whole seconds; seconds since boot where the clock was never set. */
  clockSeconds: number;
  /** When the firmware should have spoken; latency counts from here. */
  dueUs: number;
  madeAtUs: number;
  /** From when its age counts, on the clock that rules at present: see the outbox. */
  agesFromUs: number;
  /** Last time that it was written to the link; -1 before. */
  sentAtUs: number;
  /** Number of the next entry of the same node; 0 = it is the last. */
  next: number;
}
