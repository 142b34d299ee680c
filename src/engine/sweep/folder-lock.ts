/**
 * One process at a time writes into the folder of a sweep or a search. Its lock says which one, from before it reads
 * what is there until its last report is written. Whoever is killed leaves the lock behind: it is taken over once that
 * process is no more. Of a process of another machine, or of another container, nobody here can say whether it lives; so
 * whoever has a lock touches it now and then, and one that nobody touches any more is taken over as well.
 *
 * That one may only have stood still, with its machine asleep, and wake in mid-write. So the lock is a folder with a desk
 * in it, which no other lock has: every file is written on the desk and takes its place by a rename from there. Taking
 * over begins with moving that desk away, and from that moment on each such rename of the other one fails: it cannot
 * write, whenever it last looked. What it has open to write on is replaced by a copy of just what was read of it
 * (`PlanLogFile`).
 *
 *     plans.lock/3f9c…/                the desk
 *     plans.lock/3f9c…/holder.json     who it is; touched now and then
 */
import { randomBytes } from "node:crypto";
import { lstatSync, mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileFailureText } from "../../base/file-failure.ts";
import { type Mistake, UserError } from "../../base/user-error.ts";
import { draftOf, writeWhole } from "../whole-file.ts";
import { type LockHolder, ownHolder } from "./lock-holder.ts";
import { HOLDER_FILE, holderIn, LOCK_FILE, STALE_MS, takeAway, takeAwayDead } from "./standing-lock.ts";

/** Each attempt fails to another process that was quicker; so many in a row are no chance. */
const ATTEMPTS_MAX = 8;

/** Milliseconds between two touches of a lock. */
const TOUCH_EVERY_MS = 10_000;

/** Somebody else has the folder, so that nothing may be written into it any more. */
export class LockLost extends UserError {
  override readonly name = "LockLost";
}

export class FolderLock {
  readonly folder: string;
  /** Rejects with a `LockLost` as soon as it is seen that somebody else has the folder; else it stays as it is. */
  readonly whenLost: Promise<never>;
  readonly #path: string;
  readonly #desk: string;
  readonly #touching: NodeJS.Timeout;
  #tellLost: (error: LockLost) => void = () => {};
  #isReleased = false;

  private constructor(folder: string, desk: string) {
    this.folder = folder;
    this.#path = join(folder, LOCK_FILE);
    this.#desk = join(this.#path, desk);
    this.whenLost = new Promise((_, reject) => (this.#tellLost = reject));
    // Who does not wait for it is told by the next write.
    this.whenLost.catch(() => {});
    this.#touching = setInterval(() => this.touch(), TOUCH_EVERY_MS);
    // A lock keeps no process from its end.
    this.#touching.unref();
  }

  /** Throws a `UserError` where another process has the folder, or where nothing can be written into it. */
  static take(folder: string): FolderLock {
    const path = join(folder, LOCK_FILE);
    // It tells two of the same process apart.
    const desk = randomBytes(8).toString("hex");
    const text = `${JSON.stringify(ownHolder())}\n`;
    try {
      for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
        if (isMade(path, desk, text)) return new FolderLock(folder, desk);
        takeAwayDead(folder);
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
      this.check();
      const now = new Date();
      utimesSync(join(this.#desk, HOLDER_FILE), now, now);
    } catch {
      // The next one may be taken; twelve in a row are not missed by chance.
    }
  }

  /** Throws a `LockLost` where somebody else has taken the folder over. */
  check(): void {
    if (this.#isReleased || isThere(this.#desk)) return;
    const error = new LockLost(lossOf(this.folder, holderIn(this.folder)));
    clearInterval(this.#touching);
    this.#tellLost(error);
    throw error;
  }

  /**
   * Puts a text in a file's place, whole. Throws a `LockLost` where somebody else has the folder, and what the file
   * system does; then the file is as it was.
   */
  put(name: string, text: string | Uint8Array): void {
    this.#fenced(() => writeWhole(join(this.folder, name), text, draftOf(join(this.#desk, name))));
  }

  /** Takes a file away; throws as `put` does. */
  remove(name: string): void {
    this.#fenced(() => {
      const aside = draftOf(join(this.#desk, name));
      renameSync(join(this.folder, name), aside);
      rmSync(aside, { force: true });
    });
  }

  /** Leaves alone what is not, or no longer, its own. */
  release(): void {
    clearInterval(this.#touching);
    try {
      if (!this.#isReleased && isThere(this.#desk)) takeAway(this.#path, [basename(this.#desk)]);
    } catch {
      // It stands for a process that is no more soon, and is taken over.
    }
    this.#isReleased = true;
  }

  /** A desk that is gone shows as a file that is not found. */
  #fenced(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.check();
      throw error;
    }
  }
}

/** False where another one was quicker. It is there whole or not at all: an empty one would be taken for nobody's. */
function isMade(path: string, desk: string, text: string): boolean {
  const draft = draftOf(path);
  mkdirSync(draft);
  try {
    mkdirSync(join(draft, desk));
    writeFileSync(join(draft, desk, HOLDER_FILE), text, { flag: "wx" });
    renameSync(draft, path);
    return true;
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    const { code = "" } = error as NodeJS.ErrnoException;
    if (QUICKER.includes(code) || (REFUSED.includes(code) && isThere(path))) return false;
    throw error;
  }
}

/**
 * A lock is in the place, whether or not it is there still when one looks; or the draft was cleared away by a process of
 * another container, where this one's number is nobody's.
 */
const QUICKER: readonly string[] = ["ENOTEMPTY", "EEXIST", "ENOTDIR", "ENOENT"];
/** How some systems say the same, and others that nothing may be written. */
const REFUSED: readonly string[] = ["EPERM", "EACCES"];

/** False only where it is known not to be there: a server that does not answer says nothing of it. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true;
  }
}

function lossOf(folder: string, holder: LockHolder | undefined): Mistake {
  const seen =
    holder === undefined
      ? `has lost the ${LOCK_FILE} of this process`
      : `was taken over by process ${holder.pid} of ${holder.host}, as this one stood still for ${STALE_MS / 60_000} minutes or its ${LOCK_FILE} was deleted`;
  return {
    file: folder,
    seen,
    expected:
      "this one has stopped and writes nothing more; what is done is in the folder, and the same command goes on from there once nobody else is at it",
  };
}
