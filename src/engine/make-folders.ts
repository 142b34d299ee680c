/** Folders that a user names, where the file system may be one that takes none. */
import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a folder and those above it, one by one: node's recursive call never returns from places such as /proc, where
 * a parent exists and takes no folder.
 *
 * @param mode of the folders that are made; undefined = what the process gives to all
 */
export function makeFolders(path: string, mode?: number): void {
  if (existsSync(path)) return;
  makeFolders(dirname(path), mode);
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    // Somebody else was faster; whether it is a folder shows when it is read.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
