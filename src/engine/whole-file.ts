/** Files that are there whole, as they were or as they are to be, whatever befalls the process or the machine. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";

/**
 * Puts a text in a file's place. Throws what the file system does; then the file is as it was.
 *
 * It is written beside the file and on disk before it takes its name: a rename is all or nothing, while a file that is
 * overwritten is empty first and torn after a crash.
 */
export function writeWhole(path: string, text: string): void {
  // A name of this process alone: a report may be made of a folder that a sweep still writes into.
  const draft = `${path}.${process.pid}.draft`;
  try {
    const file = openSync(draft, "w");
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
