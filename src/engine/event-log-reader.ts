/**
 * Reading an event log from its file. A long run's log is larger than what one buffer may hold, so it is read in
 * parts, and its batches are handed on one by one.
 */
import { readSync } from "node:fs";
import { readFrames } from "../measure/batch-frame.ts";
import type { EndMark, RecordBatch } from "../measure/record-batch.ts";
import { withRegularFile } from "./regular-file.ts";

/** Bytes of a part. A frame holds what a shard records in a moment, at most a few megabytes. */
const PART_BYTES = 64 * 1024 * 1024;

/** What a log holds beside its batches. */
export interface EventLogRead {
  readonly endMarks: readonly EndMark[];
  /** Bytes behind the last whole frame: a torn tail, dropped. */
  readonly tornBytes: number;
}

/** Reads a log; one that is not there, or is no regular file, has nothing in it. A frame longer than a part is torn. */
export function readEventLog(
  path: string,
  run: string,
  onBatch: (batch: RecordBatch) => void,
  partBytes = PART_BYTES,
): EventLogRead {
  const nothing: EventLogRead = { endMarks: [], tornBytes: 0 };
  // No log, no records: the verdict says what is missing.
  return (
    withRegularFile(path, (file, size) => (size === 0 ? nothing : readParts(file, size, run, onBatch, partBytes))) ??
    nothing
  );
}

function readParts(
  file: number,
  sizeBytes: number,
  run: string,
  onBatch: (batch: RecordBatch) => void,
  partBytes: number,
): EventLogRead {
  const endMarks: EndMark[] = [];
  const buffer = new Uint8Array(Math.min(partBytes, sizeBytes));
  let wholeBytes = 0;
  // Bytes of a frame that the last part has cut; they lie at the begin of the buffer.
  let keptBytes = 0;
  for (;;) {
    const count = readSync(file, buffer, keptBytes, buffer.length - keptBytes, wholeBytes + keptBytes);
    const filled = buffer.subarray(0, keptBytes + count);
    const { batches, endMarks: marks, readBytes } = readFrames(filled, run);
    for (const batch of batches) onBatch(batch);
    endMarks.push(...marks);
    wholeBytes += readBytes;
    // Nothing more in the file, or nothing that becomes a frame by reading on.
    if (count === 0 || (readBytes === 0 && filled.length === buffer.length)) break;
    buffer.copyWithin(0, readBytes, filled.length);
    keptBytes = filled.length - readBytes;
  }
  return { endMarks, tornBytes: sizeBytes - wholeBytes };
}
