import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { UserError } from "../../../src/base/user-error.ts";
import { FolderLock, LockLost } from "../../../src/engine/sweep/folder-lock.ts";
import { ownHolder } from "../../../src/engine/sweep/lock-holder.ts";
import { STALE_MS } from "../../../src/engine/sweep/standing-lock.ts";
import { freshPath } from "../small-runs.ts";

/** No process has this number: it is above the largest that Linux gives. */
const NOBODY = 999_999_999;
const OWN = ownHolder();
const DESK = "0123456789abcdef";

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

  expect(JSON.parse(readFileSync(holderPath(folder), "utf8"))).toEqual(OWN);
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
    utimesSync(holderPath(folder), 0, 0);
    lock.touch();
    return statSync(holderPath(folder)).mtimeMs;
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
  const [desk = ""] = readdirSync(join(folder, "plans.lock"));
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

test("a lock that cannot be read may be that of a process that lives, and is left alone", () => {
  const folder = folderWith("");
  rmSync(holderPath(folder));
  // Opening it fails, and not because it is not there.
  symlinkSync("holder.json", holderPath(folder));

  expect(() => FolderLock.take(folder)).toThrow(/has a plans\.lock that cannot be read: .*; make it readable/);
  expect(readdirSync(join(folder, "plans.lock"))).toEqual([DESK]);
});

test("a lock of an earlier build, which was a file, is taken over once nobody touches it any more", () => {
  const folder = folderWith(undefined);
  const path = join(folder, "plans.lock");
  const touched = (agoMs: number): void => {
    const at = new Date(Date.now() - agoMs);
    utimesSync(path, at, at);
  };
  writeFileSync(path, JSON.stringify({ pid: NOBODY, host: "night", birth: "a boot 17", number: "0123abcd" }));

  touched(STALE_MS - 30_000);
  expect(() => FolderLock.take(folder)).toThrow("is being worked on by process 999999999 of night");
  touched(STALE_MS + 30_000);
  const lock = FolderLock.take(folder);
  lock.put("sweep.json", "new");
  lock.remove("sweep.json");
  lock.release();
  expect(readdirSync(folder)).toEqual([]);
});

test.each([
  ["is taken over where its process is no more", NOBODY],
  ["is left alone where its process lives", OWN.pid],
])("a lock of an earlier build, which had its holder beside the desk, %s", (_, pid) => {
  const folder = folderWith(undefined);
  mkdirSync(join(folder, "plans.lock", DESK), { recursive: true });
  writeFileSync(join(folder, "plans.lock/holder.json"), JSON.stringify({ ...OWN, pid }));

  if (pid === NOBODY) FolderLock.take(folder).release();
  else expect(() => FolderLock.take(folder)).toThrow(`is being worked on by process ${pid};`);

  expect(existsSync(join(folder, "plans.lock"))).toBe(pid !== NOBODY);
});

/** A second process takes over what the first, of another machine, has not touched for long. */
function takenOver(folder: string): FolderLock {
  writeFileSync(holderPath(folder), JSON.stringify({ ...OWN, numbers: "another boot pid:[1]" }));
  untouchedFor(folder, STALE_MS + 30_000);
  return FolderLock.take(folder);
}

function untouchedFor(folder: string, ms: number): void {
  const at = new Date(Date.now() - ms);
  utimesSync(holderPath(folder), at, at);
}

/** A folder with a lock in it, by what stands in its holder's file. */
function folderWith(holder: string | undefined): string {
  const folder = freshPath();
  mkdirSync(folder);
  if (holder === undefined) return folder;
  mkdirSync(join(folder, "plans.lock", DESK), { recursive: true });
  writeFileSync(join(folder, "plans.lock", DESK, "holder.json"), holder);
  return folder;
}

/** On the desk of the lock that is there. */
function holderPath(folder: string): string {
  const [desk = ""] = readdirSync(join(folder, "plans.lock"));
  return join(folder, "plans.lock", desk, "holder.json");
}
