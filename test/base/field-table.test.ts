import fc from "fast-check";
import { expect, test } from "vitest";
import { type FieldColumn, FieldTable } from "../../src/base/field-table.ts";

const ROWS = 7;

/** A table of every kind, and how large a value of each may be. */
function tableOf(): readonly { readonly column: FieldColumn; readonly most: number }[] {
  const table = new FieldTable(ROWS, 24);
  return [
    { column: table.f64(), most: Number.MAX_SAFE_INTEGER },
    { column: table.f64(), most: Number.MAX_SAFE_INTEGER },
    { column: table.u32(), most: 0xffff_ffff },
    { column: table.u16(), most: 0xffff },
    { column: table.u8(), most: 0xff },
    { column: table.u8(), most: 0xff },
  ];
}

const write = fc.record({ place: fc.nat(5), row: fc.nat(ROWS - 1), share: fc.double({ min: 0, max: 1, noNaN: true }) });

test("a value is found where it was written, and no other field or row changes", () => {
  fc.assert(
    fc.property(fc.array(write, { maxLength: 60 }), (writes) => {
      const columns = tableOf();
      const expected = columns.map(() => Array.from({ length: ROWS }, () => 0));
      for (const { place, row, share } of writes) {
        const { column, most } = columns[place]!;
        const value = Math.floor(share * most);
        column.set(row, value);
        expected[place]![row] = value;
      }

      expect(columns.map(({ column }) => Array.from({ length: column.length }, (_, row) => column.get(row)))).toEqual(
        expected,
      );
    }),
  );
});

test("a small count stops at both ends", () => {
  const column = new FieldTable(2, 8).u8();
  column.set(1, 254);

  column.lower(0);
  column.raise(1);
  column.raise(1);

  expect([column.get(0), column.get(1)]).toEqual([0, 255]);
});

test("bits are set and cleared one by one", () => {
  const column = new FieldTable(3, 8).u16();

  column.setBits(1, 0b1101);
  column.clearBits(1, 0b0100);
  column.clearBits(2, 0b0001);

  expect([column.get(0), column.get(1), column.get(2)]).toEqual([0, 0b1001, 0]);
  expect(column.countOf((value) => value > 0)).toBe(1);
  expect(column.sum()).toBe(0b1001);
});

test("columns that would not fit into their row, or lie across their width, are refused", () => {
  const full = new FieldTable(1, 8);
  full.f64();
  const odd = new FieldTable(1, 8);
  odd.u8();

  expect(() => full.u8()).toThrow(/widest first/);
  expect(() => odd.u16()).toThrow(/widest first/);
});
