/**
 * From the bytes of a fleet file to its book. A file is a person's export of a real fleet: everything in it is checked,
 * and whatever is wrong is told by line, column, row and name, with what would be right.
 */
import { nearestWord } from "../../base/nearest-word.ts";
import { readableText } from "../../base/readable-text.ts";
import { UserError } from "../../base/user-error.ts";
import { type FleetBook, KINDS_MAX, LINK_CLASSES_MAX, ROWS_MAX } from "../fleet-book.ts";
import { isZone, nearestZone } from "../zones.ts";
import { BookBuilder } from "./book-builder.ts";
import { type CsvFlaw, type CsvListener, type CsvRecord, CsvRecords, RECORD_BYTES_MAX } from "./csv-records.ts";
import { FieldTexts } from "./field-texts.ts";
import { columnPlaces, type FleetColumn, type FleetFileWish, meant } from "./fleet-columns.ts";
import { FileMistakes, grouped, shownValue } from "./file-mistakes.ts";
import { LAST_SEEN_EXPECTED, lastSeenSecondsOf } from "./last-seen.ts";

/** A file that was read and is right. */
export interface FleetFile {
  readonly book: FleetBook;
  /** What it says of its nodes. */
  readonly columns: readonly FleetColumn[];
}

const ID_LENGTH_MAX = 128;
/** As an app description has room for. */
const NAME_LENGTH_MAX = 31;
const LINK_LENGTH_MAX = 40;

/** Of each file, by its first bytes. */
const OTHER_KINDS: readonly (readonly [first: readonly number[], seen: string, expected: string])[] = [
  [[0xff, 0xfe], "is UTF-16", "save it as CSV in UTF-8"],
  [[0xfe, 0xff], "is UTF-16", "save it as CSV in UTF-8"],
  [[0x50, 0x4b, 0x03, 0x04], "is a workbook or a ZIP archive", "save it as CSV in UTF-8"],
  [[0x1f, 0x8b], "is compressed", "unpack it first"],
];

export class FleetFileReader implements CsvListener {
  readonly #wish: FleetFileWish;
  readonly #mistakes: FileMistakes;
  readonly #records: CsvRecords;
  readonly #texts = new FieldTexts();
  readonly #builder: BookBuilder;
  readonly #links: ReadonlySet<string> | undefined;
  /** Place of each column in a record. */
  #places: ReadonlyMap<FleetColumn, number> | undefined;
  #headerFields = 0;
  #rows = 0;
  #emptyLine = 0;
  #isOver = false;
  #hasBegun = false;
  #lastSeenText = "";
  #lastSeenSeconds = 0;

  /** @param shown the file as messages name it */
  constructor(wish: FleetFileWish, shown: string) {
    this.#wish = wish;
    this.#mistakes = new FileMistakes(shown);
    this.#records = new CsvRecords(this);
    this.#builder = new BookBuilder(wish.links ?? []);
    this.#links = wish.links === undefined ? undefined : new Set(wish.links);
  }

