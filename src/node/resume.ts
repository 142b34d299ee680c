/**
 * Resuming a download: two keys in NVS say how much of which image is in the other slot. The image's identity is only
 * compared over as many characters as the offer has, so an empty or cut one resumes whatever is there; it is never
 * compared with the bytes. Source: esp_rainmaker src/ota/esp_rmaker_https_ota.c (since 1.7.2).
 */
import type { Carrier } from "./carrier.ts";
import { other, type SlotNumber } from "./flash.ts";
import type { NodeRow } from "./node-row.ts";
import type { Offer } from "./offer.ts";

const KIB = 1_024;

/** Where the request begins: a byte for a Range, or undefined for none. Starts the books anew where they do not fit. */
export function startResume(node: NodeRow, offer: Offer, io: Carrier): number | undefined {
  if (!keepsBooks(node, offer)) return undefined;
  const { nvs, settings } = node;
  const md5 = offer.fileMd5 as string;
  const isSame = nvs.hasWritten && nvs.md5 !== 0 && settings.books.texts.get(nvs.md5).startsWith(md5);
  if (isSame) return nvs.writtenBytes;
  nvs.hasWritten = true;
  nvs.writtenBytes = 0;
  nvs.md5 = settings.books.texts.numberOf(md5);
  if (io.hearsDetails) io.note({ kind: "nvs set", key: "bytes written", value: shown(node, 0) });
  if (io.hearsDetails) io.note({ kind: "nvs set", key: "image md5", value: md5 });
  return undefined;
}

/** After every read: how much is there. */
export function keepResume(node: NodeRow, offer: Offer, gotBytes: number, io: Carrier): void {
  if (!keepsBooks(node, offer)) return;
  const { nvs } = node;
  const kept = node.generation.resume === "KiB" ? Math.floor(gotBytes / KIB) * KIB : gotBytes;
  nvs.hasWritten = true;
  nvs.writtenBytes = kept;
  if (io.hearsDetails) io.note({ kind: "nvs set", key: "bytes written", value: shown(node, kept) });
}

/** The transfer broke: the books stand at the last read, also where nobody was told of it. */
export function keepAtBreak(node: NodeRow, offer: Offer, gotBytes: number, io: Carrier): void {
  if (!keepsBooks(node, offer) || gotBytes === 0) return;
  const kept = node.generation.resume === "KiB" ? Math.floor(gotBytes / KIB) * KIB : gotBytes;
  if (kept !== node.nvs.writtenBytes) keepResume(node, offer, gotBytes, io);
}

/** All is there: the books are closed before the image is verified. */
export function clearResume(node: NodeRow, io: Carrier): void {
  if (node.generation.resume === "none" || !node.cohort.build.resume) return;
  const { nvs } = node;
  if (nvs.hasWritten) {
    nvs.hasWritten = false;
    nvs.writtenBytes = 0;
    if (io.hearsDetails) io.note({ kind: "nvs erased", key: "bytes written" });
  }
  if (nvs.md5 !== 0) {
    nvs.md5 = 0;
    if (io.hearsDetails) io.note({ kind: "nvs erased", key: "image md5" });
  }
}

/** What the node knows to be in the other slot, bytes. */
export function keptBytes(node: NodeRow): number {
  return node.nvs.hasWritten ? node.nvs.writtenBytes : 0;
}

/** Power fails in mid-write: the last value in NVS is that of the last read. */
export function keepAtPowerLoss(node: NodeRow, gotBytes: number): void {
  const { nvs, update, settings, flash, power } = node;
  if (update.step !== "writing") return;
  if (!keepsBooks(node, settings.books.offers.get(update.offer))) return;
  if (gotBytes === 0) return;
  nvs.writtenBytes = node.generation.resume === "KiB" ? Math.floor(gotBytes / KIB) * KIB : gotBytes;
  flash.setSlot(other(power.slot as SlotNumber), update.image, nvs.writtenBytes, true);
}

function keepsBooks(node: NodeRow, offer: Offer): boolean {
  return offer.fileMd5 !== undefined && node.generation.resume !== "none" && node.cohort.build.resume;
}

/** The firmware's unit: KiB in sixteen bits, or (before 1.12.7) bytes in 32. */
function shown(node: NodeRow, bytes: number): number {
  return node.generation.resume === "KiB" ? Math.floor(bytes / KIB) & 0xffff : bytes;
}
