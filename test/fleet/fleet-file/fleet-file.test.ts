import fc from "fast-check";
import { expect, test } from "vitest";
import { FleetBook } from "../../../src/fleet/fleet-book.ts";
import { BAD_FLEET_FILES } from "../../fixtures/bad-input/fleet-files.ts";
import { fleetCsv, fleetFile, fleetFileMistakes } from "./reading.ts";

test("a row says of its node what the file's columns say, and nothing where a field is empty", () => {
  const columns = { id: "device_id", zone: "tz", version: "fw", project: "product", lastSeen: "seen", link: "class" };
  const { book } = fleetFile(
    [
      "device_id,tz,fw,product,seen,class,colour",
      "a-1,Europe/Berlin,1.4.2,thermostat,2026-03-01T12:00:00Z,good,red",
      '"b ""2""",,,,,,"green, blue"',
    ].join("\r\n"),
    { columns },
  );

  expect([book.rows, book.idOf(0), book.idOf(1)]).toEqual([2, "a-1", 'b "2"']);
  expect([book.zoneOf(0), book.zoneOf(1)]).toEqual(["Europe/Berlin", undefined]);
  expect(book.words.kinds).toEqual([
    { project: "thermostat", version: "1.4.2", hardware: undefined },
    { project: undefined, version: undefined, hardware: undefined },
  ]);
  expect([book.kindOf(0), book.kindOf(1)]).toEqual([0, 1]);
  expect([book.words.links[book.linkOf(0)], book.linkOf(1)]).toEqual(["good", -1]);
  expect([book.lastSeenSecondsOf(0), book.lastSeenSecondsOf(1)]).toEqual([Date.UTC(2026, 2, 1, 12) / 1_000, 0]);
});

test("without names of columns the standard ones are taken, as far as they are there", () => {
  const { book, columns } = fleetFile("zone,id,owner\nAsia/Tokyo,a,me\n");

  expect(columns).toEqual(["id", "zone"]);
  expect(book.zoneOf(0)).toBe("Asia/Tokyo");
});

test("a byte order mark before the header, and empty lines behind the last row, are no matter", () => {
  expect(fleetFile("\uFEFFid,zone\na,\n\n\r\n").book.rows).toBe(1);
});

test.each([
  ["2026-03-01", "2026-03-01T00:00:00Z"],
  ["2026-03-01T18:30:00Z", "2026-03-01T18:30:00Z"],
  ["2026-03-01 18:30:00+05:30", "2026-03-01T13:00:00Z"],
  ["2026-03-01 18:30:00.123456+00", "2026-03-01T18:30:00Z"],
  ["2026-03-01 18:30 UTC", "2026-03-01T18:30:00Z"],
  ["2024-02-29T23:59:59-0100", "2024-03-01T00:59:59Z"],
])("last seen %s is %s", (text, utc) => {
  const { book } = fleetFile(fleetCsv([{ id: "a", lastSeen: text }]));

  expect(book.lastSeenSecondsOf(0)).toBe(Date.parse(utc) / 1_000);
});

test.each(BAD_FLEET_FILES)("%s is told with its place, what was seen and what would be right", (_, text, lines) => {
  const columns = { id: "id", zone: "tz", version: "fw", lastSeen: "seen", link: "class" };

  const told = fleetFileMistakes(text, { columns, links: ["good", "weak"] });

  expect(told.map((line, index) => line.slice(0, `fleet.csv:${lines[index]}`.length))).toEqual(
    lines.map((line) => `fleet.csv:${line}`),
  );
});

test("all mistakes are told at once: equal ones as one, and of different ones the first twenty", () => {
  const rows = Array.from({ length: 1_000 }, (_, row) => ({
    id: `node-${row}`,
    zone: row < 900 ? "Europe/Berln" : `Zone-${row}`,
  }));

  const told = fleetFileMistakes(fleetCsv(rows));

  expect(told).toHaveLength(21);
  expect(told[0]).toBe(
    'fleet.csv:2:8: row 1, zone is "Europe/Berln", as in 899 further rows; did you mean Europe/Berlin? must be an IANA time zone such as Europe/Berlin, or empty',
  );
  expect(told.at(-1)).toBe("fleet.csv: and 81 more; mend these first");
});