  /** Takes the next bytes, the first of which must be at least 4 or all that there are; false = no more are wanted. */
  push(bytes: Uint8Array): boolean {
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      const other = OTHER_KINDS.find(([first]) => first.every((byte, at) => bytes[at] === byte));
      if (other !== undefined) this.#fail(1, other[1], other[2]);
      if (other === undefined && endsLinesInCr(bytes)) this.#fail(1, ...CR_LINES);
      const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
      if (!this.#isOver) this.#records.push(hasMark ? bytes.subarray(3) : bytes);
    } else if (!this.#isOver) this.#records.push(bytes);
    return !this.#isOver && !this.#records.isOver;
  }

  /** The whole file was pushed. Throws a `UserError` with its mistakes. */
  end(): FleetFile {
    if (!this.#isOver) this.#records.end();
    if (this.#places === undefined && this.#mistakes.isEmpty)
      this.#fail(1, "is empty", "its first line must name the columns");
    else if (this.#rows === 0 && this.#mistakes.isEmpty)
      this.#fail(1, "has a header and no row", "there must be a row for each node");
    if (!this.#mistakes.isEmpty) throw new UserError(this.#mistakes.list());
    return { book: this.#builder.book(), columns: [...(this.#places?.keys() ?? [])] };
  }

  onRecord(record: CsvRecord): void {
    if (this.#isOver) return;
    if (this.#places === undefined) {
      this.#places = this.#header(record);
      if (!this.#mistakes.isEmpty) this.#isOver = true;
      return;
    }
    if (record.starts.length === 1 && record.starts[0] === record.ends[0] && this.#headerFields > 1) {
      // At the end of the file it is no row; before one it is a mistake.
      if (this.#emptyLine === 0) this.#emptyLine = record.line;
      return;
    }
    if (this.#emptyLine !== 0) {
      this.#mistakes.add({ line: this.#emptyLine }, "empty line", "is an empty line", () => "leave it out");
      this.#emptyLine = 0;
    }
    this.#row(record, this.#places);
  }

  onFlaw(flaw: CsvFlaw, line: number, column: number): void {
    if (this.#isOver) return;
    this.#rows++;
    if (this.#places === undefined) this.#isOver = true;
    const [seen, expected] = FLAW_WORDS[flaw];
    this.#mistakes.add({ line, column }, flaw, seen, () => expected);
  }

  #header(record: CsvRecord): ReadonlyMap<FleetColumn, number> {
    const names = record.starts.map((_, field) => this.#texts.of(record, field) ?? "");
    this.#headerFields = names.length;
    return columnPlaces(names, this.#wish, this.#mistakes);
  }

  #row(record: CsvRecord, places: ReadonlyMap<FleetColumn, number>): void {
    this.#rows++;
    if (record.starts.length !== this.#headerFields) {
      const fields = record.starts.length;
      const seen = `has ${fields} ${fields === 1 ? "field" : "fields"}`;
      const expected = `must have ${this.#headerFields}, as its first line names; a comma inside of a field wants quotes around it`;
      this.#mistakes.add({ line: record.line, field: `row ${this.#rows}` }, `fields ${fields}`, seen, () => expected);
      return;
    }
    const row = {
      id: this.#field(record, places, "id"),
      zone: this.#field(record, places, "zone"),
      project: this.#field(record, places, "project"),
      version: this.#field(record, places, "version"),
      hardware: this.#field(record, places, "hardware"),
      link: this.#field(record, places, "link"),
      lastSeenSeconds: this.#seconds(this.#field(record, places, "lastSeen")),
    };
    if (row.id === "") return;
    const isInStep = this.#builder.rows + 1 === this.#rows;
    const twin = this.#builder.add(row);
    if (twin !== undefined) {
      const other = isInStep ? `row ${twin + 1}` : "a row before it";
      this.#refuse(record, places, "id", row.id, () => `must be of one row: ${other} has it already`);
    }
    this.#checkLimits(record);
  }

  #checkLimits({ line }: CsvRecord): void {
    const { rows, kinds, links } = this.#builder;
    if (rows > ROWS_MAX) this.#fail(line, `has more than ${grouped(ROWS_MAX)} rows`, "no fleet is larger");
    else if (kinds > KINDS_MAX)
      this.#fail(
        line,
        `has more than ${grouped(KINDS_MAX)} different pairs of project, version and hardware`,
        "name columns that nodes share: a version, not a build's time or a serial number",
      );
    else if (links > LINK_CLASSES_MAX)
      this.#fail(line, `has more than ${LINK_CLASSES_MAX} different words for links`, "name a column of link classes");
  }

  /** The text of a field, checked; "" too where it is wrong, or the file has no such column. */
  #field(record: CsvRecord, places: ReadonlyMap<FleetColumn, number>, column: FleetColumn): string {
    const place = places.get(column);
    if (place === undefined) return "";
    const text = this.#texts.of(record, place);
    if (text === undefined) {
      this.#refuse(record, places, column, undefined, () => "must be text in UTF-8");
      return "";
    }
    const expected = this.#flawOf(column, text);
    if (expected === undefined) return text;
    this.#refuse(record, places, column, text, expected);
    return "";
  }

  /** What would be right; undefined where it is. */
  #flawOf(column: FleetColumn, text: string): (() => string) | undefined {
    if (text === "") return column === "id" ? () => "must be the node's id" : undefined;
    if (text.startsWith(" ") || text.endsWith(" ")) return () => "must have no spaces around it";
    switch (column) {
      case "id":
        return isName(text, ID_LENGTH_MAX) ? undefined : () => nameAdvice("an id", ID_LENGTH_MAX);
      case "zone":
        return isZone(text) ? undefined : () => zoneAdvice(text);
      case "link":
        if (this.#links === undefined)
          return isName(text, LINK_LENGTH_MAX) ? undefined : () => nameAdvice("a link class", LINK_LENGTH_MAX);
        return this.#links.has(text) ? undefined : () => linkAdvice(text, this.#wish.links ?? []);
      case "lastSeen":
        return this.#isLastSeen(text) ? undefined : () => `must be ${LAST_SEEN_EXPECTED}`;
      default:
        return isName(text, NAME_LENGTH_MAX) ? undefined : () => nameAdvice(`a ${column}`, NAME_LENGTH_MAX);
    }
  }

  /** Files are sorted by time now and then, and dates come in long rows of equal ones. */
  #isLastSeen(text: string): boolean {
    if (text === this.#lastSeenText) return true;
    const seconds = lastSeenSecondsOf(text);
    if (seconds === undefined) return false;
    this.#lastSeenText = text;
    this.#lastSeenSeconds = seconds;
    return true;
  }

  #seconds(text: string): number {
    return text === "" ? 0 : this.#lastSeenSeconds;
  }

  #refuse(
    record: CsvRecord,
    places: ReadonlyMap<FleetColumn, number>,
    column: FleetColumn,
    text: string | undefined,
    expectedOf: () => string,
  ): void {
    const name = readableText(this.#wish.columns?.[column] ?? column, NAME_LENGTH_MAX);
    const seen = text === undefined ? "has bytes that are no UTF-8" : shownValue(text);
    const content = record.starts[places.get(column) ?? 0] as number;
    const start = content > record.from && record.bytes[content - 1] === QUOTE ? content - 1 : content;
    const before = record.bytes.subarray(record.from, start);
    const line = record.line + before.reduce((sum, byte) => sum + (byte === LF ? 1 : 0), 0);
    const at = { line, column: before.length - before.lastIndexOf(LF), field: `row ${this.#rows}, ${name}` };
    // Of ids no two are alike, and of each kind of mistake in them one example is enough.
    const kind = column === "id" && text !== "" ? `id ${expectedOf().slice(0, 20)}` : `${column} ${seen}`;
    this.#mistakes.add(at, kind, seen, expectedOf);
  }

  #fail(line: number, seen: string, expected: string): void {
    this.#isOver = true;
    this.#mistakes.add({ line }, seen, seen, () => expected);
  }
}

const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;

const CR_LINES = [
  "ends its lines in CR alone, as an old Macintosh does",
  "save it as CSV with lines that end in LF or CR LF",
] as const;

/** Whether the first line ends in a CR that no LF follows. Inside of quotes a CR is text. */
function endsLinesInCr(bytes: Uint8Array): boolean {
  let isQuoted = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) isQuoted = !isQuoted;
    else if (byte === LF && !isQuoted) return false;
    // The last byte's LF may begin the next piece.
    else if (byte === CR && !isQuoted && at + 1 < bytes.length) return bytes[at + 1] !== LF;
  }
  return false;
}

const FLAW_WORDS: Readonly<Record<CsvFlaw, readonly [seen: string, expected: string]>> = {
  "stray quote": [
    "has a quote inside of a field without quotes",
    'write the field in quotes, and each quote in it twice: "5"" display"',
  ],
  "text behind quote": ["has text behind a closing quote", 'write each quote inside of a field twice: "5"" display"'],
  "open quote": ["opens a quote that is never closed", "close it, or write a quote inside of a field twice"],
  "too long": [
    `is a line of more than ${grouped(RECORD_BYTES_MAX)} bytes`,
    "a fleet file is CSV: commas between fields, a line for each node",
  ],
};

function isName(text: string, lengthMax: number): boolean {
  return text.length <= lengthMax && !/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u.test(text);
}

function nameAdvice(what: string, lengthMax: number): string {
  return `must be ${what}: text of at most ${lengthMax} characters, without control characters`;
}

function zoneAdvice(text: string): string {
  return `${meant(nearestZone(text))}must be an IANA time zone such as Europe/Berlin, or empty`;
}

function linkAdvice(text: string, known: readonly string[]): string {
  return `${meant(nearestWord(text, known))}the cohort's links are ${known.join(", ")}`;
}
