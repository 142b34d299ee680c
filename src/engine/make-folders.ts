/** Folders that a user names, where the file system may be one that takes none. */
import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a folder and those above it, one by one: node's recursive call never returns from places such as /proc, where
 * a parent exists and takes no folder.
 *
 * @param mode of the folders that are made; undefined = what the process gives to all
 * @param made takes the folders that were made here, the outermost first; where one cannot be, those before it
 */
export function makeFolders(path: string, mode?: number, made: string[] = []): void {
  if (existsSync(path)) return;
  makeFolders(dirname(path), mode, made);
  try {
    mkdirSync(path, { mode });
    made.push(path);
  } catch (error) {
    // Somebody else was faster; whether it is a folder shows when it is read.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
