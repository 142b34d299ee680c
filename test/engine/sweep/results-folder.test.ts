import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { expect, test, vi } from "vitest";
import { UserError } from "../../../src/base/user-error.ts";
import { FolderLock, LockLost } from "../../../src/engine/sweep/folder-lock.ts";
import { ownHolder } from "../../../src/engine/sweep/lock-holder.ts";
import { ResultsFolder } from "../../../src/engine/sweep/results-folder.ts";
import { STALE_MS } from "../../../src/engine/sweep/standing-lock.ts";
import { headLine, planLine, type SweepLogHead, sweepSoFar } from "../../../src/measure/plan-log.ts";
import type { PlannedRun } from "../../../src/measure/planned-run.ts";
import type { SweepResult } from "../../../src/measure/sweep-result.ts";
import { SWEEP_REPORTS } from "../../../src/report/sweep/sweep-reports.ts";
import { sweepOf } from "../../report/sweep/sweep-fixture.ts";
import { freshPath } from "../small-runs.ts";

const { points, ...sweep } = sweepOf();
const HEAD: SweepLogHead = { of: "sweep", sweep, points: points.map(({ values }) => values) };
/** No process has this number: it is above the largest that Linux gives. */
const NOBODY = 999_999_999;
const LOCK = { "plans.lock/0123456789abcdef/holder.json": JSON.stringify({ ...ownHolder(), pid: NOBODY }) };

test.each([
  ["with its lock alone", LOCK],
  ["in mid-lock", { [`plans.lock.${NOBODY}.0123abcd.draft/holder.json`]: "" }],
  ["in mid-log", { ...LOCK, [`plans.jsonl.${NOBODY}.0123abcd.draft`]: headLine(HEAD).slice(0, 99) }],
])("a folder of one who was killed %s is as good as new", (_, files) => {
  const outDir = folderWith(files);

  begun(outDir).close();

  expect(readdirSync(outDir).sort()).toEqual(["plans.jsonl", "sweep.csv", "sweep.html", "sweep.json"]);
  expect(readFileSync(join(outDir, "plans.jsonl"), "utf8")).toBe(headLine(HEAD));
});

test("files of somebody else are left alone, whatever lies beside them", () => {
  const outDir = folderWith({ ...LOCK, "thesis.txt": "mine" });

  expect(() => begun(outDir)).toThrow(UserError);
  expect(() => begun(outDir)).toThrow("has files in it");
  expect(readdirSync(outDir).sort()).toEqual(["plans.lock", "thesis.txt"]);
});

test("of a sweep that cannot begin nothing is left, neither files nor folders", () => {
  const outermost = freshPath();
  // Folders of such a path can be made, and files in the last of them have paths that no system takes.
  const steps = Array.from({ length: 21 }, () => "a".repeat(180));
  const deep = join(outermost, ...steps);
  const outDir = join(deep, "b".repeat(PATH_BYTES_MAX - deep.length - 10));

  expect(() => begun(outDir)).toThrow("cannot be written");
  expect(existsSync(outermost)).toBe(false);
});

test("of a sweep whose log cannot be written on nothing is left either", () => {
  const outDir = freshPath();
  const { put } = FolderLock.prototype;
  // Somebody is quicker than the log with something of its name.
  const puts = vi.spyOn(FolderLock.prototype, "put").mockImplementation(function (this: FolderLock, name, text) {
    put.call(this, name, text);
    rmSync(join(outDir, name));
    symlinkSync("nowhere", join(outDir, name));
  });

  expect(() => begun(outDir)).toThrow("plans.jsonl cannot be written: it is a link, or no file");
  puts.mockRestore();
  expect(existsSync(outDir)).toBe(false);
});

test("where it is given up before the first plan nothing is left, and what was there before stays", () => {
  const [outermost, empty, used] = [freshPath(), folderWith({}), folderWith({})];

  begun(join(outermost, "below")).giveUp();
  begun(empty).giveUp();
  const folder = begun(used);
  writeFileSync(join(used, "thesis.txt"), "mine");
  folder.giveUp();

  expect(existsSync(outermost)).toBe(false);
  expect(readdirSync(empty)).toEqual([]);
  expect(readdirSync(used)).toEqual(["thesis.txt"]);
});

test("where it is given up after the first plan all is left that is done, to be gone on from", () => {
  const outDir = freshPath();
  const [{ values, runs }] = points as [(typeof points)[number]];
  const folder = begun(outDir);
  folder.keep({ values, run: runs[0]! });
  folder.giveUp();

  expect(readFileSync(join(outDir, "plans.jsonl"), "utf8").trimEnd().split("\n").length).toBe(2);
  begun(outDir).giveUp();
  expect(readdirSync(outDir).sort()).toEqual(["plans.jsonl", "sweep.csv", "sweep.html", "sweep.json"]);
});

test("who sleeps, is taken over and wakes keeps, reports and takes away nothing: two never mix", () => {
  const outDir = freshPath();
  const [{ values, runs }] = points as [(typeof points)[number]];
  const [first, second, third] = runs as [PlannedRun, PlannedRun, PlannedRun];
  const slept = begun(outDir);
  slept.keep({ values, run: first });
  const openSince = openSync(join(outDir, "plans.jsonl"), "a");
  const [desk = ""] = readdirSync(join(outDir, "plans.lock"));
  const holder = join(outDir, "plans.lock", desk, "holder.json");
  writeFileSync(holder, JSON.stringify({ ...ownHolder(), numbers: "another boot pid:[1]" }));
  utimesSync(holder, new Date(Date.now() - 2 * STALE_MS), new Date(Date.now() - 2 * STALE_MS));

  const other = begun(outDir);
  other.keep({ values, run: second });
  // As it would be written by one that looked at its lock, fell asleep at once, and wakes.
  writeSync(openSince, planLine({ values, run: third }));
  closeSync(openSince);
  const whole = sweepSoFar({ ...HEAD, plans: [], because: "it is not over yet" });
  const files = readdirSync(outDir).map((name) => name);
  const log = readFileSync(join(outDir, "plans.jsonl"), "utf8");

  expect(log).toBe(headLine(HEAD) + planLine({ values, run: first }) + planLine({ values, run: second }));
  expect(() => slept.keep({ values, run: third })).toThrow(LockLost);
  expect(() => slept.end(whole, true)).toThrow(LockLost);
  slept.giveUp();
  expect(readdirSync(outDir)).toEqual(files);
  expect(readFileSync(join(outDir, "plans.jsonl"), "utf8")).toBe(log);
  other.close();
});

/** Of Linux, the end of the text included; elsewhere it is less. */
const PATH_BYTES_MAX = 4_096;

function begun(outDir: string): ResultsFolder<SweepResult> {
  const soFar = () => sweepSoFar({ ...HEAD, plans: [], because: "it is not over yet" });
  const folder = new ResultsFolder({ outDir, name: "night", head: HEAD, reports: SWEEP_REPORTS, soFar });
  folder.begin();
  return folder;
}

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = freshPath();
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}
