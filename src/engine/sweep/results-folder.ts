/**
 * The folder of a sweep or a search. What is done lies in it from the first plan on: in its log at once, and in its
 * reports every few seconds, so that they may be looked at meanwhile, or after a crash.
 */
import { join } from "node:path";
import { fileFailureText } from "../../base/file-failure.ts";
import { UserError } from "../../base/user-error.ts";
import { headLine, type LoggedPlan, planKey, type PlanLogHead } from "../../measure/plan-log.ts";
import type { PlannedRun } from "../../measure/planned-run.ts";
import type { PlansReporter } from "../../report/sweep/plans-reporter.ts";
import { type Made, takeAway } from "../made-files.ts";
import { newFolder } from "../new-folder.ts";
import { clearDrafts, isDraftOf } from "../whole-file.ts";
import type { KeptPlans } from "./many-plans.ts";
import { otherPlans, plansOfAnother, refuseOthers } from "./finished-plans.ts";
import { FolderLock, LockLost } from "./folder-lock.ts";
import { hasPlanLog, PLAN_LOG_FILE, PlanLogFile, planLogAndBytesIn } from "./plan-log-file.ts";
import { LOCK_FILE } from "./standing-lock.ts";

/** Reports of what is done by then are written no more often than this, in milliseconds. */
const REPORTS_EVERY_MS = 2_000;
/** And take at most one part in so many of the time: those of 50,000 plans take a while. */
const REPORTS_SHARE = 20;

/** What a folder is made for. */
export interface FolderWish<Result> {
  /** As the user named it; undefined = a new one under `reports/`. */
  readonly outDir: string | undefined;
  /** Of a new one, before the moment. */
  readonly name: string;
  readonly head: PlanLogHead;
  readonly reports: readonly PlansReporter<Result>[];
  /** What it has come to after so many plans. */
  readonly soFar: (plans: readonly LoggedPlan[]) => Result;
}

/** What lies in the folder at the end. */
export interface FolderEnd {
  /** Paths that were written. */
  readonly files: readonly string[];
  /** Whether nothing is left that the same command would do. */
  readonly isOver: boolean;
}

export class ResultsFolder<Result> implements KeptPlans {
  readonly path: string;
  readonly #wish: FolderWish<Result>;
  readonly #plans: LoggedPlan[] = [];
  readonly #byKey = new Map<string, PlannedRun>();
  readonly #lock: FolderLock;
  readonly #log: PlanLogFile;
  readonly #unwritten: string[] = [];
  readonly #made: Made = { folders: [], files: [] };
  #reportsAtMs = 0;

