import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { UserError } from "../../src/base/user-error.ts";
import { writeNewFolder } from "../../src/engine/new-folder.ts";
import { freshPath } from "./small-runs.ts";

const AT = "2026-03-10T12:00:00.000Z";
const GOOD = { name: "good.txt", text: "good" };
// No file system takes a name of so many bytes.
const BAD = { name: "b".repeat(5_000), text: "bad" };

test("a new folder has its files", () => {
  const path = join(freshPath(), "below");

  expect(writeNewFolder(path, "compare", AT, [GOOD])).toBe(path);
  expect(readdirSync(path)).toEqual(["good.txt"]);
});

test.each([
  ["the first", [BAD, GOOD]],
  ["the last", [GOOD, BAD]],
])("where %s file fails, nothing is left of it: neither files nor folders", (_, files) => {
  const outermost = freshPath();

  expect(() => writeNewFolder(join(outermost, "below"), "compare", AT, files)).toThrow(UserError);
  expect(existsSync(outermost)).toBe(false);
});

test("an empty folder that was there before stays, and one with files as it is", () => {
  const path = freshPath();
  mkdirSync(path);

  expect(() => writeNewFolder(path, "compare", AT, [GOOD, BAD])).toThrow("cannot be written");
  expect(readdirSync(path)).toEqual([]);
  writeFileSync(join(path, "thesis.txt"), "mine");
  expect(() => writeNewFolder(path, "compare", AT, [GOOD])).toThrow(
    "has files in it (thesis.txt); each command has a folder of its own: name one that is new or empty",
  );
  expect(readdirSync(path)).toEqual(["thesis.txt"]);
});
