/** The log of a sweep or a search as a file in its folder, from the first plan until nothing is missing any more. */
import {
  appendFileSync,
  closeSync,
  fdatasync,
  fdatasyncSync,
  linkSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileFailureText } from "../../base/file-failure.ts";
import { type LoggedPlan, planLine, type PlanLog, readPlanLog } from "../../measure/plan-log.ts";
import { openToAppend, TEXT_BYTES_MAX, textOfFile, withRegularFile } from "../regular-file.ts";
import { draftOf, syncFolder } from "../whole-file.ts";

/** The file's name. Where it lies in a folder, something of its sweep or search is missing. */
export const PLAN_LOG_FILE = "plans.jsonl";

/** The log in a folder, or what the file is instead; undefined where there is none. */
export function planLogIn(folder: string): PlanLog | string | undefined {
  return withRegularFile(join(folder, PLAN_LOG_FILE), (file, sizeBytes) =>
    sizeBytes > TEXT_BYTES_MAX
      ? `is larger than the ${TEXT_BYTES_MAX / 1e6} MB that can be read`
      : readPlanLog(readFileSync(file, "utf8")),
  );
}

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
  readonly #path: string;
  #file: number | undefined;
  #failure: string | undefined;
  #isSyncing = false;
  #isStale = false;

  /**
   * Throws what the file system does.
   *
   * @param folder where a log lies, unless `headText` begins one
   */
  constructor(folder: string, headText?: string) {
    this.#path = join(folder, PLAN_LOG_FILE);
    if (headText !== undefined) begin(this.#path, headText);
    try {
      this.#file = openToAppend(this.#path);
    } catch (error) {
      // A log that cannot be written on is in the way of whoever tries again.
      if (headText !== undefined) rmSync(this.#path, { force: true });
      throw error;
    }
    try {
      // Without their names in the folders above, what is on disk could not be found.
      syncFolder(folder);
      syncFolder(dirname(resolve(folder)));
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Why nothing is written any more, as a sentence; undefined = all is well. */
  get failure(): string | undefined {
    return this.#failure;
  }

  add(plan: LoggedPlan): void {
    this.#write(planLine(plan));
  }

  /** Ends a line that a killed process may have torn; whoever reads passes over an empty one. */
  endLine(): void {
    this.#write("\n");
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

  /** Takes the file away, once the reports beside it have their names on disk; answers whether it is gone. */
  remove(): boolean {
    this.close();
    try {
      syncFolder(dirname(this.#path));
      rmSync(this.#path, { force: true });
      return true;
    } catch (error) {
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

/** Its head is there whole or not at all: one that was cut would be a log of nobody's, in the way of whoever tries again. */
function begin(path: string, headText: string): void {
  const draft = draftOf(path);
  try {
    writeFileSync(draft, headText, { flag: "wx" });
    linkSync(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
}
