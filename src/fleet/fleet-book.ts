/**
 * A real fleet, a row a node: columns of codes over one buffer, and words for the codes. The same bytes lie in memory,
 * are shared with workers, hashed, and written into a run's folder, so that a million rows are never a million objects.
 *
 *     a line that says what this is | a line of JSON: rows and words | columns, widest first | ids in UTF-8
 *
 * Numbers lie as the machine has them: little-endian, as on every machine that Node.js comes for.
 */
import { createHash } from "node:crypto";
import { assert } from "../base/assert.ts";

/** No file has more rows: 10 million nodes are a machine's memory. */
export const ROWS_MAX = 10_000_000;
/** Different pairs of project, version and hardware; each is an image that nodes run. */
export const KINDS_MAX = 10_000;
/** Classes of links; a code is a byte. */
export const LINK_CLASSES_MAX = 200;

/** What a row says that its node runs; undefined = nothing, and its cohort decides. */
export interface RowKind {
  readonly project: string | undefined;
  readonly version: string | undefined;
  readonly hardware: string | undefined;
}

/** The columns of a book. A code of 0 in `zones` and `links` = the row says nothing; else the word's place, from 1. */
export interface BookColumns {
  /** Whole seconds since 1970; 0 = the row does not say. */
  readonly lastSeenSeconds: Uint32Array;
  /** Where each id ends in `ids`; it begins where the one before ends. */
  readonly idEnds: Uint32Array;
  readonly zones: Uint16Array;
  /** Place in `kinds`, from 0. */
  readonly kinds: Uint16Array;
  readonly links: Uint8Array;
  /** UTF-8, one behind the other. */
  readonly ids: Uint8Array;
}

/** The words behind the codes. */
export interface BookWords {
  /** IANA names. */
  readonly zones: readonly string[];
  readonly kinds: readonly RowKind[];
  readonly links: readonly string[];
}

const FIRST_LINE = "otafleet/fleet-book 1\n";
const BYTES_A_ROW = 4 + 4 + 2 + 2 + 1;

export class FleetBook {
  readonly buffer: SharedArrayBuffer;
  readonly rows: number;
  readonly words: BookWords;
  readonly columns: BookColumns;

