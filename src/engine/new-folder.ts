/** A folder of its own for what is written at once: new or empty, so that nobody's files are lost. */
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { fileFailureText } from "../base/file-failure.ts";
import { UserError } from "../base/user-error.ts";
import { type Made, takeAway, writeNew } from "./made-files.ts";
import { makeFolders } from "./make-folders.ts";
import { ownPath, usedFolder } from "./run-folder.ts";

const EXPECTED = "name a folder that is writable, with room on its disk, and new or empty";

/**
 * Writes files into a folder and answers its path; throws a `UserError` where that cannot be, and then leaves nothing.
 *
 * @param outDir as the user named it; undefined = a new one under `reports/`
 * @param startedAt ISO 8601, for the name of a new one
 */
export function writeNewFolder(
  outDir: string | undefined,
  name: string,
  startedAt: string,
  files: readonly { readonly name: string; readonly text: string }[],
): string {
  const made: Made = { folders: [], files: [] };
  const path = newFolder(outDir, name, startedAt, () => false, made);
  try {
    for (const file of files) writeNew(path, file.name, file.text, made);
    return path;
  } catch (error) {
    // Half of the files would be in the way of whoever tries again.
    takeAway(path, made);
    throw refusal(`${path} cannot be written: ${fileFailureText(error)}`);
  }
}

/**
 * Makes sure that there is a folder with nothing in it, and answers its path; throws a `UserError` where that cannot be.
 *
 * @param mayStay whether a file of that name counts as nothing
 */
export function newFolder(
  outDir: string | undefined,
  name: string,
  startedAt: string,
  mayStay: (name: string) => boolean,
  made: Made = { folders: [], files: [] },
): string {
  const path = outDir ?? ownPath(name, startedAt, made.folders);
  if (path === "") throw new UserError({ field: "-o", seen: 'is ""', expected: "name a folder, new or empty" });
  let found: readonly string[];
  try {
    makeFolders(resolve(path), undefined, made.folders);
    found = readdirSync(path).filter((name) => !mayStay(name));
  } catch (error) {
    takeAway(path, made);
    throw refusal(`${path} cannot be written: ${fileFailureText(error)}`);
  }
  if (found.length > 0) throw usedFolder(path, found);
  return path;
}

function refusal(seen: string): UserError {
  return new UserError({ field: "-o", seen, expected: EXPECTED });
}
