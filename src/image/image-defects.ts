/**
 * Defects that an image carries in itself, for rehearsals of a bad release: which fault, on which hardware, for which
 * share of its nodes. They are data of the application, behind its descriptor, where ESP-IDF puts an application's own
 * one (`.rodata_custom_desc`): no bootloader reads them, every checksum covers them, and no real image has the mark.
 *
 *     288 mark, 16 bytes | 304 count u32 | 308 0 u32 | 312 count entries of 80 bytes:
 *                                          fault, 32 bytes of text | hardware, 32 | share f64 | after, us, f64
 */
import { APP_DESCRIPTION_BYTES, APP_DESCRIPTION_OFFSET } from "./app-description.ts";
import type { ImageFlaw } from "./image-flaw.ts";
import { readText, readU32, writeU32 } from "./little-endian.ts";

/** A fault that belongs to an image: the next version is free of it. */
export interface ImageDefect {
  /** The fault's name; which ones there are is not the image's affair. */
  readonly fault: string;
  /** Hardware revision whose nodes it strikes; undefined = every one. */
  readonly hardware?: string | undefined;
  /** Share of those nodes, 0 to 1. */
  readonly share: number;
  /** How long the image runs before it strikes, microseconds; 0 = at its first boot. */
  readonly afterUs: number;
}

/** More would hide each other: the first of them that strikes a node is its only one. */
export const DEFECTS_MAX = 8;

/** A hardware revision, as a board's silk screen has it: `rev-b`. */
export const HARDWARE_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,30}$/;

const MARK = "otafleet defects";
const LIST_OFFSET = APP_DESCRIPTION_OFFSET + APP_DESCRIPTION_BYTES;
const HEAD_BYTES = 24;
const ENTRY_BYTES = 80;
const TEXT_BYTES = 32;
const FAULT_PATTERN = /^[a-z][a-z0-9-]{0,30}$/;
/** Far above every span that a scenario takes, and far inside the whole numbers. */
const AFTER_US_MAX = 2 ** 50;

/** Bytes that a list of so many defects takes behind the descriptor; 0 for none. */
export function defectListBytes(count: number): number {
  return count === 0 ? 0 : HEAD_BYTES + count * ENTRY_BYTES;
}

/** Whether a defect has a form that can be written. */
export function isWritable({ fault, hardware, share, afterUs }: ImageDefect): boolean {
  const isTold = FAULT_PATTERN.test(fault) && (hardware === undefined || HARDWARE_PATTERN.test(hardware));
  // NaN fails every comparison.
  return isTold && share >= 0 && share <= 1 && afterUs >= 0 && afterUs <= AFTER_US_MAX && Number.isInteger(afterUs);
}

/** Writes a list behind the descriptor; the first segment has room for it. */
export function writeDefects(bytes: Uint8Array, defects: readonly ImageDefect[]): void {
  if (defects.length === 0) return;
  bytes.fill(0, LIST_OFFSET, LIST_OFFSET + defectListBytes(defects.length));
  bytes.set(Buffer.from(MARK), LIST_OFFSET);
  writeU32(bytes, LIST_OFFSET + MARK.length, defects.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const [index, { fault, hardware = "", share, afterUs }] of defects.entries()) {
    const at = LIST_OFFSET + HEAD_BYTES + index * ENTRY_BYTES;
    bytes.set(Buffer.from(fault), at);
    bytes.set(Buffer.from(hardware), at + TEXT_BYTES);
    view.setFloat64(at + 2 * TEXT_BYTES, share, true);
    view.setFloat64(at + 2 * TEXT_BYTES + 8, afterUs, true);
  }
}

/**
 * Reads the list of a sound image; empty where there is none. A list that says one thing to whoever made it and
 * another to us would make a rehearsal lie, so one that cannot be read is a flaw.
 *
 * @param endBytes end of the first segment's data
 */
export function readDefects(bytes: Uint8Array, endBytes: number): readonly ImageDefect[] | ImageFlaw {
  if (LIST_OFFSET + HEAD_BYTES > endBytes || !hasMark(bytes)) return [];
  const count = readU32(bytes, LIST_OFFSET + MARK.length);
  if (count === 0 || count > DEFECTS_MAX || LIST_OFFSET + defectListBytes(count) > endBytes) {
    return flaw(LIST_OFFSET + MARK.length, `it counts ${count}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const defects: ImageDefect[] = [];
  for (let index = 0; index < count; index++) {
    const at = LIST_OFFSET + HEAD_BYTES + index * ENTRY_BYTES;
    const hardware = readText(bytes, at + TEXT_BYTES, TEXT_BYTES);
    const defect: ImageDefect = {
      fault: readText(bytes, at, TEXT_BYTES),
      ...(hardware === "" ? {} : { hardware }),
      share: view.getFloat64(at + 2 * TEXT_BYTES, true),
      afterUs: view.getFloat64(at + 2 * TEXT_BYTES + 8, true),
    };
    if (!isWritable(defect)) return flaw(at, `entry ${index} is none`);
    defects.push(defect);
  }
  return defects;
}

/** A defect in a few words: `boot-loop on 30% of rev-b`. */
export function defectText({ fault, hardware, share, afterUs }: ImageDefect): string {
  const percent = `${Number((share * 100).toPrecision(15))}%`;
  const nodes = hardware === undefined ? "nodes" : hardware;
  const whom = share === 1 ? (hardware === undefined ? "every node" : hardware) : `${percent} of ${nodes}`;
  return `${fault} on ${whom}${afterUs === 0 ? "" : `, ${spanText(afterUs)} after its boot`}`;
}

const SPANS = [
  ["d", 86_400e6],
  ["h", 3_600e6],
  ["m", 60e6],
  ["s", 1e6],
  ["ms", 1e3],
] as const;

function spanText(us: number): string {
  const [unit, size] = SPANS.find(([, each]) => us % each === 0) ?? ["us", 1];
  return `${us / size}${unit}`;
}

function hasMark(bytes: Uint8Array): boolean {
  for (let at = 0; at < MARK.length; at++) if (bytes[LIST_OFFSET + at] !== MARK.charCodeAt(at)) return false;
  return true;
}

function flaw(offsetBytes: number, seen: string): ImageFlaw {
  const expected = "a later otafleet made the image, or somebody edited it: make it again";
  return { code: "defects", offsetBytes, seen, expected };
}