  /**
   * Makes the folder, or goes on in that of the same command. Throws a `UserError` where neither can be, where other
   * files are in it, or where another process works in it.
   */
  constructor(wish: FolderWish<Result>) {
    const { outDir, name, head } = wish;
    this.#wish = wish;
    const mayGoOn = outDir !== undefined && hasPlanLog(outDir);
    const now = new Date().toISOString();
    this.path = mayGoOn ? outDir : newFolder(outDir, name, now, isLeftover, this.#made);
    this.#lock = this.#taken();
    try {
      // Whoever had the lock meanwhile may have begun, or come to its end.
      const goesOn = hasPlanLog(this.path);
      if (!goesOn) newFolder(this.path, name, "", isLeftover);
      const before = goesOn ? plansBefore(this.path, head) : undefined;
      for (const plan of before?.plans ?? []) this.#remember(plan);
      const files = [PLAN_LOG_FILE, ...wish.reports.map(({ fileName }) => fileName)];
      clearDrafts(this.path, files, [LOCK_FILE]);
      this.#log = openLog(this.#lock, before?.bytes, headLine(head));
      if (!goesOn) this.#made.files.push(...files);
    } catch (error) {
      this.#leaveNothing();
      throw error;
    }
  }

  /** Writes the reports of what is done already. */
  begin(): void {
    this.#writeSoFar();
  }

  /** What could not be written so far, as sentences. */
  get unwritten(): readonly string[] {
    const { failure } = this.#log;
    return failure === undefined ? this.#unwritten : [failure, ...this.#unwritten];
  }

  /** Rejects once somebody else has the folder: nothing of what is planned further could be kept. */
  get whenLost(): Promise<never> {
    return this.#lock.whenLost;
  }

  done(values: readonly string[], seed: number): PlannedRun | undefined {
    return this.#byKey.get(planKey(values, seed));
  }

  /** Throws a `LockLost` where somebody else has the folder. */
  keep(plan: LoggedPlan): void {
    this.#lock.check();
    this.#remember(plan);
    this.#log.add(plan);
    if (performance.now() >= this.#reportsAtMs) this.#writeSoFar();
  }

  /**
   * Writes the reports of the end. Where nothing is missing, the log has done its work. Throws a `LockLost` where somebody
   * else has the folder.
   */
  end(result: Result, isWhole: boolean): FolderEnd {
    const files = this.#write(result, this.#unwritten);
    const isOver = isWhole && this.#unwritten.length === 0 && this.#log.remove();
    this.close();
    return { files, isOver };
  }

  /** Lets others into the folder. */
  close(): void {
    this.#log.close();
    this.#lock.release();
  }

  /** Lets others into the folder, if it has it still, and takes away what was made in it where no plan is done: then nothing has begun. */
  giveUp(): void {
    this.#log.close();
    if (this.#plans.length === 0) this.#leaveNothing();
    else this.#lock.release();
  }

  #taken(): FolderLock {
    try {
      return FolderLock.take(this.path);
    } catch (error) {
      takeAway(this.path, this.#made);
      throw error;
    }
  }

  #leaveNothing(): void {
    const { folders, files } = this.#made;
    // Whoever comes next is to find the folder as it was, and not in the midst of this.
    for (const name of files) this.#removeOwn(name);
    this.#lock.release();
    takeAway(this.path, { folders, files: [] });
  }

  #removeOwn(name: string): void {
    try {
      this.#lock.remove(name);
    } catch {
      // Never written, or somebody else has the folder, and its files are theirs.
    }
  }

  #remember(plan: LoggedPlan): void {
    const key = planKey(plan.values, plan.run.seed);
    if (this.#byKey.has(key)) return;
    this.#byKey.set(key, plan.run);
    this.#plans.push(plan);
  }

  #writeSoFar(): void {
    const beganMs = performance.now();
    // What cannot be written now is tried again, and told at the end.
    this.#write(this.#wish.soFar(this.#plans), []);
    const tookMs = performance.now() - beganMs;
    this.#reportsAtMs = beganMs + tookMs + Math.max(REPORTS_EVERY_MS, tookMs * REPORTS_SHARE);
  }

  #write(result: Result, unwritten: string[]): readonly string[] {
    return this.#wish.reports.flatMap(({ fileName, render }) => {
      const path = join(this.path, fileName);
      try {
        this.#lock.put(fileName, render(result));
        return [path];
      } catch (error) {
        if (error instanceof LockLost) throw error;
        unwritten.push(`${fileName} cannot be written: ${fileFailureText(error)}`);
        return [];
      }
    });
  }
}

/** Whether a file is nothing but what one leaves that is killed before its log is there. */
function isLeftover(name: string): boolean {
  return name === LOCK_FILE || isDraftOf(name, [LOCK_FILE, PLAN_LOG_FILE]);
}

/** What the same command has left in a folder, and its log as it was read. */
function plansBefore(folder: string, head: PlanLogHead): { plans: readonly LoggedPlan[]; bytes: Buffer } {
  const found = planLogAndBytesIn(folder);
  if (found === undefined) throw otherPlans(folder, "files", []);
  const { log, bytes } = found;
  if (typeof log === "object" && log.headText === headLine(head)) return { plans: log.plans, bytes };
  if (typeof log === "string") throw otherPlans(folder, `a ${PLAN_LOG_FILE} that ${log}`, []);
  if (log.head.of === head.of) refuseOthers(folder, head, log.head.of === "sweep" ? log.head.sweep : log.head.search);
  throw otherPlans(folder, plansOfAnother(log.head.of), []);
}

/** Goes on in the log that was read, or begins one. */
function openLog(lock: FolderLock, before: Buffer | undefined, headText: string): PlanLogFile {
  try {
    return before === undefined ? PlanLogFile.begun(lock, headText) : PlanLogFile.goneOn(lock, before);
  } catch (error) {
    if (error instanceof LockLost) throw error;
    const seen = `${join(lock.folder, PLAN_LOG_FILE)} cannot be written: ${fileFailureText(error)}`;
    throw new UserError({ field: "-o", seen, expected: "name a folder that is writable, with room on its disk" });
  }
}
