/** What a command makes before it begins, so that it can take away just that where something of it fails. */
import { closeSync, openSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What was made, and may be taken away again: an empty folder that was there before stays. */
export interface Made {
  /** The outermost first. */
  readonly folders: string[];
  /** Names in the folder. */
  readonly files: string[];
}

/** Writes a file that is not there yet, and adds its name to those that were made; throws what the file system does. */
export function writeNew(path: string, name: string, content: string | Uint8Array, made: Made): void {
  // "wx": two commands that were given the same folder at once must not write into one another's.
  const file = openSync(join(path, name), "wx");
  made.files.push(name);
  try {
    writeFileSync(file, content);
  } finally {
    closeSync(file);
  }
}

/** Takes away what was made in a folder, and the folder where it was made too. */
export function takeAway(path: string, { folders, files }: Made): void {
  for (const name of files) rmSync(join(path, name), { force: true });
  try {
    for (const folder of folders.toReversed()) rmdirSync(folder);
  } catch {
    // The working directory itself, or not empty after all: an empty folder harms nobody, a lost file would.
  }
}
