/**
 * Splits the bytes of a CSV file into records, as they come: RFC 4180 with commas, and lines that end in LF or CR LF.
 * It keeps one record at a time and no more, whatever the length of the file; what breaks the grammar is told with its
 * place, and reading goes on behind it.
 */

/** A record that is longer is none: most likely a quote was never closed. */
export const RECORD_BYTES_MAX = 65_536;

/** What breaks the grammar of CSV. */
export type CsvFlaw =
  /** A quote in a field that does not begin with one. */
  | "stray quote"
  /** Text between a closing quote and the comma behind it. */
  | "text behind quote"
  /** The file, or the longest record, ends inside of quotes. */
  | "open quote"
  | "too long";

/** A record; good only until the call that it is given to returns. */
export interface CsvRecord {
  readonly bytes: Uint8Array;
  /** Of each field: where its content begins and ends in `bytes`, quotes left out. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** Whether quotes stand doubled in it. */
  readonly isEscaped: readonly boolean[];
  /** Whether all of it is plain ASCII. */
  readonly isAscii: readonly boolean[];
  /** Where the record begins in `bytes`. */
  readonly from: number;
  /** From 1. */
  readonly line: number;
}

/** Hears what a file holds, in its order. */
export interface CsvListener {
  onRecord(record: CsvRecord): void;
  /** `column`: from 1, in bytes. A record that is flawed is not told. */
  onFlaw(flaw: CsvFlaw, line: number, column: number): void;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const LF = 0x0a;
const CR = 0x0d;
/** Bytes of more than one for a character have it. */
const HIGH_BIT = 0x80;

export class CsvRecords {
  readonly #listener: CsvListener;
  readonly #scan = new RecordScan();
  #rest = new Uint8Array(0);
  #line = 1;
  #isOver = false;

  constructor(listener: CsvListener) {
    this.#listener = listener;
  }

  /** Whether nothing more can be made of the file. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Takes the next bytes. */
  push(chunk: Uint8Array): void {
    if (this.#isOver) return;
    const bytes = this.#rest.length === 0 ? chunk : joined(this.#rest, chunk);
    const at = this.#split(bytes, false);
    this.#rest = bytes.slice(at);
  }

  /** The file has ended; its last line may lack a line end. */
  end(): void {
    if (this.#isOver || this.#rest.length === 0) return;
    this.#split(this.#rest, true);
    this.#isOver = true;
  }

  /** A record does not end within the limit, whose bytes these are. */
  #giveUp(bytes: Uint8Array): void {
    this.#isOver = true;
    const open = openQuote(bytes);
    if (open === undefined) this.#listener.onFlaw("too long", this.#line, 1);
    else this.#listener.onFlaw("open quote", this.#line + open.lines, open.column);
  }

  /** Tells every record that ends in `bytes`; answers where the first begins that does not. */
  #split(bytes: Uint8Array, isLast: boolean): number {
    let from = 0;
    while (from < bytes.length) {
      const next = this.#record(bytes, from, isLast);
      if (next === -1) return from;
      from = next;
    }
    return from;
  }

  /** Tells the record that begins at `from`; answers where the next begins, or -1 where it does not end here. */
  #record(bytes: Uint8Array, from: number, isLast: boolean): number {
    const scan = this.#scan;
    scan.begin(bytes, from);
    const isWhole = scan.toTheEnd();
    if (scan.at - from > RECORD_BYTES_MAX) {
      this.#giveUp(bytes.subarray(from, from + RECORD_BYTES_MAX));
      return bytes.length;
    }
    if (!isWhole && !isLast) return -1;
    const { flaw } = scan;
    if (flaw === undefined) {
      scan.fields.line = this.#line;
      this.#listener.onRecord(scan.fields);
    } else this.#listener.onFlaw(flaw.what, this.#line + flaw.lines, flaw.column);
    this.#line += scan.lines + 1;
    return scan.at + 1;
  }
}

