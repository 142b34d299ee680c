/**
 * Files that are there whole, as they were or as they are to be, whatever befalls the process or the machine.
 *
 * Each is written beside its place and then takes its name: a rename is all or nothing, while a file that is overwritten
 * is empty first and torn after a crash. Where somebody laid a link or a pipe of that name, it is replaced, and nothing
 * is written through it.
 */
import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isAlive } from "./live-process.ts";

/**
 * Puts a text in a file's place, and on disk before that. Throws what the file system does; then the file is as it was.
 *
 * @param draft where it is written first, on the same disk
 */
export function writeWhole(path: string, text: string | Uint8Array, draft = draftOf(path)): void {
  replaceFile(path, draft, (file) => writeFileSync(file, text));
}

/** The same of a text in pieces, so that a table of a million nodes is never held in whole. */
export function writePieces(path: string, pieces: Iterable<string>): void {
  replaceFile(path, draftOf(path), (file) => {
    // Given an open file, it goes on where the last piece ended.
    for (const piece of pieces) writeFileSync(file, piece);
  });
}

/**
 * Takes away what killed processes have left of these files in mid-write. Whose process lives is still at it.
 *
 * @param folders names of which the drafts are folders; elsewhere a folder of such a name is somebody's
 */
export function clearDrafts(folder: string, names: readonly string[], folders: readonly string[] = []): void {
  for (const found of readdirSync(folder, { withFileTypes: true })) {
    const [, name = "", pid] = DRAFT.exec(found.name) ?? [];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const mayBeFolder = folders.includes(name);
    if (mayBeFolder || (names.includes(name) && !found.isDirectory()))
      rmSync(join(folder, found.name), { recursive: mayBeFolder, force: true });
  }
}

/** Whether a name is that of a draft of one of these files, of whatever process. */
export function isDraftOf(found: string, names: readonly string[]): boolean {
  return names.includes(DRAFT.exec(found)?.[1] ?? "");
}

const DRAFT = /^(.+)\.(\d{1,9})\.[0-9a-f]{8}\.draft$/;

/** A name beside a file that nobody else takes: two containers may have a folder in common, and numbers of processes too. */
export function draftOf(path: string): string {
  return `${path}.${process.pid}.${randomBytes(4).toString("hex")}.draft`;
}

/** Puts the names in a folder on disk: without its name, a file that is there whole is lost with the power. */
export function syncFolder(path: string): void {
  try {
    const folder = openSync(path, "r");
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  } catch (error) {
    if (!CANNOT_SYNC.includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}

/** Systems and folders that take no such wish. */
const CANNOT_SYNC: readonly string[] = ["EACCES", "EINVAL", "EISDIR", "ENOTSUP", "EPERM"];

function replaceFile(path: string, draft: string, write: (file: number) => void): void {
  const file = openSync(draft, "wx");
  try {
    try {
      write(file);
      // Else a machine that stops may have kept the name and not the bytes.
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
