import fc from "fast-check";
import { expect, test } from "vitest";
import { COLUMNS, wrapped } from "../../src/report/text-wrapping.ts";

test("a text is broken at spaces, and later lines stand under the first", () => {
  expect(wrapped("word ".repeat(20).trim(), "  ", "- ")).toEqual([
    `  - ${"word ".repeat(15).trim()}`,
    `    ${"word ".repeat(5).trim()}`,
  ]);
});

test("no line is wider than the terminal, and no character gets lost", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "grapheme", maxLength: 200 })), (words) => {
      const lines = wrapped(words.join(" "), "  ");

      expect(lines.every((line) => line.length <= COLUMNS)).toBe(true);
      expect(lines.join("").replaceAll(" ", "")).toBe(words.join("").replaceAll(" ", ""));
    }),
  );
});
