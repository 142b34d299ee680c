/**
 * Reading and writing the files that a user names. A name may lead anywhere: to a folder, a pipe that nobody writes
 * to, a device without end.
 */
import { closeSync, constants, fstatSync, openSync, readSync, writeFileSync } from "node:fs";
import { fileFailureText } from "../base/file-failure.ts";
import { UserError } from "../base/user-error.ts";

/** What a file is to be. */
export interface WantedFile {
  /** "a scenario", "an image". */
  readonly what: string;
  readonly bytesMax: number;
}

/** Reads a whole regular file of at most `bytesMax` bytes; throws a `UserError` for anything else. */
export function fileBytes(path: string, { what, bytesMax }: WantedFile): Uint8Array {
  const shown = path === "" ? '""' : path;
  const refuse = (seen: string, expected: string): UserError => new UserError({ file: shown, seen, expected });
  // A NUL cannot be part of a name, and the file system's own words for it are no help.
  if (path === "" || path.includes("\0")) throw refuse("is no file name", `name ${what} file`);
  let file: number;
  try {
    // Without O_NONBLOCK, opening a pipe waits for its writer.
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    throw refuse(`cannot be read: ${fileFailureText(error)}`, `name ${what} file that can be read`);
  }
  try {
    const stat = fstatSync(file);
    if (stat.isDirectory()) throw refuse("is a folder", `name ${what} file`);
    if (!stat.isFile()) throw refuse("is no regular file", `name ${what} file; pipes and devices are not read`);
    if (stat.size > bytesMax) throw refuse(`has ${stat.size} bytes`, `${what} has at most ${bytesMax} bytes`);
    return bytesOf(file, bytesMax) ?? fail(refuse("does not end", `${what} has at most ${bytesMax} bytes`));
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw refuse(`cannot be read: ${fileFailureText(error)}`, `name ${what} file that can be read`);
  } finally {
    closeSync(file);
  }
}

/** Writes a whole file; throws a `UserError` where that cannot be, or where a file is there and may not be lost. */
export function writeBytes(path: string, bytes: Uint8Array, mayOverwrite: boolean): void {
  if (path === "") throw new UserError({ file: '""', seen: "is no file name", expected: "name a file to write" });
  try {
    writeFileSync(path, bytes, { flag: mayOverwrite ? "w" : "wx" });
  } catch (error) {
    if (codeOf(error) === "EEXIST")
      throw new UserError({ file: path, seen: "is there already", expected: "name a new file, or add --force" });
    const expected = "name a file in a folder that is there and writable, with room on its disk";
    throw new UserError({ file: path, seen: `cannot be written: ${fileFailureText(error)}`, expected });
  }
}

/** Files of /proc and the like say 0 and have more, so the end is where reading says so. */
function bytesOf(file: number, bytesMax: number): Uint8Array | undefined {
  const parts: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const part = new Uint8Array(1024 * 1024);
    const count = readSync(file, part);
    if (count === 0) return Buffer.concat(parts);
    total += count;
    if (total > bytesMax) return undefined;
    parts.push(part.subarray(0, count));
  }
}

function fail(error: Error): never {
  throw error;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
