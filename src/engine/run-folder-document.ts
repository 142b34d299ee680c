/** What a run's folder is of, by its `run.json`. */
import { existsSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../base/user-error.ts";
import { textOfFile } from "./regular-file.ts";
import { documentOrFlaw, type RunDocument } from "./run-document.ts";
import { FILES } from "./run-folder.ts";

/** What sweeps and searches leave, at their end and before. */
const PLANS_FILES = ["sweep.json", "find.json", "plans.jsonl"];

/** Says what is wrong with a folder, and what would be right. */
export function refusedFolder(folder: string, seen: string): UserError {
  const expected = "name the folder of a run, such as reports/first-rollout-...";
  return new UserError({ file: folder === "" ? '""' : folder, seen, expected });
}

/** The document of the run in a folder; throws a `UserError` where there is none. */
export function documentOfFolder(folder: string): RunDocument {
  let stat: Stats | undefined;
  try {
    stat = statSync(folder);
  } catch {
    // Not there, or behind something that is no folder, a circle of links, a name too long.
  }
  if (stat === undefined) throw refusedFolder(folder, "is not there");
  if (!stat.isDirectory()) throw refusedFolder(folder, "is no folder");
  const text = textOfFile(join(folder, FILES.document));
  if (text === undefined) {
    const isOfMany = PLANS_FILES.some((file) => existsSync(join(folder, file)));
    throw refusedFolder(
      folder,
      isOfMany ? "is of a sweep or a search, which keeps no run" : `has no ${FILES.document}`,
    );
  }
  const document = documentOrFlaw(text);
  if (typeof document === "string") throw refusedFolder(folder, `has a ${FILES.document} that ${document}`);
  return document;
}
