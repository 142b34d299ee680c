import { HEADER_BYTES, SEGMENTS_MAX } from "./image-header.ts";
import { hex, type ImageFlaw } from "./image-flaw.ts";
import { readU32 } from "./little-endian.ts";

/** Size of the header in front of each segment's data, in bytes. */
export const SEGMENT_HEADER_BYTES = 8;

/** The bootloader refuses a segment of this length or more (esp-idf esp_image_format.c). */
export const SEGMENT_BYTES_LIMIT = 16 * 1024 * 1024;

/** What the checksum starts from; also the checksum of an image without data (esp-idf ESP_ROM_CHECKSUM_INITIAL). */
export const CHECKSUM_SEED = 0xef;

/** One segment: where its data stand in the file and where they are to be loaded or mapped. */
export interface Segment {
  readonly loadAddress: number;
  readonly offsetBytes: number;
  readonly lengthBytes: number;
}

/** The segments of a file and the first byte behind them, or why they do not fit. */
export type SegmentWalk =
  | { readonly ok: true; readonly segments: readonly Segment[]; readonly endBytes: number }
  | { readonly ok: false; readonly flaw: ImageFlaw };

/** Follows the chain of segments from behind the header, never reading past the end of the file. */
export function walkSegments(bytes: Uint8Array, count: number, firstOffsetBytes = HEADER_BYTES): SegmentWalk {
  if (count === 0 || count > SEGMENTS_MAX) {
    const expected = `an image has 1 to ${SEGMENTS_MAX} segments`;
    return refused({ code: "segment-count", offsetBytes: 1, seen: `the segment count is ${count}`, expected });
  }
  const segments: Segment[] = [];
  let at = firstOffsetBytes;
  for (let index = 0; index < count; index += 1) {
    const segment = readSegment(bytes, at, index);
    if ("code" in segment) return refused(segment);
    segments.push(segment);
    at = segment.offsetBytes + segment.lengthBytes;
  }
  return { ok: true, segments, endBytes: at };
}

/** XOR of all data bytes of all segments over the seed; headers and padding between them do not count. */
export function checksumOf(bytes: Uint8Array, segments: readonly Segment[]): number {
  let sum = CHECKSUM_SEED;
  for (const { offsetBytes, lengthBytes } of segments) {
    const end = Math.min(offsetBytes + lengthBytes, bytes.length);
    // The loop runs over up to 16 MiB, so the fallback for an index outside the array is left to the bitwise operator.
    for (let at = offsetBytes; at < end; at += 1) sum ^= bytes[at] as number;
  }
  return sum & 0xff;
}

/** Where the checksum byte stands: the last byte of the 16-byte block in which the segments' end lies. */
export function checksumOffset(endBytes: number): number {
  return endBytes - (endBytes % 16) + 15;
}

function readSegment(bytes: Uint8Array, at: number, index: number): Segment | ImageFlaw {
  const whole = `the file has ${bytes.length} bytes; upload it whole`;
  if (at + SEGMENT_HEADER_BYTES > bytes.length) {
    const seen = `the header of segment ${index} would stand past its end`;
    return { code: "segment-past-end", offsetBytes: at, seen, expected: whole };
  }
  const loadAddress = readU32(bytes, at);
  const lengthBytes = readU32(bytes, at + 4);
  if (lengthBytes % 4 !== 0) {
    const seen = `segment ${index} has a length of ${lengthBytes} bytes`;
    return { code: "segment-length", offsetBytes: at + 4, seen, expected: "lengths are multiples of 4" };
  }
  if (at + SEGMENT_HEADER_BYTES + lengthBytes > bytes.length) {
    const left = bytes.length - at - SEGMENT_HEADER_BYTES;
    const seen = `segment ${index} claims ${lengthBytes} bytes where ${left} are left`;
    return { code: "segment-past-end", offsetBytes: at + 4, seen, expected: whole };
  }
  if (lengthBytes >= SEGMENT_BYTES_LIMIT) {
    const seen = `segment ${index} has a length of ${lengthBytes} bytes`;
    const expected = `the bootloader takes less than ${hex(SEGMENT_BYTES_LIMIT)}`;
    return { code: "segment-length", offsetBytes: at + 4, seen, expected };
  }
  return { loadAddress, offsetBytes: at + SEGMENT_HEADER_BYTES, lengthBytes };
}

function refused(flaw: ImageFlaw): SegmentWalk {
  return { ok: false, flaw };
}
