/**
 * What a node says of a job, and under which job id. The id of the last offer lives in NVS until a final status after
 * a reboot, or a status without an id of its own, takes it out: so bad text that follows a finished job is reported
 * under that job. Source: esp_rainmaker src/ota/esp_rmaker_ota_using_topics.c, and its answers when run.
 */
import type { InstantUs } from "../base/instant.ts";
import type { Carrier } from "./carrier.ts";
import { fires } from "./faulting.ts";
import type { NodeRow } from "./node-row.ts";
import { handOver } from "./outbox.ts";
import type { Reason, Status } from "./report.ts";

/** The firmware reads the remembered id back into a buffer of this many bytes: a longer one is lost. */
export const REMEMBERED_JOB_BYTES_MAX = 64;
/** Of a text's bytes in UTF-8 to each of its words of 16 bits. */
const UTF8_BYTES_MAX = 3;

export interface ReportDetail {
  readonly err?: string;
  readonly errno?: number;
  readonly percent?: number;
  readonly waitSeconds?: number;
}

/** Speaks about a job whose id is known (a number of the text book; 0 = speak without one). */
export function report(
  node: NodeRow,
  job: number,
  status: Status,
  reason: Reason,
  now: InstantUs,
  io: Carrier,
  detail: ReportDetail = {},
): void {
  const isFinal = status === "success" || status === "rejected";
  if (isFinal && fires(node, "final report", "lost", io)) return;
  handOver(
    node,
    {
      kind: "report",
      slot: node.slot,
      job,
      status,
      reason,
      attempt: node.update.attempt,
      attemptsMax: attemptsMax(node),
      err: detail.err ?? "",
      errno: detail.errno ?? 0,
      percent: detail.percent ?? 0,
      waitSeconds: detail.waitSeconds ?? 0,
      clockSeconds: node.clockSeconds(now),
      dueUs: now,
      madeAtUs: now,
      agesFromUs: now,
      sentAtUs: -1,
      next: 0,
    },
    now,
    io,
  );
}

/** Speaks about the job remembered in NVS, and forgets it. Without one that can be read, nothing is said. */
export function reportRemembered(node: NodeRow, status: Status, reason: Reason, now: InstantUs, io: Carrier): void {
  const job = readableJob(node);
  if (job === 0) return;
  node.nvs.job = 0;
  if (io.hearsDetails) io.note({ kind: "nvs erased", key: "job id" });
  report(node, job, status, reason, now, io);
}

/** The remembered job id, or 0 where there is none or it does not fit the firmware's buffer. */
export function readableJob(node: NodeRow): number {
  const { job } = node.nvs;
  if (job === 0) return 0;
  const text = node.settings.books.texts.get(job);
  if (text.length * UTF8_BYTES_MAX <= REMEMBERED_JOB_BYTES_MAX) return job;
  return byteLength(text) > REMEMBERED_JOB_BYTES_MAX ? 0 : job;
}

/** How many attempts this firmware makes on one offer. */
export function attemptsMax(node: NodeRow): number {
  return node.cohort.build.attemptsMax ?? node.generation.attemptsMax;
}

/** Bytes of a text in UTF-8. */
function byteLength(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0) as number;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}
