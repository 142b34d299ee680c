import { expect, test } from "vitest";
import { nearestWord } from "../../src/base/nearest-word.ts";

const KNOWN = ["thresholds", "seed", "nodes", "boot-loop", "none"];

test.each([
  ["treshold", "thresholds"],
  ["sede", "seed"],
  ["NODES", "nodes"],
  ["boot-lop", "boot-loop"],
  ["non", "none"],
])("nearestWord takes %s for %s", (word, meant) => {
  expect(nearestWord(word, KNOWN)).toBe(meant);
});

test("nearestWord takes no single letter for another", () => {
  expect(nearestWord("9", ["a"])).toBeUndefined();
  expect(nearestWord("A", ["a"])).toBe("a");
});

test.each(["", "colour", "x", "x".repeat(10_000)])("nearestWord has no guess for a word that is near none", (word) => {
  expect(nearestWord(word, KNOWN)).toBeUndefined();
});