  /** @param buffer bytes of a book, as `packed` or a run's folder has them; asserts that they are some */
  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    const head = headOf(buffer);
    assert(head !== undefined, "the bytes are a fleet book's");
    const { rows, idBytes, words, at } = head;
    this.rows = rows;
    this.words = words;
    const behind = (bytes: number): number => at + rows * bytes;
    this.columns = {
      lastSeenSeconds: new Uint32Array(buffer, at, rows),
      idEnds: new Uint32Array(buffer, behind(4), rows),
      zones: new Uint16Array(buffer, behind(8), rows),
      kinds: new Uint16Array(buffer, behind(10), rows),
      links: new Uint8Array(buffer, behind(12), rows),
      ids: new Uint8Array(buffer, behind(BYTES_A_ROW), idBytes),
    };
  }

  /** A book of so many rows; columns may be longer, and are copied. */
  static packed(rows: number, words: BookWords, columns: BookColumns): FleetBook {
    const idBytes = rows === 0 ? 0 : (columns.idEnds[rows - 1] as number);
    const lines = Buffer.from(`${FIRST_LINE}${JSON.stringify({ rows, idBytes, words: plainWords(words) })}\n`);
    const at = aligned(lines.length);
    const buffer = new SharedArrayBuffer(at + rows * BYTES_A_ROW + idBytes);
    new Uint8Array(buffer).set(lines);
    const book = new FleetBook(buffer);
    book.columns.lastSeenSeconds.set(columns.lastSeenSeconds.subarray(0, rows));
    book.columns.idEnds.set(columns.idEnds.subarray(0, rows));
    book.columns.zones.set(columns.zones.subarray(0, rows));
    book.columns.kinds.set(columns.kinds.subarray(0, rows));
    book.columns.links.set(columns.links.subarray(0, rows));
    book.columns.ids.set(columns.ids.subarray(0, idBytes));
    return book;
  }

  /** Whether bytes are those of a whole book, as far as its head tells. */
  static isBook(buffer: SharedArrayBuffer): boolean {
    const head = headOf(buffer);
    return head !== undefined && head.at + head.rows * BYTES_A_ROW + head.idBytes === buffer.byteLength;
  }

  /** The time zone of a row; undefined = it does not say. */
  zoneOf(row: number): string | undefined {
    return this.words.zones[(this.columns.zones[row] as number) - 1];
  }

  /** Place of a row's kind in `words.kinds`. */
  kindOf(row: number): number {
    return this.columns.kinds[row] as number;
  }

  /** Place of a row's link class in `words.links`; -1 = it does not say. */
  linkOf(row: number): number {
    return (this.columns.links[row] as number) - 1;
  }

  /** Whole seconds since 1970; 0 = the row does not say. */
  lastSeenSecondsOf(row: number): number {
    return this.columns.lastSeenSeconds[row] as number;
  }

  /** The id of a row, as the file has it: somebody else's text. */
  idOf(row: number): string {
    const from = row === 0 ? 0 : (this.columns.idEnds[row - 1] as number);
    return this.#idBytes(from, this.columns.idEnds[row] as number).toString("utf8");
  }

  /** The row of an id; undefined where none has it. */
  rowOf(id: string): number | undefined {
    const wanted = Buffer.from(id);
    let from = 0;
    for (let row = 0; row < this.rows; row++) {
      const end = this.columns.idEnds[row] as number;
      if (end - from === wanted.length && wanted.equals(this.#idBytes(from, end))) return row;
      from = end;
    }
    return undefined;
  }

  /** A book of some of the rows, in the order given; words stay as they are. */
  taking(rows: Uint32Array): FleetBook {
    const { lastSeenSeconds, idEnds, zones, kinds, links, ids } = this.columns;
    const startOf = (row: number): number => (row === 0 ? 0 : (idEnds[row - 1] as number));
    const idBytes = rows.reduce((sum, row) => sum + (idEnds[row] as number) - startOf(row), 0);
    const taken = {
      lastSeenSeconds: new Uint32Array(rows.length),
      idEnds: new Uint32Array(rows.length),
      zones: new Uint16Array(rows.length),
      kinds: new Uint16Array(rows.length),
      links: new Uint8Array(rows.length),
      ids: new Uint8Array(idBytes),
    };
    let end = 0;
    rows.forEach((row, place) => {
      taken.lastSeenSeconds[place] = lastSeenSeconds[row] as number;
      taken.zones[place] = zones[row] as number;
      taken.kinds[place] = kinds[row] as number;
      taken.links[place] = links[row] as number;
      taken.ids.set(ids.subarray(startOf(row), idEnds[row]), end);
      end += (idEnds[row] as number) - startOf(row);
      taken.idEnds[place] = end;
    });
    return FleetBook.packed(rows.length, this.words, taken);
  }

  /** Hex SHA-256 of all bytes. */
  get sha256(): string {
    return createHash("sha256").update(new Uint8Array(this.buffer)).digest("hex");
  }

  /** A book travels beside the scenario that it belongs to, never in its JSON. */
  toJSON(): undefined {
    return undefined;
  }

  #idBytes(from: number, end: number): Buffer {
    const { ids } = this.columns;
    return Buffer.from(ids.buffer, ids.byteOffset + from, end - from);
  }
}

interface Head {
  readonly rows: number;
  readonly idBytes: number;
  readonly words: BookWords;
  /** Byte at which the columns begin. */
  readonly at: number;
}

function headOf(buffer: SharedArrayBuffer): Head | undefined {
  const bytes = Buffer.from(buffer);
  if (bytes.toString("latin1", 0, FIRST_LINE.length) !== FIRST_LINE) return undefined;
  const end = bytes.indexOf("\n", FIRST_LINE.length);
  if (end === -1) return undefined;
  try {
    const { rows, idBytes, words } = JSON.parse(bytes.toString("utf8", FIRST_LINE.length, end)) as Omit<Head, "at">;
    const kinds = words.kinds.map(({ project, version, hardware }) => ({ project, version, hardware }));
    return { rows, idBytes, words: { ...words, kinds }, at: aligned(end + 1) };
  } catch {
    // Somebody has changed it.
    return undefined;
  }
}

/** In one order of keys, so that equal rows give equal bytes. */
function plainWords({ zones, kinds, links }: BookWords): BookWords {
  return { zones, kinds: kinds.map(({ project, version, hardware }) => ({ project, version, hardware })), links };
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
