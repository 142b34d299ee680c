/**
 * Opening what lies in a run's folder: somebody may have put anything there, also a pipe that nobody writes to. To read, a
 * link is followed, as a folder may be put together of them: what is read is held against its seal or its grammar, and is
 * told to nobody but the reader. To write, none is.
 */
import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from "node:fs";

/** What `read` gives of a regular file; undefined where none can be opened. `read` gets its descriptor and size. */
export function withRegularFile<T>(path: string, read: (file: number, sizeBytes: number) => T): T | undefined {
  let file: number;
  try {
    file = openedToRead(path);
  } catch {
    // A killed run has not written all of its files.
    return undefined;
  }
  return readAndClosed(file, read);
}

function openedToRead(path: string): number {
  // Without O_NONBLOCK, opening a pipe waits for its writer.
  return openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
}

function readAndClosed<T>(file: number, read: (file: number, sizeBytes: number) => T): T | undefined {
  try {
    const stat = fstatSync(file);
    return stat.isFile() ? read(file, stat.size) : undefined;
  } finally {
    closeSync(file);
  }
}

/** No text of a run comes near to it: beliefs of 10 million nodes are 200 MB. */
export const TEXT_BYTES_MAX = 500_000_000;

/** The text of a regular file; undefined where there is none, or one too large to be any of ours. */
export function textOfFile(path: string): string | undefined {
  return withRegularFile(path, textOfOpened);
}

/** The same where it matters whether it is there: throws what the file system does where it does not say so. */
export function textIfThere(path: string): string | undefined {
  let file: number;
  try {
    file = openedToRead(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  return readAndClosed(file, textOfOpened);
}

function textOfOpened(file: number, sizeBytes: number): string | undefined {
  return sizeBytes > TEXT_BYTES_MAX ? undefined : readFileSync(file, "utf8");
}

/** Opens a regular file to write on at its end; throws where it is none, and for a link, which may lead to anybody's. */
export function openToAppend(path: string): number {
  if (!lstatSync(path).isFile()) throw new Error(NOT_REGULAR);
  const { O_WRONLY, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants;
  // Somebody may have been quicker than the look above.
  const file = openSync(path, O_WRONLY | O_APPEND | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0));
  if (fstatSync(file).isFile()) return file;
  closeSync(file);
  throw new Error(NOT_REGULAR);
}

const NOT_REGULAR = "it is a link, or no file";
