/**
 * Batches and end marks as they lie in an event log's file, one frame behind the other. A frame says its length and
 * its checksum, so that a file that was cut in the middle (kill, full disk) reads up to the cut:
 *
 *     0 "OTAF" | 4 kind u32 (1 batch, 2 end mark) | 8 shard u32 | 12 sequence or batches u32 | 16 length u32 | 20 crc u32 | body
 *
 * An end mark's body is its record count (f64) and its checksum (u32). All little-endian.
 */
import { crc32 } from "./crc32.ts";
import type { EndMark, RecordBatch } from "./record-batch.ts";

const MAGIC = 0x4641544f;
const HEAD_BYTES = 24;
const BATCH = 1;
const END_MARK = 2;
const END_BODY_BYTES = 12;

/** What a log's bytes hold. */
export interface FramesRead {
  readonly batches: readonly RecordBatch[];
  readonly endMarks: readonly EndMark[];
  /** Bytes behind the last whole frame: a torn tail, dropped. */
  readonly tornBytes: number;
  /** Bytes read as whole frames; a reader of a growing file goes on from here. */
  readonly readBytes: number;
}

/** A batch as a frame. */
export function batchFrame(batch: RecordBatch): Uint8Array {
  return frame(BATCH, batch.shard, batch.sequence, batch.bytes);
}

/** An end mark as a frame. */
export function endMarkFrame(mark: EndMark): Uint8Array {
  const body = new Uint8Array(END_BODY_BYTES);
  const view = new DataView(body.buffer);
  view.setFloat64(0, mark.records, true);
  view.setUint32(8, mark.checksum, true);
  return frame(END_MARK, mark.shard, mark.batches, body);
}

/** Reads frames up to the first that is cut or damaged. Never throws. */
export function readFrames(bytes: Uint8Array, run: string): FramesRead {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const batches: RecordBatch[] = [];
  const endMarks: EndMark[] = [];
  let at = 0;
  while (at + HEAD_BYTES <= bytes.byteLength && view.getUint32(at, true) === MAGIC) {
    const length = view.getUint32(at + 16, true);
    const end = at + HEAD_BYTES + length;
    if (end > bytes.byteLength) break;
    const body = bytes.slice(at + HEAD_BYTES, end);
    const kind = view.getUint32(at + 4, true);
    if (crc32(body, crc32(bytes.subarray(at + 4, at + 20))) !== view.getUint32(at + 20, true)) break;
    const shard = view.getUint32(at + 8, true);
    const sequence = view.getUint32(at + 12, true);
    if (kind === BATCH) batches.push({ run, shard, sequence, bytes: body });
    else if (kind === END_MARK && length === END_BODY_BYTES) endMarks.push(endMark(shard, sequence, body));
    at = end;
  }
  return { batches, endMarks, tornBytes: bytes.byteLength - at, readBytes: at };
}

function endMark(shard: number, batches: number, body: Uint8Array): EndMark {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  return { shard, batches, records: view.getFloat64(0, true), checksum: view.getUint32(8, true) };
}

function frame(kind: number, shard: number, sequence: number, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEAD_BYTES + body.byteLength);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, kind, true);
  view.setUint32(8, shard, true);
  view.setUint32(12, sequence, true);
  view.setUint32(16, body.byteLength, true);
  view.setUint32(20, crc32(body, crc32(bytes.subarray(4, 20))), true);
  bytes.set(body, HEAD_BYTES);
  return bytes;
}
