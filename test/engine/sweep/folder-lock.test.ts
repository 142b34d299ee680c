import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { UserError } from "../../../src/base/user-error.ts";
import { FolderLock, LockLost, STALE_MS } from "../../../src/engine/sweep/folder-lock.ts";
import { ownHolder } from "../../../src/engine/sweep/lock-holder.ts";
import { freshPath } from "../small-runs.ts";

/** No process has this number: it is above the largest that Linux gives. */
const NOBODY = 999_999_999;
const OWN = ownHolder();

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
  ["of a process that is no more", JSON.stringify({ ...OWN, pid: NOBODY })],
  ["of an earlier process of the same number", JSON.stringify({ ...OWN, birth: "another boot 17" })],
  ["whose holder is torn", "half of it"],
  ["whose holder is empty", ""],
])("a lock %s is taken over", (_, holder) => {
  // Without /proc, numbers that are given anew cannot be told apart.
  if (holder.includes("another boot") && OWN.birth === "") return;
  const folder = folderWith(holder);

  const lock = FolderLock.take(folder);

  expect(JSON.parse(readFileSync(join(folder, "plans.lock/holder.json"), "utf8"))).toEqual(OWN);
  lock.release();
  expect(readdirSync(folder)).toEqual([]);
});

test("a process that stands still keeps its folder on its machine, however long: it is there", () => {
  const folder = folderWith(undefined);
  const lock = FolderLock.take(folder);
  untouchedFor(folder, 1_000 * STALE_MS);

  expect(() => FolderLock.take(folder)).toThrow(`is being worked on by process ${process.pid};`);
  lock.release();
});

test.each([
  ["another machine", { ...OWN, pid: NOBODY, host: "elsewhere.invalid", numbers: "another boot pid:[1]" }],
  ["another machine of the same name", { ...OWN, pid: NOBODY, numbers: "another boot pid:[1]" }],
  ["another container of this machine", { ...OWN, pid: NOBODY, numbers: `${OWN.numbers}, another one` }],
])("of a process of %s nobody can say whether it is still there, but that it touches its lock", (_, holder) => {
  const folder = folderWith(JSON.stringify(holder));

  untouchedFor(folder, STALE_MS - 30_000);
  expect(() => FolderLock.take(folder)).toThrow(
    new RegExp(`by process 999999999 of ${holder.host}; .* wait 2 minutes, or delete plans\\.lock in it`),
  );
  untouchedFor(folder, STALE_MS + 30_000);
  FolderLock.take(folder).release();
  expect(readdirSync(folder)).toEqual([]);
});

test("who has a lock touches it, and nobody else's", () => {
  const folder = folderWith(undefined);
  const lock = FolderLock.take(folder);
  const touchedMs = (): number => {
    utimesSync(join(folder, "plans.lock/holder.json"), 0, 0);
    lock.touch();
    return statSync(join(folder, "plans.lock/holder.json")).mtimeMs;
  };

  expect(touchedMs()).toBeGreaterThan(0);
  const next = takenOver(folder);
  expect(touchedMs()).toBe(0);
  next.release();
});

test("who was taken over while asleep can put, replace and remove nothing more, and is told who has the folder", async () => {
  const folder = folderWith(undefined);
  const slept = FolderLock.take(folder);
  slept.put("sweep.json", "of the first");
  const woken = takenOver(folder);
  woken.put("sweep.json", "of the second");

  for (const wake of [
    () => slept.put("sweep.json", "late"),
    () => slept.put("sweep.html", "late"),
    () => slept.remove("sweep.json"),
    () => slept.check(),
  ]) {
    expect(wake).toThrow(LockLost);
    expect(wake).toThrow(
      `was taken over by process ${process.pid} of ${hostname()}, as this one stood still for 2 min`,
    );
  }
  await expect(slept.whenLost).rejects.toThrow(LockLost);
  slept.release();
  expect(readdirSync(folder).sort()).toEqual(["plans.lock", "sweep.json"]);
  expect(readFileSync(join(folder, "sweep.json"), "utf8")).toBe("of the second");
  woken.remove("sweep.json");
  woken.release();
  expect(readdirSync(folder)).toEqual([]);
});

test("who falls asleep in mid-write wakes to a file that has no place to go to", () => {
  const folder = folderWith(undefined);
  const slept = FolderLock.take(folder);
  const [desk = ""] = readdirSync(join(folder, "plans.lock")).filter((name) => name !== "holder.json");
  const draft = join(folder, "plans.lock", desk, "sweep.json.draft");
  writeFileSync(draft, "looked at its lock, wrote, and was about to rename");

  const woken = takenOver(folder);

  expect(() => renameSync(draft, join(folder, "sweep.json"))).toThrow("ENOENT");
  slept.release();
  woken.release();
  expect(readdirSync(folder)).toEqual([]);
});

test("who waits hears that the folder was taken over, or its lock deleted, at the next touch", async () => {
  const folder = folderWith(undefined);
  const lock = FolderLock.take(folder);
  rmSync(join(folder, "plans.lock"), { recursive: true });
  const heard = lock.whenLost.catch(String);

  lock.touch();

  expect(await heard).toContain(
    "has lost the plans.lock of this process; this one has stopped and writes nothing more",
  );
});

test("what is none of otafleet's in its place is left alone, and refused", () => {
  const file = folderWith(undefined);
  writeFileSync(join(file, "plans.lock"), "mine");
  const inside = folderWith("");
  writeFileSync(join(inside, "plans.lock/thesis.txt"), "mine");

  for (const folder of [file, inside])
    expect(() => FolderLock.take(folder)).toThrow("has a plans.lock that is none of otafleet's; name another folder");
  expect(readFileSync(join(file, "plans.lock"), "utf8")).toBe("mine");
  expect(readdirSync(inside)).toEqual(["plans.lock"]);
  expect(readFileSync(join(inside, "plans.lock/thesis.txt"), "utf8")).toBe("mine");
});

/** A second process takes over what the first, of another machine, has not touched for long. */
function takenOver(folder: string): FolderLock {
  const path = join(folder, "plans.lock/holder.json");
  writeFileSync(path, JSON.stringify({ ...OWN, numbers: "another boot pid:[1]" }));
  untouchedFor(folder, STALE_MS + 30_000);
  return FolderLock.take(folder);
}

function untouchedFor(folder: string, ms: number): void {
  const at = new Date(Date.now() - ms);
  utimesSync(join(folder, "plans.lock/holder.json"), at, at);
}

/** A folder with a lock in it, by what stands in its holder's file. */
function folderWith(holder: string | undefined): string {
  const folder = freshPath();
  mkdirSync(folder);
  if (holder === undefined) return folder;
  mkdirSync(join(folder, "plans.lock/0123456789abcdef"), { recursive: true });
  writeFileSync(join(folder, "plans.lock/holder.json"), holder);
  return folder;
}
