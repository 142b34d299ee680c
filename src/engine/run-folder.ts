/**
 * A run's folder. Each run has one of its own: run.json (what the run is), fleet-COHORT.book (the rows of its fleet
 * files), events.log, health.jsonl, then beliefs.json
 * and facts.json at its end, and the reports. No secret is ever written into it.
 */
import { closeSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileFailureText } from "../base/file-failure.ts";
import { UserError } from "../base/user-error.ts";
import { bookOf } from "../fleet/fleet-rows.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { EventLog } from "./event-log.ts";
import { type Made, takeAway, writeNew } from "./made-files.ts";
import { makeFolders } from "./make-folders.ts";
import { openToAppend } from "./regular-file.ts";
import { writePieces } from "./whole-file.ts";
import type { SealedDocument } from "./run-document.ts";
import { beliefsText, type StoredFacts } from "./stored-facts.ts";

/** Names of the files, in the order in which they come to be. */
export const FILES = {
  document: "run.json",
  events: "events.log",
  health: "health.jsonl",
  beliefs: "beliefs.json",
  facts: "facts.json",
} as const;

/** Where runs go that name no folder. */
export const REPORTS = "reports";

export class RunFolder {
  readonly path: string;
  readonly events: EventLog;
  readonly #made: Made;
  readonly #unwritten: string[] = [];
  #hasBegun = false;

  private constructor(path: string, events: EventLog, made: Made) {
    this.path = path;
    this.#made = made;
    this.events = events;
  }

  /**
   * Makes the folder and writes the document. Throws a `UserError` where that cannot be, or where files are in it.
   *
   * @param outDir as the user named it; undefined = a new one under `reports/`
   * @param startedAt ISO 8601, for the name of a new one
   */
  static create(outDir: string | undefined, startedAt: string, { text, document }: SealedDocument): RunFolder {
    const made: Made = { folders: [], files: [] };
    const path = outDir ?? ownPath(document.scenario.name, startedAt, made.folders);
    if (path === "") throw new UserError({ field: "-o", seen: 'is ""', expected: "name a folder, new or empty" });
    try {
      makeFolders(resolve(path), undefined, made.folders);
      const found = readdirSync(path);
      if (found.length > 0) throw usedFolder(path, found);
      writeNew(path, FILES.document, text, made);
      writeBooks(path, document.scenario.fleet, made);
      // A plan's records are reduced where they are made, and its machine is no instrument.
      if (document.shards === 0) return new RunFolder(path, new EventLog(undefined), made);
      for (const name of [FILES.health, FILES.events]) writeNew(path, name, "", made);
      return new RunFolder(path, new EventLog(join(path, FILES.events)), made);
    } catch (error) {
      if (error instanceof UserError) throw error;
      // A disk that is full leaves half of a run's begin, and the same folder would be refused the next time.
      takeAway(path, made);
      throw new UserError({
        field: "-o",
        seen: `${path} cannot be written: ${fileFailureText(error)}`,
        expected: "name a folder that is writable, with room on its disk, and new or empty",
      });
    }
  }

  /** What could not be written so far, as sentences. */
  get unwritten(): readonly string[] {
    const { failure } = this.events;
    return failure === undefined ? this.#unwritten : [failure, ...this.#unwritten];
  }

  /** Fleet time has an origin: from here on the folder is evidence, whatever happens. */
  begin(): void {
    this.#hasBegun = true;
  }

  addHealth(line: Readonly<Record<string, unknown>>): void {
    this.#try(FILES.health, (path) => {
      const file = openToAppend(path);
      try {
        writeFileSync(file, `${JSON.stringify(line)}\n`);
      } finally {
        closeSync(file);
      }
    });
  }

  writeBeliefs(beliefs: readonly (Uint8Array | undefined)[]): void {
    this.write(FILES.beliefs, beliefsText(beliefs));
  }

  /** The run's own end mark: written last of all that the result needs. */
  writeFacts(facts: StoredFacts): void {
    this.write(FILES.facts, `${JSON.stringify(facts, undefined, 2)}\n`);
  }

  /** Writes a whole file; answers whether it is there. */
  write(name: string, text: string): boolean {
    return this.writePieces(name, [text]);
  }

  /** The same, of a text that comes in pieces. */
  writePieces(name: string, pieces: Iterable<string>): boolean {
    return this.#try(name, (path) => {
      writePieces(path, pieces);
      this.#made.files.push(name);
    });
  }

  /** Takes everything away again, if the run never began. */
  discard(): void {
    this.events.close();
    if (this.#hasBegun) return;
    takeAway(this.path, this.#made);
  }

  #try(name: string, write: (path: string) => void): boolean {
    try {
      write(join(this.path, name));
      return true;
    } catch (error) {
      // A full disk fails every line of health alike; once is enough.
      const sentence = `${name} cannot be written: ${fileFailureText(error)}`;
      if (!this.#unwritten.includes(sentence)) this.#unwritten.push(sentence);
      return false;
    }
  }
}

/** The file of a cohort's fleet book; names of cohorts are plain. */
export function bookFile(cohort: string): string {
  return `fleet-${cohort}.book`;
}

function writeBooks(path: string, { cohorts }: Fleet, made: Made): void {
  for (const cohort of cohorts) {
    const book = bookOf(cohort);
    if (book !== undefined) writeNew(path, bookFile(cohort.name), new Uint8Array(book.buffer), made);
  }
}

/** A folder in which files were found that may be anybody's. */
export function usedFolder(path: string, found: readonly string[]): UserError {
  const named = found.toSorted().slice(0, 3).join(", ");
  return new UserError({
    field: "-o",
    seen: `${path} has files in it (${named}${found.length > 3 ? ", ..." : ""})`,
    expected: "each command has a folder of its own: name one that is new or empty",
  });
}

/**
 * `reports/night-2026-03-28T18-00-00Z`, with a number behind it if it is taken. It is made here: of two commands that
 * begin in one second each has its own.
 *
 * @param made takes the folders that were made here, the outermost first
 */
export function ownPath(name: string, startedAt: string, made: string[]): string {
  const base = `${name}-${startedAt.replace(/\.\d+/, "").replaceAll(":", "-")}`;
  for (let count = 1; ; count++) {
    const path = join(REPORTS, count === 1 ? base : `${base}-${count}`);
    try {
      makeFolders(resolve(REPORTS), undefined, made);
      mkdirSync(path);
      made.push(resolve(path));
      return path;
    } catch (error) {
      // What else is wrong with it shows when it is written to.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") return path;
    }
  }
}
