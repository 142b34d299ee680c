import fs, { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FolderLock } from "../../../src/engine/sweep/folder-lock.ts";
import { ownHolder } from "../../../src/engine/sweep/lock-holder.ts";
import { freshPath } from "../small-runs.ts";

/** What another process does around each rename of the one that is looked at. */
let [before, after] = [nothing, nothing];
const { renameSync } = fs;

beforeAll(() => {
  fs.renameSync = (from, to) => {
    before();
    try {
      renameSync(from, to);
    } finally {
      after();
    }
  };
  syncBuiltinESMExports();
});

afterAll(() => {
  fs.renameSync = renameSync;
  syncBuiltinESMExports();
});

test("of two that find the lock of a dead process, one is not hindered by the other taking it away", () => {
  const folder = folderOfDead();
  after = once(() => rmSync(join(folder, "plans.lock"), { recursive: true }));

  const lock = FolderLock.take(folder);

  lock.check();
  lock.release();
  expect(readdirSync(folder)).toEqual([]);
});

test("whoever has taken a dead lock over keeps it, also from one that judged the dead one and is slow to move it", () => {
  const folder = folderOfDead();
  let quick: FolderLock | undefined;
  // The slow one has seen that the place is taken, and by whom.
  after = once(() => {
    before = once(() => {
      quick = FolderLock.take(folder);
      after = once(() => quick?.put("sweep.json", "of the quick one"));
    });
  });

  expect(() => FolderLock.take(folder)).toThrow(`is being worked on by process ${process.pid};`);

  quick?.check();
  expect(readdirSync(folder).sort()).toEqual(["plans.lock", "sweep.json"]);
  quick?.release();
});

function nothing(): void {}

function once(act: () => void): () => void {
  return () => {
    [before, after] = [nothing, nothing];
    act();
  };
}

function folderOfDead(): string {
  const folder = freshPath();
  // No process has this number: it is above the largest that Linux gives.
  const holder = JSON.stringify({ ...ownHolder(), pid: 999_999_999 });
  // Whose builds have it here and there.
  mkdirSync(join(folder, "plans.lock/0123456789abcdef"), { recursive: true });
  for (const place of ["", "0123456789abcdef"]) writeFileSync(join(folder, "plans.lock", place, "holder.json"), holder);
  return folder;
}
