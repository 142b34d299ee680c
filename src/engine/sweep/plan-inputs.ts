/** What a plan depends on beside its seed and this program, as a hash: its scenario and the bytes of its images. */
import { createHash } from "node:crypto";
import { hashOf } from "../run-document.ts";
import type { PlannablePoint } from "./sweep-options.ts";

/** Hex SHA-256. Rows of fleet files are in it by the hash that the scenario has of them. */
export function inputsOf({ scenario, imageBytes, jobImages }: PlannablePoint): string {
  const images = [...(jobImages ?? [])].map(([path, bytes]) => [path, digestOf(bytes)]);
  return hashOf(JSON.stringify([scenario, imageBytes === undefined ? null : digestOf(imageBytes), images]));
}

/** Hundreds of combinations share the bytes of one image. */
const digests = new WeakMap<Uint8Array, string>();

function digestOf(bytes: Uint8Array): string {
  const known = digests.get(bytes) ?? createHash("sha256").update(bytes).digest("hex");
  digests.set(bytes, known);
  return known;
}
