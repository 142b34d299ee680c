/**
 * The JSON that nodes publish and hear, in RainMaker's shapes. What a node sends is hostile: each reader gives a
 * value or undefined and never throws. Real nodes cut a status at 199 bytes, so broken JSON is everyday.
 */
import type { LedgerJob } from "./ledger-entries.ts";

/** Longest version, project or job id that is taken; the image header holds 32 bytes of each, an id has 22. */
export const NAME_CHARACTERS_MAX = 128;
const TEXT_CHARACTERS_MAX = 512;

export interface FetchMessage {
  /** "" = the node did not say. */
  readonly version: string;
}

export interface StatusMessage {
  /** "" = the node sent none, as firmware does that cannot read its own memory. */
  readonly jobId: string;
  readonly status: string;
  readonly text: string;
  readonly seconds: number | undefined;
}

export interface ConfigMessage {
  readonly project: string | undefined;
  readonly version: string | undefined;
  readonly type: string | undefined;
  readonly model: string | undefined;
}

export function readFetch(payload: Uint8Array): FetchMessage | undefined {
  const fields = readObject(payload);
  if (fields === undefined) return undefined;
  return { version: nameOf(fields["fw_version"]) ?? "" };
}

export function readStatus(payload: Uint8Array): StatusMessage | undefined {
  const fields = readObject(payload);
  if (fields === undefined) return undefined;
  const jobId = nameOf(fields["ota_job_id"]) ?? "";
  const status = nameOf(fields["status"]) ?? "";
  return { jobId, status, text: textOf(fields["additional_info"]), seconds: secondsOf(fields["ts"]) };
}

export function readConfig(payload: Uint8Array): ConfigMessage | undefined {
  const info: unknown = readObject(payload)?.["info"];
  if (!isObject(info)) return undefined;
  return {
    project: nameOf(info["project_name"]),
    version: nameOf(info["fw_version"]),
    type: nameOf(info["type"]),
    model: nameOf(info["model"]),
  };
}

/** The offer of a job. Plain JSON: the node's parser never undoes escapes, and `/` is not escaped here. */
export function offerMessage(job: LedgerJob, url: string): string {
  const fields = {
    ota_job_id: job.id,
    url,
    file_md5: job.image.md5,
    fw_version: job.image.version,
    file_size: job.image.bytes.length,
  };
  if (job.metadata === "") return JSON.stringify(fields);
  return `${JSON.stringify(fields).slice(0, -1)},"metadata":${job.metadata}}`;
}

/** Texts of nodes are kept up to a limit. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value.slice(0, TEXT_CHARACTERS_MAX) : "";
}

/** A name or id as text of a sane length. */
export function nameOf(value: unknown): string | undefined {
  return typeof value === "string" && value.length <= NAME_CHARACTERS_MAX ? value : undefined;
}

/** Whole seconds of a node's clock. */
export function secondsOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) ? value : undefined;
}

/** A JSON object, or undefined for anything else. */
export function readObject(payload: Uint8Array | string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(typeof payload === "string" ? payload : Buffer.from(payload).toString("utf8"));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
