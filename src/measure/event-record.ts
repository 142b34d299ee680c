/**
 * The event log's vocabulary. A run is its event log: workers append these records, and everything that a run says
 * is computed from them. A record is 32 bytes, little-endian:
 *
 *     0 kind u8 | 1 detail u8 | 2 count u16 | 4 node u32 | 8 atUs f64 | 16 a f64 | 24 b f64
 *
 * `atUs` is fleet time. Where a record ends a wait on the backend, `a` is the wall latency in whole microseconds
 * from the *intended* start, and `b` how much of it was the generator's own lateness. Where it marks a step in a
 * node's life, `b` is the node's wall time spent waiting for the backend so far (whole microseconds since the run
 * began): with it, time that was composed of fleet and wall parts can be told apart.
 */
export const RECORD_BYTES = 32;

export const RECORD_KINDS = [
  // link ---------------------------------------------------------------------------------------------------------
  "network up", //            node's spell is over (fleet)
  "network down", //          offline spell begins
  "dialled", //               a dial was started; a = 0, b = lateness of the dial
  "connected", //             a = wall µs dial -> CONNACK, b = lateness
  "connect parts", //         a = TCP µs, b = TLS µs, 0 on a plain link (the rest of "connected" is MQTT)
  "connect failed", //        detail = CONNECT_FAILURES
  "disconnected", //          detail = DISCONNECT_CAUSES
  // asking -------------------------------------------------------------------------------------------------------
  "fetch sent", //            a = wall µs it was sent after it was due (lateness included in later latencies)
  "fetch acked", //           a = wall µs due -> acknowledged, b = lateness
  "fetch lost", //            no acknowledgement: detail = LOSS_CAUSES
  "offer received", //        count = job; detail = OFFER_KINDS; a = wall µs since the fetch was due (0 for a push); b = waited
  "offer dropped", //         count = job; detail = OFFER_DROPS; b = waited
  "offer waits", //           count = job; detail = reason; a = until (fleet µs); b = waited
  // updating -----------------------------------------------------------------------------------------------------
  "download started", //      count = job; detail = attempt; a = from byte; b = waited
  "first byte", //            count = job; a = wall µs request -> first byte of the body; b = lateness
  "download ended", //        count = job; detail = DOWNLOAD_ENDS; a = bytes of this attempt that arrived; b = waited
  "offer ended", //           count = job; detail = reason; b = waited: the node gave up on or refused the offer for this reason
  "attempts spent", //        count = job; detail 1 = will ask again by itself, 0 = will not; b = waited
  "image applied", //         count = job (slot written, boot slot set); b = waited
  "powered off", //           detail = POWER_CAUSES; b = waited
  "booted", //                count = job whose image runs (0xffff = none of the run's); detail = BOOT_STATES; b = waited
  "confirmed", //             count = job; image marked valid; b = waited
  "rolled back", //           count = job; the old image runs again; b = waited
  "bricked", //               b = waited
  // reporting (STATUS_CODE: see status-code.ts) --------------------------------------------------------------------
  "report made", //           count = job; detail = STATUS_CODE; b = waited
  "report sent", //           count = job; detail = STATUS_CODE; a = 1 for a resend
  "report acked", //          count = job; detail = STATUS_CODE; a = wall µs made -> acknowledged, b = lateness
  "report lost", //           count = job; detail = LOSS_CAUSES; a = STATUS_CODE
  // faults and the instrument --------------------------------------------------------------------------------------
  "fault drawn", //           detail = number in faults/faults.ts; count = job whose image brings it, NO_JOB = the node's own
  "fault fired", //           the same
  "start dropped", //         detail = DROP_CAUSES: the generator could not start what was due
  "found running", //         written by the coordinator for a lost worker's node, from the shared rows: count = job, detail = BOOT_STATES
  "job created", //           node = 0; count = job; written by the coordinator when the backend has taken the job
  "job cancelled", //         node = 0; count = job
  "released", //              node left the ramp and is under way (fleet 0 in `begins: running`)
  "approval", //              count = job; detail = APPROVALS: its user approved, or never will; written by the coordinator
  "job refused", //           node = 0; count = job: the backend did not take the job that was on record as created
  "target released", //       count = job; detail = stage: it is in a batch that the operator is about to make a job for
  "rollout stopped", //       node = 0; count = job; detail = STOP_REASONS; a = hits on record, b = of so many; then the cancel
  "operator acted", //        node = 0; count = job, or NO_JOB; detail = OPERATOR_ACTS; a = place of the entry in the timeline; b = OPERATOR_EFFECTS
  "fetch resent", //          a question that was written before and not acknowledged is written again
] as const;