/** Goes over one record; used again for the next. */
class RecordScan {
  at = 0;
  /** Line ends inside of quotes so far. */
  lines = 0;
  flaw: { readonly what: CsvFlaw; readonly lines: number; readonly column: number } | undefined;
  /** One record for all: a million rows are not a million objects. */
  readonly fields = {
    bytes: new Uint8Array(0) as Uint8Array,
    starts: [] as number[],
    ends: [] as number[],
    isEscaped: [] as boolean[],
    isAscii: [] as boolean[],
    from: 0,
    line: 0,
  };
  #bytes = new Uint8Array(0) as Uint8Array;
  #lineFrom = 0;

  begin(bytes: Uint8Array, from: number): void {
    this.#bytes = bytes;
    this.at = from;
    this.lines = 0;
    this.#lineFrom = from;
    this.flaw = undefined;
    const { fields } = this;
    fields.bytes = bytes;
    fields.from = from;
    fields.starts.length = 0;
    fields.ends.length = 0;
    fields.isEscaped.length = 0;
    fields.isAscii.length = 0;
  }

  /** False where the bytes end before the record has. */
  toTheEnd(): boolean {
    for (;;) {
      const isWhole = this.#bytes[this.at] === QUOTE ? this.#quoted() : this.#plain();
      if (!isWhole || this.#bytes[this.at] !== COMMA) return isWhole;
      this.at++;
    }
  }

  #plain(): boolean {
    const bytes = this.#bytes;
    const { length } = bytes;
    const start = this.at;
    let at = start;
    let bits = 0;
    for (; at < length; at++) {
      const byte = bytes[at] as number;
      bits |= byte;
      // Letters and digits, which are nearly all, lie above.
      if (byte > COMMA) continue;
      if (byte === COMMA || byte === LF) break;
      if (byte === QUOTE) this.#note("stray quote", at);
    }
    this.at = at;
    this.#add(start, bytes[at] === LF && at > start && bytes[at - 1] === CR ? at - 1 : at, false, bits < HIGH_BIT);
    return at < length;
  }

  #quoted(): boolean {
    const bytes = this.#bytes;
    const opened = { what: "open quote", lines: this.lines, column: this.at - this.#lineFrom + 1 } as const;
    const start = this.at + 1;
    let at = start;
    let hasDoubled = false;
    let bits = 0;
    for (; ; at++) {
      const byte = bytes[at];
      bits |= byte ?? 0;
      if (byte === undefined) {
        this.flaw = opened;
        this.at = at;
        return false;
      }
      if (byte === LF) {
        this.lines++;
        this.#lineFrom = at + 1;
      } else if (byte === QUOTE) {
        if (bytes[at + 1] !== QUOTE) break;
        hasDoubled = true;
        at++;
      }
    }
    this.#add(start, at++, hasDoubled, bits < HIGH_BIT);
    for (let byte = bytes[at]; byte !== COMMA && byte !== LF && byte !== undefined; byte = bytes[++at])
      if (byte !== CR || bytes[at + 1] !== LF) this.#note("text behind quote", at);
    this.at = at;
    return at < bytes.length;
  }

  #add(start: number, end: number, hasDoubled: boolean, isPlain: boolean): void {
    const { starts, ends, isEscaped, isAscii } = this.fields;
    starts.push(start);
    ends.push(end);
    isEscaped.push(hasDoubled);
    isAscii.push(isPlain);
  }

  /** The first of a record counts: it may have caused the others. */
  #note(what: CsvFlaw, at: number): void {
    this.flaw ??= { what, lines: this.lines, column: at - this.#lineFrom + 1 };
  }
}

/** Where the quote was opened that is open at the end of a record's bytes. */
function openQuote(bytes: Uint8Array): { readonly lines: number; readonly column: number } | undefined {
  let open: { readonly lines: number; readonly column: number } | undefined;
  let lines = 0;
  let lineFrom = 0;
  bytes.forEach((byte, at) => {
    if (byte === QUOTE) open = open === undefined ? { lines, column: at - lineFrom + 1 } : undefined;
    else if (byte === LF) {
      lines++;
      lineFrom = at + 1;
    }
  });
  return open;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
