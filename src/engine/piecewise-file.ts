/** A file whose text comes in pieces, so that a table of a million nodes is never held in whole. */
import { closeSync, openSync, writeFileSync } from "node:fs";

/** Writes a file anew. Throws what the file system does; what was written by then stays. */
export function writePieces(path: string, pieces: Iterable<string>): void {
  const file = openSync(path, "w");
  try {
    // Given an open file, it goes on where the last piece ended.
    for (const piece of pieces) writeFileSync(file, piece);
  } finally {
    closeSync(file);
  }
}
