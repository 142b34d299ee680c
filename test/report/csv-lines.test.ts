import fc from "fast-check";
import { expect, test } from "vitest";
import { type Cell, cellText } from "../../src/report/csv-cell.ts";
import { CsvLines } from "../../src/report/csv-lines.ts";
import { anyText } from "../base/any-text.ts";
import { HOSTILE } from "./hostile-strings.ts";

const anyNumber = fc.oneof(
  fc.double(),
  fc.maxSafeInteger(),
  fc.maxSafeNat(),
  fc.nat({ max: 1_000 }),
  fc.double({ min: 0, max: 1 }),
  fc.double({ min: 0, max: 1e-5 }),
  // Around each power of ten the number of digits changes.
  fc.tuple(fc.nat({ max: 15 }), fc.integer({ min: -2, max: 2 })).map(([power, step]) => 10 ** power + step),
);
const anyCell: fc.Arbitrary<Cell> = fc.oneof(
  anyNumber,
  fc.boolean(),
  fc.constant(null),
  fc.string(),
  anyText(),
  fc.constantFrom(...HOSTILE),
  fc.stringMatching(/^[A-Za-z0-9 ./:_-]{0,20}$/),
);

test("lines say of every cell what its text is", () => {
  fc.assert(
    fc.property(fc.array(fc.array(anyCell, { minLength: 1, maxLength: 5 }), { maxLength: 5 }), (table) => {
      const lines = new CsvLines();

      for (const cells of table) write(lines, cells);

      expect(lines.piece()).toBe(table.map((cells) => `${cells.map(cellText).join(",")}\r\n`).join(""));
    }),
  );
});

test.each([
  0,
  -0,
  1,
  9,
  10,
  99_999_999,
  100_000_000,
  100_000_001,
  2 ** 31,
  2 ** 52 - 1,
  2 ** 52,
  2 ** 53,
  1e21,
  0.5,
  0.1,
  1e-6,
  1.25e-6,
  9.9e-7,
  1 - 2 ** -53,
])("the number %d is written as it is", (value) => {
  const lines = new CsvLines();

  lines.cell(value);

  expect(lines.piece()).toBe(String(value));
});

test("of a long table each piece is forgotten when the next begins, and all of them are the table", () => {
  const row: readonly Cell[] = ["spring", 123_456_789_012, "1.4.2+build", null, true, 0.25, "naïve"];
  const lines = new CsvLines();
  let text = "";
  let pieces = 0;

  for (let line = 0; line < 10_000; line++) {
    write(lines, row);
    if (!lines.isFull) continue;
    text += lines.piece();
    pieces += 1;
  }

  expect(text + lines.piece()).toBe(`${row.map(cellText).join(",")}\r\n`.repeat(10_000));
  expect(pieces).toBeGreaterThan(2);
});

test("a line that is longer than a piece is whole", () => {
  const cells = Array.from({ length: 1_000 }, () => `"${"é".repeat(500)}`);
  const lines = new CsvLines();

  write(lines, cells);

  expect(lines.piece()).toBe(`${cells.map(cellText).join(",")}\r\n`);
});

function write(lines: CsvLines, cells: readonly Cell[]): void {
  cells.forEach((cell, place) => {
    if (place > 0) lines.comma();
    lines.cell(cell);
  });
  lines.raw("\r\n");
}
