/**
 * Columns of one table whose rows lie together: an event of a node touches ten of its fields, and in a herd of a hundred
 * thousand nodes each field in an array of its own would be a wait for memory of its own. A column is read and written
 * by row, whatever its width.
 */

import { assert } from "./assert.ts";

/** One field of all rows. */
export interface FieldColumn {
  /** Rows. */
  readonly length: number;
  get(row: number): number;
  set(row: number, value: number): void;
}

type Words = Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array;

/** Where a column's words lie: the first, and how many words further the next row's is. */
abstract class StridedColumn<W extends Words> implements FieldColumn {
  readonly length: number;
  protected readonly words: W;
  protected readonly stride: number;
  protected readonly first: number;

  constructor(words: W, table: FieldTable, atBytes: number) {
    this.length = table.rows;
    this.words = words;
    this.stride = table.rowBytes / words.BYTES_PER_ELEMENT;
    this.first = atBytes / words.BYTES_PER_ELEMENT;
  }

  abstract get(row: number): number;
  abstract set(row: number, value: number): void;

  /** How many rows hold a value that is wanted. */
  countOf(isWanted: (value: number, row: number) => boolean): number {
    let count = 0;
    for (let row = 0; row < this.length; row++) if (isWanted(this.get(row), row)) count += 1;
    return count;
  }

  sum(): number {
    let sum = 0;
    for (let row = 0; row < this.length; row++) sum += this.get(row);
    return sum;
  }
}

// Each kind has its own literals: shared ones would see arrays of every kind, and be slow for all.

/** 8 bits: small counts and numbers of lists. */
export class U8Column extends StridedColumn<Uint8Array> {
  override get(row: number): number {
    return this.words[row * this.stride + this.first]!;
  }

  override set(row: number, value: number): void {
    this.words[row * this.stride + this.first] = value;
  }

  /** One more; stops at 255. */
  raise(row: number): void {
    const at = row * this.stride + this.first;
    if (this.words[at]! < 255) this.words[at]! += 1;
  }

  /** One less; stops at 0. */
  lower(row: number): void {
    const at = row * this.stride + this.first;
    if (this.words[at]! > 0) this.words[at]! -= 1;
  }
}

/** 16 bits: mostly flags. */
export class U16Column extends StridedColumn<Uint16Array> {
  override get(row: number): number {
    return this.words[row * this.stride + this.first]!;
  }

  override set(row: number, value: number): void {
    this.words[row * this.stride + this.first] = value;
  }

  setBits(row: number, bits: number): void {
    this.words[row * this.stride + this.first]! |= bits;
  }

  clearBits(row: number, bits: number): void {
    this.words[row * this.stride + this.first]! &= ~bits;
  }
}

/** Whole numbers below 2^32. */
export class U32Column extends StridedColumn<Uint32Array> {
  override get(row: number): number {
    return this.words[row * this.stride + this.first]!;
  }

  override set(row: number, value: number): void {
    this.words[row * this.stride + this.first] = value;
  }
}

/** Sizes of nature, to seven digits. */
export class F32Column extends StridedColumn<Float32Array> {
  override get(row: number): number {
    return this.words[row * this.stride + this.first]!;
  }

  override set(row: number, value: number): void {
    this.words[row * this.stride + this.first] = value;
  }
}

/** Instants, or NaN. */
export class F64Column extends StridedColumn<Float64Array> {
  override get(row: number): number {
    return this.words[row * this.stride + this.first]!;
  }

  override set(row: number, value: number): void {
    this.words[row * this.stride + this.first] = value;
  }
}

/** Rows of equal width in one buffer, all zeros; columns are laid into them one after the other, the widest first. */
export class FieldTable {
  readonly rows: number;
  readonly rowBytes: number;
  readonly #buffer: ArrayBuffer;
  readonly #bytes: Uint8Array;
  #usedBytes = 0;

  /** @param rowBytes a multiple of 8, with room for the columns that will be laid */
  constructor(rows: number, rowBytes: number) {
    this.rows = rows;
    this.rowBytes = rowBytes;
    this.#buffer = new ArrayBuffer(rows * rowBytes);
    this.#bytes = new Uint8Array(this.#buffer);
  }

  /** A table of more rows, with what this one holds in its first; the same columns are to be laid into it. */
  grown(rows: number): FieldTable {
    const table = new FieldTable(rows, this.rowBytes);
    table.#bytes.set(this.#bytes);
    return table;
  }

  /** Reads a byte of a row, for whoever wants it near before it is needed; see `Foresight` of the virtual driver. */
  touch(row: number): number {
    return this.#bytes[row * this.rowBytes]!;
  }

  u8(): U8Column {
    return new U8Column(new Uint8Array(this.#buffer), this, this.#take(1));
  }

  u16(): U16Column {
    return new U16Column(new Uint16Array(this.#buffer), this, this.#take(2));
  }

  u32(): U32Column {
    return new U32Column(new Uint32Array(this.#buffer), this, this.#take(4));
  }

  f32(): F32Column {
    return new F32Column(new Float32Array(this.#buffer), this, this.#take(4));
  }

  f64(): F64Column {
    return new F64Column(new Float64Array(this.#buffer), this, this.#take(8));
  }

  #take(bytes: number): number {
    const at = this.#usedBytes;
    this.#usedBytes += bytes;
    assert(at % bytes === 0 && this.#usedBytes <= this.rowBytes, "columns are laid the widest first, into their row");
    return at;
  }
}
