/**
 * What stands in the place of a folder's lock: judged by who wrote it, and taken away where nobody is left of it.
 *
 * Between the look and the taking away another one may have put its own lock there. So only what was judged is moved, by
 * the name of its desk, which no other lock has; the folder around it goes only while it is empty.
 */
import {
  lstatSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileFailureText } from "../../base/file-failure.ts";
import { UserError } from "../../base/user-error.ts";
import { textIfThere } from "../regular-file.ts";
import { draftOf } from "../whole-file.ts";
import { type LockHolder, readEarlierHolder, readHolder, whetherThere } from "./lock-holder.ts";

export const LOCK_FILE = "plans.lock";
export const HOLDER_FILE = "holder.json";
const DESK = /^[0-9a-f]{16}$/;

/** Of another machine's lock that was not touched for so long nobody is left: twelve touches in a row are not late. */
export const STALE_MS = 120_000;

/**
 * Takes away the lock in a folder, if there is one; another may be there at once. Throws a `UserError` where the process
 * that has it may still be at it, and for what is no lock, and what the file system does.
 */
export function takeAwayDead(folder: string): void {
  const path = join(folder, LOCK_FILE);
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (stat.isDirectory()) takeAwayDeadFolder(folder, path);
  else takeAwayDeadFile(folder, path, stat);
}

/** Takes away what was judged, by its names in the lock, unless somebody else was quicker. */
export function takeAway(path: string, judged: readonly string[]): void {
  for (const name of judged) {
    const aside = draftOf(path);
    try {
      renameSync(join(path, name), aside);
    } catch (error) {
      if (isOf(error, GONE)) return;
      throw error;
    }
    // Also for who knows the desk by more than its path, as clients of a file server do.
    rmSync(aside, { recursive: true, force: true });
  }
  try {
    rmdirSync(path);
  } catch {
    // It is another one's already. Empty, it is nobody's, and the next lock takes its place.
  }
}

/** Who has the lock of a folder now, as far as it can be read. */
export function holderIn(folder: string): LockHolder | undefined {
  const path = join(folder, LOCK_FILE);
  try {
    const [desk = ""] = readdirSync(path);
    return readHolder(textIfThere(join(path, desk, HOLDER_FILE)));
  } catch {
    return undefined;
  }
}

function takeAwayDeadFolder(folder: string, path: string): void {
  const found = namesIn(path);
  if (!found.every((name) => name === HOLDER_FILE || DESK.test(name))) throw notOurs(folder);
  // Earlier builds had the holder's file beside the desk.
  const judged = found.includes(HOLDER_FILE) ? [HOLDER_FILE] : found.map((desk) => join(desk, HOLDER_FILE));
  for (const name of judged) {
    const holder = readHolder(holderText(folder, join(path, name)));
    // Torn, or gone meanwhile.
    if (holder !== undefined) refuseHeld(folder, holder, join(path, name));
  }
  takeAway(path, found);
}

/** Builds before those had a file as their lock. */
function takeAwayDeadFile(folder: string, path: string, stat: Stats): void {
  if (!stat.isFile()) throw notOurs(folder);
  const text = holderText(folder, path);
  // Gone meanwhile.
  if (text === undefined) return;
  const holder = readEarlierHolder(text);
  if (holder === undefined) throw notOurs(folder);
  refuseHeld(folder, holder, path);
  try {
    // No folder is taken away by it: whoever was quicker keeps their lock.
    unlinkSync(path);
  } catch (error) {
    if (lstatSync(path, { throwIfNoEntry: false })?.isFile() === true) throw error;
  }
}

/** Only what is not there says nothing: a lock that cannot be read may be that of a process that lives. */
function holderText(folder: string, path: string): string | undefined {
  try {
    return textIfThere(path);
  } catch (error) {
    throw new UserError({
      file: folder,
      seen: `has a ${LOCK_FILE} that cannot be read: ${fileFailureText(error)}`,
      expected: "make it readable, or name another folder: a process that lives may have it",
    });
  }
}

/** Throws where the process that has a lock may still be at it. */
function refuseHeld(folder: string, holder: LockHolder, touched: string): void {
  const there = whetherThere(holder);
  if (there === "no" || (there === "unknown" && untouchedMs(folder, touched) >= STALE_MS)) return;
  const isHere = there === "yes";
  throw new UserError({
    file: folder,
    seen: `is being worked on by process ${holder.pid}${isHere ? "" : ` of ${holder.host}`}`,
    expected: `wait for its end, or stop it; its page shows meanwhile what is done. ${isHere ? "If there is no such otafleet any more, delete" : `If there is no such otafleet any more, wait ${STALE_MS / 60_000} minutes, or delete`} ${LOCK_FILE} in it`,
  });
}

function notOurs(folder: string): UserError {
  return new UserError({
    file: folder,
    seen: `has a ${LOCK_FILE} that is none of otafleet's`,
    expected: "name another folder, or move it away",
  });
}

/**
 * For how long nobody has touched a lock, by the clock of the file system that both machines share: theirs may be
 * minutes apart.
 */
function untouchedMs(folder: string, path: string): number {
  const draft = draftOf(join(folder, LOCK_FILE));
  try {
    writeFileSync(draft, "", { flag: "wx" });
    const touched = statSync(path, { throwIfNoEntry: false });
    // Whoever had it has just let go.
    return touched === undefined ? Infinity : statSync(draft).mtimeMs - touched.mtimeMs;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** In their order: a desk comes before the holder's file beside it, so that who was quicker is seen by it. */
function namesIn(path: string): readonly string[] {
  try {
    return readdirSync(path).sort();
  } catch (error) {
    if (isOf(error, GONE)) return [];
    throw error;
  }
}

/** Another one was quicker: nothing is there, or it is something else. */
const GONE: readonly string[] = ["ENOENT", "ENOTDIR"];

function isOf(error: unknown, codes: readonly string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException).code ?? "");
}
