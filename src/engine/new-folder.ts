/** A folder of its own for what is written at once: new or empty, so that nobody's files are lost. */
import { readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileFailureText } from "../base/file-failure.ts";
import { UserError } from "../base/user-error.ts";
import { makeFolders } from "./make-folders.ts";
import { freePath } from "./run-folder.ts";

/**
 * Writes files into a folder and answers its path; throws a `UserError` where that cannot be.
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
  const path = outDir ?? freePath(name, startedAt);
  if (path === "") throw new UserError({ field: "-o", seen: 'is ""', expected: "name a folder, new or empty" });
  const expected = "name a folder that is writable, with room on its disk, and new or empty";
  try {
    makeFolders(resolve(path));
    const found = readdirSync(path);
    if (found.length > 0) throw new UserError({ field: "-o", seen: `${path} has files in it`, expected });
    for (const file of files) writeFileSync(join(path, file.name), file.text, { flag: "wx" });
    return path;
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError({ field: "-o", seen: `${path} cannot be written: ${fileFailureText(error)}`, expected });
  }
}