/** Kinds that belong to no shard: the operator's and the users' doings. */
export const OF_OPERATOR: readonly (typeof RECORD_KINDS)[number][] = [
  "job created",
  "job cancelled",
  "approval",
  "target released",
  "rollout stopped",
  "operator acted",
];

export type RecordKind = (typeof RECORD_KINDS)[number];

export const CONNECT_FAILURES = ["refused", "timeout", "tls", "rejected", "closed", "no port", "no file"] as const;
export const DISCONNECT_CAUSES = [
  "network down",
  "backend closed",
  "keep-alive",
  "power",
  "protocol",
  "end of run",
] as const;
export const LOSS_CAUSES = ["too old", "power", "fault", "replaced", "disconnected", "timeout", "end of run"] as const;
export const OFFER_KINDS = ["answer", "push"] as const;
/** Which part of a rollout's stop rule fired. */
export const STOP_REASONS = ["failed", "silent"] as const;
/** What an entry of the timeline lets the operator do, or lets befall the run. */
export const OPERATOR_ACTS = ["start", "pause", "resume", "cancel", "upload", "restart", "stop", "powerCut"] as const;
/** What such an act came to: it was done, or did something else, or nothing. */
export const OPERATOR_EFFECTS = [
  "done",
  "waits for its image", // a start; the job begins when its image has come
  "never begins", //        a cancel before the job began
  "had begun",
  "had not begun",
  "was over", //            of a cancel also: the backend was done with all of it
  "was paused",
  "was not paused",
  "was all released",
  "was there", //           an upload
  "refused", //             the backend did not take it
] as const;
export type OperatorEffect = (typeof OPERATOR_EFFECTS)[number];
export const APPROVALS = ["given", "never"] as const;
export const OFFER_DROPS = ["busy", "pending", "not listening"] as const;
export const DOWNLOAD_ENDS = ["complete", "cut", "refused", "failed", "stopped", "damaged"] as const;
export const POWER_CAUSES = ["restart", "power loss", "crash"] as const;
export const BOOT_STATES = ["valid", "pending-verify", "undefined", "new"] as const;
export const DROP_CAUSES = ["no slot", "no port", "no file", "worker dead", "aborted"] as const;

/** `count` of a record that belongs to no job of the run. */
export const NO_JOB = 0xffff;

/** Where records go: a batch buffer under the live driver, the reducer itself under the virtual one. */
export interface RecordSink {
  record(kind: number, node: number, atUs: number, detail: number, count: number, a: number, b: number): void;
  /**
   * A node dialled so many times, each refused before the next: the same as as many pairs of "dialled" and "connect
   * failed" with this detail, the last at `lastAtUs`. Left out by whoever wants each record.
   */
  readonly recordRefusedDials?: ((node: number, detail: number, lastAtUs: number, times: number) => void) | undefined;
  /**
   * Whether the record of an answer to this node's question, in which nothing is offered, may come before earlier records
   * of other nodes: what it changes is the node's own. Left out: never.
   */
  readonly takesAnswersAhead?: ((node: number) => boolean) | undefined;
  /** Records of a node are about to come: reads what is kept of it. Answers any number that depends on what it read. */
  readonly touch?: ((node: number) => number) | undefined;
}
