/**
 * Opening what lies in a run's folder: somebody may have put anything there, also a pipe that nobody writes to. A link is
 * followed, as a folder may be put together of them: what is read is held against its seal or its grammar, and is told
 * to nobody but the reader.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";

/** What `read` gives of a regular file; undefined where none can be opened. `read` gets its descriptor and size. */
export function withRegularFile<T>(path: string, read: (file: number, sizeBytes: number) => T): T | undefined {
  let file: number;
  try {
    // Without O_NONBLOCK, opening a pipe waits for its writer.
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch {
    // A killed run has not written all of its files.
    return undefined;
  }
  try {
    const stat = fstatSync(file);
    return stat.isFile() ? read(file, stat.size) : undefined;
  } finally {
    closeSync(file);
  }
}

/** No text of a run comes near to it: beliefs of 10 million nodes are 200 MB. */
const TEXT_BYTES_MAX = 500_000_000;

/** The text of a regular file; undefined where there is none, or one too large to be any of ours. */
export function textOfFile(path: string): string | undefined {
  return withRegularFile(path, (file, sizeBytes) =>
    sizeBytes > TEXT_BYTES_MAX ? undefined : readFileSync(file, "utf8"),
  );
}
