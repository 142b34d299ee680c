/**
 * One process at a time writes into the folder of a sweep or a search. Its lock says which one, from before it reads
 * what is there until its last report is written. Whoever is killed leaves the lock behind: it is taken over once that
 * process is no more. Of a process of another machine, or of a container that is no more, nobody here can say whether it
 * lives; so whoever has a lock touches it now and then, and one that nobody touches any more is taken over as well.
 */
import { randomBytes } from "node:crypto";
import { linkSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { fileFailureText } from "../../base/file-failure.ts";
import { UserError } from "../../base/user-error.ts";
import { birthOf, isAlive } from "../live-process.ts";
import { textOfFile } from "../regular-file.ts";
import { draftOf } from "../whole-file.ts";

export const LOCK_FILE = "plans.lock";

/** Each attempt fails to another process that was quicker; so many in a row are no chance. */
const ATTEMPTS_MAX = 8;

/** Milliseconds between two touches of a lock. */
const TOUCH_EVERY_MS = 10_000;
/** Of another machine's lock that was not touched for so long nobody is left: twelve touches in a row are not late. */
export const STALE_MS = 120_000;

const HOLDER = z.object({
  pid: z
    .int()
    .min(1)
    .max(2 ** 31),
  host: z.string().max(255),
  birth: z.string().max(100),
});

export class FolderLock {
  readonly #path: string;
  readonly #text: string;
  readonly #touching: NodeJS.Timeout;

  private constructor(path: string, text: string) {
    this.#path = path;
    this.#text = text;
    this.#touching = setInterval(() => this.touch(), TOUCH_EVERY_MS);
    // A lock keeps no process from its end.
    this.#touching.unref();
  }

  /** Throws a `UserError` where another process has the folder, or where nothing can be written into it. */
  static take(folder: string): FolderLock {
    const path = join(folder, LOCK_FILE);
    const { pid } = process;
    // The number at the end tells two of the same process apart.
    const own = { pid, host: hostname(), birth: birthOf(pid), number: randomBytes(4).toString("hex") };
    const text = `${JSON.stringify(own)}\n`;
    try {
      for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
        if (isWritten(path, text)) return new FolderLock(path, text);
        const found = textOfFile(path);
        refuseHeld(folder, path, found);
        takeAway(path, found);
      }
    } catch (error) {
      if (error instanceof UserError) throw error;
      const seen = `cannot be written: ${fileFailureText(error)}`;
      throw new UserError({ file: folder, seen, expected: "name a folder that is writable, with room on its disk" });
    }
    throw new UserError({
      file: folder,
      seen: "is wanted by many at once",
      expected: "let one command at a time work in it",
    });
  }

  /** Says that its process is still at it; called now and then while it has the lock. */
  touch(): void {
    try {
      const now = new Date();
      if (textOfFile(this.#path) === this.#text) utimesSync(this.#path, now, now);
    } catch {
      // The next one may be taken; twelve in a row are not missed by chance.
    }
  }

  /** Leaves alone what is not, or no longer, its own. */
  release(): void {
    clearInterval(this.#touching);
    try {
      if (textOfFile(this.#path) === this.#text) rmSync(this.#path, { force: true });
    } catch {
      // It stands for a process that is no more soon, and is taken over.
    }
  }
}

/** False where one is there already. It is there whole or not at all: an empty one would be taken for nobody's. */
function isWritten(path: string, text: string): boolean {
  const draft = draftOf(path);
  try {
    writeFileSync(draft, text, { flag: "wx" });
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Throws where the process that wrote a lock may still be at it. */
function refuseHeld(folder: string, path: string, found: string | undefined): void {
  const read = HOLDER.safeParse(parsed(found ?? ""));
  // Torn, or nobody's.
  if (!read.success) return;
  const { pid, host, birth } = read.data;
  const isHere = host === hostname();
  if (isHere ? !isAlive(pid) : untouchedMs(path) >= STALE_MS) return;
  const birthNow = isHere ? birthOf(pid) : "";
  if (birth !== "" && birthNow !== "" && birth !== birthNow) return;
  throw new UserError({
    file: folder,
    seen: `is being worked on by process ${pid}${isHere ? "" : ` of ${host}`}`,
    expected: `wait for its end, or stop it; its page shows meanwhile what is done. ${isHere ? "If there is no such otafleet any more, delete" : `If there is no such otafleet any more, wait ${STALE_MS / 60_000} minutes, or delete`} ${LOCK_FILE} in it`,
  });
}

/**
 * For how long nobody has touched a lock, by the clock of the file system that both machines share: theirs may be
 * minutes apart.
 */
function untouchedMs(path: string): number {
  const draft = draftOf(path);
  try {
    writeFileSync(draft, "", { flag: "wx" });
    const touched = statSync(path, { throwIfNoEntry: false });
    // Whoever had it has just let go.
    return touched === undefined ? Infinity : statSync(draft).mtimeMs - touched.mtimeMs;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Takes away the lock of a process that is no more, unless somebody else has just put their own in its place. */
function takeAway(path: string, judged: string | undefined): void {
  const aside = draftOf(path);
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  if (textOfFile(aside) !== judged) putBack(aside, path);
  rmSync(aside, { force: true });
}

function putBack(aside: string, path: string): void {
  try {
    linkSync(aside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
