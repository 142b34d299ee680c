/** The folder of a sweep or a search. Its JSON is there from the start, so that one that was killed says so. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileFailureText } from "../../base/file-failure.ts";
import { writeNewFolder } from "../new-folder.ts";

/** One file, not yet written. */
export interface ResultFile {
  readonly name: string;
  readonly text: string;
}

export class ResultsFolder {
  readonly path: string;
  readonly #unwritten: string[] = [];

  /**
   * Makes the folder. Throws a `UserError` where that cannot be, or where files are in it.
   *
   * @param outDir as the user named it; undefined = a new one under `reports/`
   * @param name of a new one, before the moment
   * @param first what it says until it is told otherwise
   */
  constructor(outDir: string | undefined, name: string, first: ResultFile) {
    this.path = writeNewFolder(outDir, name, new Date().toISOString(), [first]);
  }

  /** What could not be written so far, as sentences. */
  get unwritten(): readonly string[] {
    return this.#unwritten;
  }

  /** Writes the files and answers the paths of those that are there. */
  write(files: readonly ResultFile[]): readonly string[] {
    return files.flatMap(({ name, text }) => {
      const path = join(this.path, name);
      try {
        writeFileSync(path, text);
        return [path];
      } catch (error) {
        this.#unwritten.push(`${name} cannot be written: ${fileFailureText(error)}`);
        return [];
      }
    });
  }
}
