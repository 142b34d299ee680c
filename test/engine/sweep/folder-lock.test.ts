import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { UserError } from "../../../src/base/user-error.ts";
import { birthOf } from "../../../src/engine/live-process.ts";
import { FolderLock, STALE_MS } from "../../../src/engine/sweep/folder-lock.ts";
import { freshPath } from "../small-runs.ts";

/** No process has this number: it is above the largest that Linux gives. */
const NOBODY = 999_999_999;

test("a folder is one process' alone until it lets go", () => {
  const folder = folderWith(undefined);
  const lock = FolderLock.take(folder);

  expect(() => FolderLock.take(folder)).toThrow(UserError);
  expect(() => FolderLock.take(folder)).toThrow(
    `is being worked on by process ${process.pid}; wait for its end, or stop it`,
  );
  lock.release();
  FolderLock.take(folder).release();
  expect(readdirSync(folder)).toEqual([]);
});

test.each([
  ["of a process that is no more", { pid: NOBODY, host: hostname(), birth: "" }],
  ["of an earlier process of the same number", { pid: process.pid, host: hostname(), birth: "another boot 17" }],
  ["that is none of otafleet's", "half of it"],
  ["that is empty", ""],
])("a lock %s is taken over", (_, found) => {
  // Without /proc, numbers that are given anew cannot be told apart.
  if (typeof found === "object" && found.birth !== "" && birthOf(process.pid) === "") return;
  const folder = folderWith(found);

  const lock = FolderLock.take(folder);

  expect(JSON.parse(readFileSync(join(folder, "plans.lock"), "utf8"))).toMatchObject({ pid: process.pid });
  lock.release();
  expect(readdirSync(folder)).toEqual([]);
});

test("of a process of another machine nobody can say whether it is still there, but that it touches its lock", () => {
  const folder = folderWith({ pid: NOBODY, host: "elsewhere.invalid", birth: "" });
  const touchedAgoMs = (ms: number): void => {
    const at = new Date(Date.now() - ms);
    utimesSync(join(folder, "plans.lock"), at, at);
  };

  touchedAgoMs(STALE_MS - 30_000);
  expect(() => FolderLock.take(folder)).toThrow(
    /by process 999999999 of elsewhere\.invalid; .* wait 2 minutes, or delete plans\.lock in it/,
  );
  touchedAgoMs(STALE_MS + 30_000);
  FolderLock.take(folder).release();
  expect(readdirSync(folder)).toEqual([]);
});

test("who has a lock touches it, and nobody else's", () => {
  const folder = folderWith(undefined);
  const path = join(folder, "plans.lock");
  const lock = FolderLock.take(folder);
  const touchedAfter = (text: string | undefined): number => {
    if (text !== undefined) writeFileSync(path, text);
    utimesSync(path, new Date(0), new Date(0));
    lock.touch();
    return statSync(path).mtimeMs;
  };

  expect(touchedAfter(undefined)).toBeGreaterThan(0);
  expect(touchedAfter("theirs")).toBe(0);
  lock.release();
});

test("what somebody else has put in its place is left alone", () => {
  const folder = folderWith(undefined);
  const lock = FolderLock.take(folder);
  writeFileSync(join(folder, "plans.lock"), "theirs");

  lock.release();

  expect(readFileSync(join(folder, "plans.lock"), "utf8")).toBe("theirs");
});

function folderWith(lock: unknown): string {
  const folder = freshPath();
  mkdirSync(folder);
  if (lock !== undefined)
    writeFileSync(join(folder, "plans.lock"), typeof lock === "string" ? lock : JSON.stringify(lock));
  return folder;
}
