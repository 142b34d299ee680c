/**
 * Lines of CSV as bytes, for tables that have a line a node: a million lines of forty cells leave nothing behind for
 * the garbage collector. What a cell's text is says `csv-cell.ts`; here the many that are plain words or whole numbers
 * are written without asking.
 */
import { type Cell, cellText } from "./csv-cell.ts";

/** Bytes of a piece: large enough to be written at once, small enough to be forgotten. */
const PIECE_BYTES = 128 * 1_024;
/** A number has at most 24 characters, and a plain text so many: `text-cleaning.ts` shows no more of somebody else's. */
const PLAIN_MAX = 512;
/** A longer text is no word that comes again. */
const RARE_LENGTH_MAX = 64;
/** Texts that need care and come again, such as a version with a plus: this many are remembered. */
const RARE_TEXTS_MAX = 1_000;

/** Where a character of ASCII may stand in a text that needs no care: `cellText` leaves such a text as it is. */
const WITHIN = 1;
const LAST = 2;
const FIRST = 4;
const PLACES = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[A-Za-z0-9]/.test(character)) return WITHIN | LAST | FIRST;
  return /[./:_-]/.test(character) ? WITHIN | LAST : character === " " ? WITHIN : 0;
});

const ZERO = "0".charCodeAt(0);
const COMMA = ",".charCodeAt(0);
const POINT = ".".charCodeAt(0);
const YES = Buffer.from("yes");
const NO = Buffer.from("no");
/** A number below is written as one of 32 bits; a larger one, up to 2^52, as two of them. */
const HALF = 1e8;
const HALF_DIGITS = 8;
const WHOLE_MAX = 2 ** 52;
/** Below, a fraction is written with an exponent. */
const FRACTION_MIN = 1e-6;

export class CsvLines {
  #bytes = Buffer.allocUnsafe(PIECE_BYTES);
  #length = 0;
  #isAscii = true;
  readonly #rareTexts = new Map<string, string>();

  /** Whether there is enough for a piece. */
  get isFull(): boolean {
    return this.#length >= PIECE_BYTES - 2 * PLAIN_MAX;
  }

  /** One cell, without what parts it from the next. */
  cell(cell: Cell): void {
    if (cell === null) return;
    this.#makeRoom(PLAIN_MAX);
    if (typeof cell === "number") this.#number(cell);
    else if (typeof cell === "string") this.#text(cell);
    else this.#ascii(cell ? YES : NO);
  }

  comma(): void {
    this.#makeRoom(1);
    this.#bytes[this.#length++] = COMMA;
  }

  /** A text as it is: the end of a line. */
  raw(text: string): void {
    // No character of UTF-16 takes more than three bytes.
    this.#makeRoom(text.length * 3);
    const written = this.#bytes.write(text, this.#length);
    this.#length += written;
    if (written !== text.length) this.#isAscii = false;
  }

  /** What was written since the last piece. */
  piece(): string {
    const text = this.#bytes.toString(this.#isAscii ? "latin1" : "utf8", 0, this.#length);
    this.#length = 0;
    this.#isAscii = true;
    return text;
  }

  #text(text: string): void {
    if (!this.#isPlain(text)) this.raw(this.#careful(text));
  }

  /** Writes a text that needs no care; false = it needs some, and nothing is written. */
  #isPlain(text: string): boolean {
    const { length } = text;
    if (length === 0) return true;
    if (length > PLAIN_MAX) return false;
    const bytes = this.#bytes;
    const from = this.#length;
    for (let at = 0; at < length; at++) {
      const code = text.charCodeAt(at);
      const places = code < 128 ? (PLACES[code] as number) : 0;
      const wanted = (at === 0 ? FIRST : WITHIN) | (at === length - 1 ? LAST : 0);
      if ((places & wanted) !== wanted) return false;
      bytes[from + at] = code;
    }
    this.#length = from + length;
    return true;
  }

  #careful(text: string): string {
    const known = this.#rareTexts.get(text);
    if (known !== undefined) return known;
    const written = cellText(text);
    if (text.length <= RARE_LENGTH_MAX && this.#rareTexts.size < RARE_TEXTS_MAX) this.#rareTexts.set(text, written);
    return written;
  }

  #number(value: number): void {
    const isWhole = value >= 0 && value < WHOLE_MAX && Math.floor(value) === value;
    if (!isWhole && value >= FRACTION_MIN && value < 1) this.#fraction(value);
    else if (!isWhole) this.raw(String(value));
    else if (value < HALF) this.#digits(value, digitsOf(value));
    else {
      const high = Math.floor(value / HALF);
      this.#digits(high, digitsOf(high));
      this.#digits(value - high * HALF, HALF_DIGITS);
    }
  }

  /**
   * The engine keeps what `String` made of numbers for a while, long enough to be carried into old memory: of a million
   * nodes that is 100 MB. The exponential form has the same digits, and is not kept: `1.25e-2` is 0.0125.
   */
  #fraction(value: number): void {
    const text = value.toExponential();
    const end = text.length - "e-1".length;
    const zeros = text.charCodeAt(text.length - 1) - ZERO - 1;
    const bytes = this.#bytes;
    let at = this.#length;
    bytes[at++] = ZERO;
    bytes[at++] = POINT;
    for (let zero = 0; zero < zeros; zero++) bytes[at++] = ZERO;
    for (let from = 0; from < end; from++) {
      const code = text.charCodeAt(from);
      if (code !== POINT) bytes[at++] = code;
    }
    this.#length = at;
  }

  /** A whole number below 2^31, with zeros before it where it has fewer digits. */
  #digits(value: number, digits: number): void {
    const bytes = this.#bytes;
    let left = value | 0;
    for (let at = this.#length + digits - 1; at >= this.#length; at--) {
      const rest = (left / 10) | 0;
      bytes[at] = ZERO + left - rest * 10;
      left = rest;
    }
    this.#length += digits;
  }

  #ascii(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at++) this.#bytes[this.#length + at] = bytes[at] as number;
    this.#length += bytes.length;
  }

  #makeRoom(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(2 * (this.#length + bytes));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}

function digitsOf(value: number): number {
  let digits = 1;
  for (let limit = 10; value >= limit; limit *= 10) digits += 1;
  return digits;
}
