/**
 * Reads a fleet file from the disk, a piece at a time: it may be larger than memory, and most of it is never kept. It is
 * the user's own, so a link that leads to a regular file is followed.
 */
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { fileFailureText } from "../base/file-failure.ts";
import type { Mistake } from "../base/user-error.ts";
import { type FleetFile, FleetFileReader } from "../fleet/fleet-file/fleet-file-reader.ts";
import { type FleetFileWish } from "../fleet/fleet-file/fleet-columns.ts";

const PIECE_BYTES = 1_048_576;

/**
 * Reads a fleet file; answers what was seen instead where there is no file that can be read, and throws a `UserError`
 * with the mistakes in one that can.
 *
 * @param path from where this process stands
 * @param wish what the scenario asks for; its own path is only for messages
 */
export function readFleetFile(path: string, wish: FleetFileWish): FleetFile | Pick<Mistake, "seen" | "expected"> {
  const refusal = (seen: string): Pick<Mistake, "seen" | "expected"> => ({
    seen: `(${path}) ${seen}`,
    expected: "name a CSV file of nodes that can be read",
  });
  let file: number;
  try {
    // Without O_NONBLOCK, opening a pipe waits for its writer.
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    return refusal(`cannot be read: ${fileFailureText(error)}`);
  }
  try {
    const stat = fstatSync(file);
    if (stat.isDirectory()) return refusal("is a folder");
    if (!stat.isFile()) return refusal("is no regular file");
    const reader = new FleetFileReader(wish, path);
    const failure = pushAll(file, reader);
    return failure === undefined ? reader.end() : refusal(`cannot be read: ${failure}`);
  } finally {
    closeSync(file);
  }
}

/** Answers why the file could not be read to its end. */
function pushAll(file: number, reader: FleetFileReader): string | undefined {
  for (;;) {
    // Each piece is the reader's to keep: a record may begin in one and end in the next.
    const piece = new Uint8Array(PIECE_BYTES);
    let count: number;
    try {
      count = readSync(file, piece);
    } catch (error) {
      return fileFailureText(error);
    }
    if (count === 0 || !reader.push(piece.subarray(0, count))) return undefined;
  }
}
