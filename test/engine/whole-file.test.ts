import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { clearDrafts, writeWhole } from "../../src/engine/whole-file.ts";
import { freshPath } from "./small-runs.ts";

test("a file is replaced by another one, never written over: whoever has it open reads it to its end", async () => {
  const folder = freshPath();
  mkdirSync(folder);
  const path = join(folder, "sweep.json");
  writeFileSync(path, "the old one");
  const before = await import("node:fs/promises").then(({ open }) => open(path));

  writeWhole(path, "new");

  expect(await before.readFile("utf8")).toBe("the old one");
  await before.close();
  expect(readFileSync(path, "utf8")).toBe("new");
  expect(readdirSync(folder)).toEqual(["sweep.json"]);
});

test("a file that cannot be replaced is as it was, and nothing lies beside it", () => {
  const folder = freshPath();
  // A folder cannot be replaced by a file.
  mkdirSync(join(folder, "sweep.json"), { recursive: true });

  expect(() => writeWhole(join(folder, "sweep.json"), "new")).toThrow();

  expect(readdirSync(folder)).toEqual(["sweep.json"]);
});

test("what a killed process has left in mid-write is taken away, and nothing else", () => {
  const folder = freshPath();
  mkdirSync(folder);
  // No process has this number: it is above the largest that Linux gives.
  const names = [
    "sweep.html.999999999.0123abcd.draft",
    `sweep.json.${process.pid}.0123abcd.draft`,
    "sweep.json",
    "notes.999999999.0123abcd.draft",
  ];
  for (const name of names) writeFileSync(join(folder, name), "half");

  clearDrafts(folder, ["sweep.html", "sweep.json"]);

  expect(readdirSync(folder).sort()).toEqual(names.slice(1).sort());
});

test("a folder of a draft's name is somebody's, except where drafts are folders", () => {
  const folder = freshPath();
  const names = ["plans.lock.999999999.0123abcd.draft", "sweep.html.999999999.0123abcd.draft"];
  for (const name of names) mkdirSync(join(folder, name, "inside"), { recursive: true });

  clearDrafts(folder, ["sweep.html"], ["plans.lock"]);

  expect(readdirSync(folder)).toEqual(names.slice(1));
});
