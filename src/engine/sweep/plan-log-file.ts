/** The log of a sweep or a search as a file in its folder, from the first plan until nothing is missing any more. */
import { appendFileSync, closeSync, fdatasync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileFailureText } from "../../base/file-failure.ts";
import { type LoggedPlan, planLine, type PlanLog, readPlanLog } from "../../measure/plan-log.ts";
import { textOfFile } from "../regular-file.ts";

/** The file's name. Where it lies in a folder, something of its sweep or search is missing. */
export const PLAN_LOG_FILE = "plans.jsonl";

/** The log in a folder, or what the file is instead; undefined where there is none. */
export function planLogIn(folder: string): PlanLog | string | undefined {
  const text = textOfFile(join(folder, PLAN_LOG_FILE));
  return text === undefined ? undefined : readPlanLog(text);
}

/**
 * What `clock.start: now` means to whoever goes on in a folder, milliseconds since 1970: what it meant when its log was
 * begun. Undefined where there is no log, or none that begins now.
 */
export function nowOfPlansIn(folder: string): number | undefined {
  const head = textOfFile(join(folder, PLAN_LOG_FILE))?.split("\n", 1)[0];
  const log = head === undefined ? "" : readPlanLog(head);
  return typeof log === "string" ? undefined : log.head.nowMs;
}

/** Writes on at the end of a log. A disk that is full stops the log, never the plans. */
export class PlanLogFile {
  readonly #path: string;
  #file: number | undefined;
  #failure: string | undefined;
  #isSyncing = false;
  #isStale = false;

  /** @param folder where a log lies, with its head at least; throws what the file system does */
  constructor(folder: string) {
    this.#path = join(folder, PLAN_LOG_FILE);
    this.#file = openSync(this.#path, "a");
  }

  /** Why nothing is written any more, as a sentence; undefined = all is well. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Writes a plan at once: a process that is killed loses none, and a machine that loses power the last few at most. */
  add(plan: LoggedPlan): void {
    this.#write(planLine(plan));
  }

  /** Ends a line that a killed process may have torn; whoever reads passes over an empty one. */
  endLine(): void {
    this.#write("\n");
  }

  close(): void {
    if (this.#file === undefined) return;
    closeSync(this.#file);
    this.#file = undefined;
  }

  /** Takes the file away: nothing is missing any more. */
  remove(): void {
    this.close();
    rmSync(this.#path, { force: true });
  }

  #write(line: string): void {
    if (this.#file === undefined || this.#failure !== undefined) return;
    try {
      appendFileSync(this.#file, line);
      this.#sync();
    } catch (error) {
      this.#failure = `${PLAN_LOG_FILE} cannot be written: ${fileFailureText(error)}`;
    }
  }

  /** Onto the disk beside the work: plans may be done faster than a disk turns, so there is one sync at a time. */
  #sync(): void {
    if (this.#file === undefined) return;
    if (this.#isSyncing) return void (this.#isStale = true);
    this.#isSyncing = true;
    this.#isStale = false;
    fdatasync(this.#file, () => {
      this.#isSyncing = false;
      if (this.#isStale) this.#sync();
    });
  }
}
