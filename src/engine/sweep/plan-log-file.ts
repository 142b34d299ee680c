/** The log of a sweep or a search as a file in its folder, from the first plan until nothing is missing any more. */
import { appendFileSync, closeSync, fdatasync, fdatasyncSync, lstatSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileFailureText } from "../../base/file-failure.ts";
import { type LoggedPlan, planLine, type PlanLog, readPlanLog } from "../../measure/plan-log.ts";
import { openToAppend, TEXT_BYTES_MAX, textOfFile, withRegularFile } from "../regular-file.ts";
import { syncFolder } from "../whole-file.ts";
import { type FolderLock, LockLost } from "./folder-lock.ts";

/** The file's name. Where it lies in a folder, something of its sweep or search is missing. */
export const PLAN_LOG_FILE = "plans.jsonl";

/** The log in a folder, or what the file is instead; undefined where there is none. */
export function planLogIn(folder: string): PlanLog | string | undefined {
  return planLogAndBytesIn(folder)?.log;
}

/** The same with the bytes of the file that it was read from. */
export function planLogAndBytesIn(folder: string): { log: PlanLog | string; bytes: Buffer } | undefined {
  return withRegularFile(join(folder, PLAN_LOG_FILE), (file, sizeBytes) => {
    if (sizeBytes > TEXT_BYTES_MAX)
      return { log: `is larger than the ${TEXT_BYTES_MAX / 1e6} MB that can be read`, bytes: Buffer.of() };
    const bytes = readFileSync(file);
    return { log: readPlanLog(bytes.toString("utf8")), bytes };
  });
}

const NEWLINE = 0x0a;

/** Whether there is anything of that name that can be read as a log. */
export function hasPlanLog(folder: string): boolean {
  return withRegularFile(join(folder, PLAN_LOG_FILE), () => true) ?? false;
}

/**
 * What `clock.start: now` means to whoever goes on in a folder, milliseconds since 1970: what it meant when its log was
 * begun. Undefined where there is no log, or none that begins now.
 */
export function nowOfPlansIn(folder: string): number | undefined {
  const head = textOfFile(join(folder, PLAN_LOG_FILE))?.split("\n", 1)[0];
  const log = head === undefined ? "" : readPlanLog(head);
  if (typeof log === "string") return undefined;
  return log.head.of === "sweep" ? log.head.sweep.nowMs : log.head.search.nowMs;
}

/**
 * Writes on at the end of a log, each plan before it is told of: a process that is killed loses none. It goes onto the
 * disk beside the work, so that a machine that loses power may lose the last few. A disk that fails stops the log, never
 * the plans.
 */
export class PlanLogFile {
  readonly #lock: FolderLock;
  readonly #path: string;
  #file: number | undefined;
  #failure: string | undefined;
  #isSyncing = false;
  #isStale = false;

  private constructor(lock: FolderLock, text: string | Uint8Array) {
    const { folder } = lock;
    this.#lock = lock;
    this.#path = join(folder, PLAN_LOG_FILE);
    lock.put(PLAN_LOG_FILE, text);
    this.#file = openToAppend(this.#path);
    try {
      // Without their names in the folders above, what is on disk could not be found.
      syncFolder(folder);
      syncFolder(dirname(resolve(folder)));
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Begins a log where none is; throws what the file system does, and then leaves none. */
  static begun(lock: FolderLock, headText: string): PlanLogFile {
    if (lstatSync(join(lock.folder, PLAN_LOG_FILE), { throwIfNoEntry: false }) !== undefined)
      throw new Error("it is there already");
    try {
      return new PlanLogFile(lock, headText);
    } catch (error) {
      removeQuietly(lock);
      throw error;
    }
  }

  /**
   * Goes on in a copy of what was read of the log that is there, in its place: whoever had the folder before and wakes
   * has the old one open, and what it adds meanwhile is in neither. Throws what the file system does.
   */
  static goneOn(lock: FolderLock, bytes: Buffer): PlanLogFile {
    // One that is a link is nobody's to be replaced.
    const file = openToAppend(join(lock.folder, PLAN_LOG_FILE));
    closeSync(file);
    // A killed process may have torn its last line; whoever reads passes over what is none.
    return new PlanLogFile(lock, bytes.at(-1) === NEWLINE ? bytes : Buffer.concat([bytes, Buffer.of(NEWLINE)]));
  }

  /** Why nothing is written any more, as a sentence; undefined = all is well. */
  get failure(): string | undefined {
    return this.#failure;
  }

  add(plan: LoggedPlan): void {
    this.#write(planLine(plan));
  }

  /** Puts all of it on disk, and writes no more. */
  close(): void {
    const file = this.#file;
    if (file === undefined) return;
    this.#file = undefined;
    try {
      fdatasyncSync(file);
    } catch (error) {
      this.#fail(error);
    }
    // One that is under way has the file still: closed below it, it would be about whatever is opened next.
    if (!this.#isSyncing) this.#shut(file);
  }

  /**
   * Takes the file away, once the reports beside it have their names on disk; answers whether it is gone. Throws a
   * `LockLost` where somebody else has the folder.
   */
  remove(): boolean {
    this.close();
    try {
      syncFolder(dirname(this.#path));
      this.#lock.remove(PLAN_LOG_FILE);
      return true;
    } catch (error) {
      if (error instanceof LockLost) throw error;
      this.#fail(error);
      return false;
    }
  }

  #write(line: string): void {
    if (this.#file === undefined || this.#failure !== undefined) return;
    try {
      appendFileSync(this.#file, line);
      this.#sync(this.#file);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Plans may be done faster than a disk turns, so there is one sync at a time. */
  #sync(file: number): void {
    this.#isStale = this.#isSyncing;
    if (this.#isSyncing) return;
    this.#isSyncing = true;
    fdatasync(file, (error) => {
      this.#isSyncing = false;
      if (error !== null) this.#fail(error);
      if (this.#file === undefined) this.#shut(file);
      else if (this.#isStale && this.#failure === undefined) this.#sync(file);
    });
  }

  #shut(file: number): void {
    try {
      closeSync(file);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The first reason is the one that tells. */
  #fail(error: unknown): void {
    this.#failure ??= `${PLAN_LOG_FILE} cannot be written: ${fileFailureText(error)}`;
  }
}

function removeQuietly(lock: FolderLock): void {
  try {
    lock.remove(PLAN_LOG_FILE);
  } catch {
    // It has not come so far, or somebody else has the folder; why it failed is told already.
  }
}
