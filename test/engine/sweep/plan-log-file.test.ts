import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { FolderLock } from "../../../src/engine/sweep/folder-lock.ts";
import { PlanLogFile } from "../../../src/engine/sweep/plan-log-file.ts";
import { planned } from "../../report/sweep/sweep-fixture.ts";
import { freshPath } from "../small-runs.ts";

const PLAN = { values: ["1h"], run: planned(1, "passed", [1]) };

test("a log holds each plan at once, and lets go of its file behind the last sync, also of one under way", async () => {
  const folder = emptyFolder();
  const lock = FolderLock.take(folder);
  const log = PlanLogFile.begun(lock, "head\n");

  log.add(PLAN);
  log.add(PLAN);
  log.close();
  log.add(PLAN);

  expect(readFileSync(join(folder, "plans.jsonl"), "utf8").split("\n")).toHaveLength(4);
  await vi.waitFor(() => expect(openFilesIn(folder)).toEqual([]));
  expect(log.failure).toBeUndefined();
  lock.release();
});

test("a log is begun once, and gone only when it is taken away", () => {
  const folder = emptyFolder();
  const lock = FolderLock.take(folder);
  const log = PlanLogFile.begun(lock, "head\n");

  expect(() => PlanLogFile.begun(lock, "head\n")).toThrow("it is there already");
  expect([log.remove(), readdirSync(folder)]).toEqual([true, ["plans.lock"]]);
  lock.release();
});

test("a log is gone on in from what was read of it: what is added between the two is in neither", () => {
  const folder = emptyFolder();
  const lock = FolderLock.take(folder);
  const path = join(folder, "plans.jsonl");
  writeFileSync(path, "head\nplan\nto");
  const read = readFileSync(path);
  appendFileSync(path, "late\n");

  PlanLogFile.goneOn(lock, read).close();

  expect(readFileSync(path, "utf8")).toBe("head\nplan\nto\n");
  lock.release();
});

test("nothing is written through a link, nor into what is no file", () => {
  const theirs = join(emptyFolder(), "theirs");
  writeFileSync(theirs, "years of work");
  const [linked, folder] = [emptyFolder(), emptyFolder()];
  symlinkSync(theirs, join(linked, "plans.jsonl"));
  mkdirSync(join(folder, "plans.jsonl"));

  for (const each of [linked, folder]) {
    const lock = FolderLock.take(each);
    expect(() => PlanLogFile.goneOn(lock, Buffer.from("head\n"))).toThrow("it is a link, or no file");
    expect(() => PlanLogFile.begun(lock, "head\n")).toThrow("it is there already");
    lock.release();
  }
  expect(readFileSync(theirs, "utf8")).toBe("years of work");
});

function emptyFolder(): string {
  const folder = freshPath();
  mkdirSync(folder);
  return folder;
}

/** Where the system shows them. */
function openFilesIn(folder: string): readonly string[] {
  const own = "/proc/self/fd";
  if (!existsSync(own)) return [];
  return readdirSync(own).flatMap((file) => {
    try {
      const path = readlinkSync(join(own, file));
      return path.startsWith(folder) ? [path] : [];
    } catch {
      // That of the listing itself.
      return [];
    }
  });
}
