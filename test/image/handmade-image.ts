import { createHash } from "node:crypto";
import { writeU16, writeU32 } from "../../src/image/little-endian.ts";

/** One segment of an image made by hand. */
export interface HandmadeSegment {
  readonly loadAddress: number;
  readonly data: Uint8Array;
}

/** An image with right checksum and hash around any segments: bootloaders, images without descriptor, odd layouts. */
export function handmadeImage(chipId: number, segments: readonly HandmadeSegment[]): Uint8Array {
  const dataBytes = segments.reduce((sum, { data }) => sum + 8 + data.length, 24);
  const hashAt = Math.ceil((dataBytes + 1) / 16) * 16;
  const bytes = new Uint8Array(hashAt + 32);
  bytes.set([0xe9, segments.length, 2, 0x20]);
  bytes[8] = 0xee;
  bytes[23] = 1;
  writeU16(bytes, 12, chipId);
  let checksum = 0xef;
  let at = 24;
  for (const { loadAddress, data } of segments) {
    writeU32(bytes, at, loadAddress);
    writeU32(bytes, at + 4, data.length);
    bytes.set(data, at + 8);
    for (const byte of data) checksum ^= byte;
    at += 8 + data.length;
  }
  bytes[hashAt - 1] = checksum;
  bytes.set(createHash("sha256").update(bytes.subarray(0, hashAt)).digest(), hashAt);
  return bytes;
}
