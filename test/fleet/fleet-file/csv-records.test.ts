import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type CsvFlaw,
  type CsvListener,
  type CsvRecord,
  CsvRecords,
  RECORD_BYTES_MAX,
} from "../../../src/fleet/fleet-file/csv-records.ts";
import { FieldTexts } from "../../../src/fleet/fleet-file/field-texts.ts";

test("fields stand between commas, lines end in LF or CR LF, and the last may lack its end", () => {
  expect(heard("id,zone\r\na,Europe/Berlin\nb,")).toEqual([
    [1, ["id", "zone"]],
    [2, ["a", "Europe/Berlin"]],
    [3, ["b", ""]],
  ]);
});

test("quotes let a field hold commas, line ends and, doubled, quotes; lines are counted through them", () => {
  expect(heard('a,"b, c","d ""e"""\n"two\nlines",f,\n,,')).toEqual([
    [1, ["a", "b, c", 'd "e"']],
    [2, ["two\nlines", "f", ""]],
    [4, ["", "", ""]],
  ]);
});

test("a byte order mark and a lone CR are text to the splitter: whoever reads fields judges them", () => {
  expect(heard("\uFEFFa,b\rc\n")).toEqual([[1, ["\uFEFFa", "b\rc"]]]);
});

test.each<[title: string, text: string, flaw: CsvFlaw, line: number, column: number]>([
  ["a quote in a plain field", 'a\nb,5" display\nc', "stray quote", 2, 4],
  ["text behind a closing quote", '"a"b,c\n', "text behind quote", 1, 4],
  ["a quote that is never closed", 'a,b\n"c\n"",d\n', "open quote", 2, 1],
])("%s is told by its place", (_, text, flaw, line, column) => {
  expect(heard(text).at(text.startsWith("a\n") ? 1 : -1)).toEqual([flaw, line, column]);
});

test("reading goes on behind a flawed line", () => {
  expect(heard('a\nb"\nc\n')).toEqual([
    [1, ["a"]],
    ["stray quote", 2, 2],
    [3, ["c"]],
  ]);
});

test("a record beyond the limit ends the reading, with the quote that was never closed", () => {
  const long = "x".repeat(RECORD_BYTES_MAX);

  expect(heard(`a,b\n${long}${long}`, 4_096)).toEqual([
    [1, ["a", "b"]],
    ["too long", 2, 1],
  ]);
  expect(heard(`a,b\nc,"d\n${long}\n${long}`, 4_096)).toEqual([
    [1, ["a", "b"]],
    ["open quote", 2, 3],
  ]);
});

test("whatever fields are written, the same are read, in pieces of any length", () => {
  const field = fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r", "é", "😀", " "), maxLength: 6 });
  const table = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 });

  fc.assert(
    fc.property(table, fc.boolean(), fc.integer({ min: 1, max: 20 }), (rows, crLf, pieceBytes) => {
      const text = rows.map((fields) => fields.map(quoted).join(",")).join(crLf ? "\r\n" : "\n");

      expect(heard(`${text}\n`, pieceBytes).map(([, fields]) => fields)).toEqual(rows);
    }),
    { numRuns: 300 },
  );
});

test("any bytes in pieces of any length end, and tell the same", () => {
  const soup = fc.array(fc.constantFrom(0x22, 0x2c, 0x0a, 0x0d, 0x61, 0xff), { maxLength: 40 });

  fc.assert(
    fc.property(soup, fc.integer({ min: 1, max: 7 }), (bytes, pieceBytes) => {
      expect(heard(Uint8Array.from(bytes), pieceBytes)).toEqual(heard(Uint8Array.from(bytes)));
    }),
    { numRuns: 500 },
  );
});

function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

type Heard = readonly [line: number, fields: readonly (string | undefined)[]] | readonly [CsvFlaw, number, number];

function heard(text: string | Uint8Array, pieceBytes = Infinity): Heard[] {
  const all: Heard[] = [];
  const texts = new FieldTexts();
  const listener: CsvListener = {
    onRecord: (record: CsvRecord) => all.push([record.line, record.starts.map((_, field) => texts.of(record, field))]),
    onFlaw: (flaw, line, column) => all.push([flaw, line, column]),
  };
  const records = new CsvRecords(listener);
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  for (let at = 0; at < bytes.length && !records.isOver; at += pieceBytes)
    records.push(bytes.slice(at, Math.min(bytes.length, at + pieceBytes)));
  records.end();
  return all;
}