test("a hostile value is cut, and what would act on a terminal is written out", () => {
  const [told = ""] = fleetFileMistakes(fleetCsv([{ id: "a", zone: `\u001b[2J\u202e${"x".repeat(500)}` }]));

  expect(told).toContain('zone is "\\x1b[2J\\u{202e}xxx');
  expect(told.length).toBeLessThan(250);
});

test("a hostile header is cut, and what would act on a terminal is written out, in every message about it", () => {
  const names = ["id\u001b", `\u202e${"x".repeat(60_000)}`, "zone\u0007"];

  const told = fleetFileMistakes(`${names.join(",")}\na,,\n`, { columns: { id: "id", zone: "zone" } });

  expect(told).toHaveLength(2);
  expect(told[0]).toContain("has no column id; did you mean id\\x1b? its columns are id\\x1b, \\u{202e}xxx");
  expect(told[1]).toContain("has no column zone; did you mean zone\\x07?");
  for (const line of told) {
    expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(line.length).toBeLessThan(250);
  }
});

test("a CR inside of quotes, or before its LF in the next piece, is no line end of its own", () => {
  expect(fleetFile('id,"note\rof old"\na,\n').book.rows).toBe(1);
  expect(fleetFile("id\r\na\r\n", {}, 4).book.rows).toBe(1);
  expect(fleetFile("idx,id\r\n1,a\r\n", {}, 7).book.rows).toBe(1);
});

test("what spreadsheets would run is an id like any other", () => {
  expect(fleetFile('id\n"=cmd|""/C calc""!A0"\n').book.idOf(0)).toBe('=cmd|"/C calc"!A0');
});

test("ids are found again, and each once, whatever they are", () => {
  const ids = fc.uniqueArray(fc.string({ unit: fc.constantFrom("a", "b", "é", "😀"), minLength: 1, maxLength: 9 }), {
    minLength: 1,
    maxLength: 60,
  });

  fc.assert(
    fc.property(ids, (unique) => {
      const { book } = fleetFile(`id\n${unique.join("\n")}`);

      expect(unique.map((id) => book.rowOf(id))).toEqual(unique.map((_, row) => row));
      expect(book.rowOf("c")).toBeUndefined();
      const twice = fleetFileMistakes(`id\n${unique.join("\n")}\n${unique[0]}`);
      expect(twice[0]).toContain("must be of one row: row 1 has it already");
    }),
    { numRuns: 100 },
  );
});

test("a book is the same when its bytes are read again, and of some rows when those are taken", () => {
  const rows = Array.from({ length: 50 }, (_, row) => ({
    id: `é-${row}`,
    zone: row % 2 === 0 ? "Asia/Tokyo" : "",
    version: `1.${row % 3}`,
    link: row % 5 === 0 ? "weak" : "",
    lastSeen: "2026-01-01",
  }));
  const { book } = fleetFile(fleetCsv(rows));

  const again = new FleetBook(book.buffer);
  const some = book.taking(Uint32Array.of(3, 10, 49));

  expect(again.sha256).toBe(book.sha256);
  expect(FleetBook.isBook(book.buffer)).toBe(true);
  expect(JSON.stringify({ book })).toBe("{}");
  expect([0, 1, 2].map((row) => some.idOf(row))).toEqual(["é-3", "é-10", "é-49"]);
  expect([0, 1, 2].map((row) => [some.zoneOf(row), some.words.kinds[some.kindOf(row)]?.version])).toEqual([
    [undefined, "1.0"],
    ["Asia/Tokyo", "1.1"],
    [undefined, "1.1"],
  ]);
  expect([0, 1, 2].map((row) => some.linkOf(row))).toEqual([-1, 0, -1]);
});
