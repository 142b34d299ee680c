import { assert } from "./assert.ts";

/**
 * The row is the state. A part of a thing declares its fields once, with their widths; they become accessors over a
 * row of bytes in one buffer. Nothing is loaded, stored or listed twice, and a reader sees a class with fields:
 * `this.link.isUp = false`. All parts of one row share a cursor, so moving to another row is one store.
 */
export class Cursor {
  u8!: Uint8Array;
  u16!: Uint16Array;
  u32!: Uint32Array;
  f32!: Float32Array;
  f64!: Float64Array;
  /** Where the present row begins, in units of eight bytes: a row is a whole number of them. */
  at!: number;

  constructor(rows: ArrayBufferLike) {
    this.moveInto(rows);
  }

  /** To the first row of another buffer. */
  moveInto(rows: ArrayBufferLike): void {
    this.u8 = new Uint8Array(rows);
    this.u16 = new Uint16Array(rows);
    this.u32 = new Uint32Array(rows);
    this.f32 = new Float32Array(rows);
    this.f64 = new Float64Array(rows);
    this.at = 0;
  }
}

/** What a row begins and ends at. */
const UNIT_BYTES = 8;

/**
 * The kind of a field: its width, and the JavaScript that reads and writes it. `T` is what it looks like from outside.
 *
 * It is text, as each field's accessor must be a function of its own with its place in it: accessors made from one
 * literal share what the engine learns of them, and where they serve parts of several shapes they are slow for all.
 * Measured for a plan of 500,000 nodes: 12 % of its time. No text of a user ever gets in: names are checked.
 */
export interface FieldKind<T> {
  /** 0 = a bit: eight share a byte. */
  readonly bytes: number;
  readonly array: "u8" | "u16" | "u32" | "f32" | "f64";
  /** What the field is, as an expression over its word in the array, and for a bit the number to test it with. */
  reads(word: string, bit: number): string;
  /** What its word becomes, as an expression over `value`, the word and the bit. */
  writes(word: string, bit: number): string;
  /** What both may name as `words`. */
  readonly words?: readonly string[];
  readonly looksLike?: T;
}

/** A group of fields of a row. Its one own key is the cursor. */
export class Part {
  readonly cursor: Cursor;

  constructor(cursor: Cursor) {
    this.cursor = cursor;
  }
}

const plain = { reads: (word: string) => word, writes: () => "value" };
export const u8: FieldKind<number> = { bytes: 1, array: "u8", ...plain };
export const u16: FieldKind<number> = { bytes: 2, array: "u16", ...plain };
export const u32: FieldKind<number> = { bytes: 4, array: "u32", ...plain };
export const f32: FieldKind<number> = { bytes: 4, array: "f32", ...plain };
export const f64: FieldKind<number> = { bytes: 8, array: "f64", ...plain };
/** Whole microseconds, or Infinity. */
export const instant: FieldKind<number> = { ...f64 };
export const bool: FieldKind<boolean> = {
  bytes: 0,
  array: "u8",
  reads: (word, bit) => `(${word} & ${bit}) !== 0`,
  writes: (word, bit) => `value ? ${word} | ${bit} : ${word} & ~${bit}`,
};

/** One of a closed list of words, kept as its place in the list (at most 256). */
export function oneOf<const T extends readonly string[]>(words: T): FieldKind<T[number]> {
  assert(words.length <= 256, "a field of words has at most 256 of them");
  // Words of a program are one object each, so that to compare them is to compare addresses.
  const places = words.map((word, place) => `value === ${JSON.stringify(word)} ? ${place} : `).join("");
  return { bytes: 1, array: "u8", reads: (word) => `words[${word}]`, writes: () => `${places}0`, words };
}

type AnyFields = Readonly<Record<string, FieldKind<any>>>;
type ValueOf<K> = K extends FieldKind<infer T> ? T : never;

export interface PartClass<P extends Part> {
  new (cursor: Cursor): P;
  readonly fields: AnyFields;
}

/** A class whose fields lie in a row, as the row has place for them. */
export function struct<const F extends AnyFields>(
  fields: F,
): PartClass<Part & { -readonly [K in keyof F]: ValueOf<F[K]> }> {
  class Struct extends Part {
    static readonly fields = fields;

    /** For console and tests: the accessors are not own keys, so nothing else would show them. */
    toJSON(): Record<string, unknown> {
      const shown: Record<string, unknown> = {};
      for (const name of Object.keys(fields)) shown[name] = (this as unknown as Record<string, unknown>)[name];
      return shown;
    }
  }
  return Struct as unknown as PartClass<Part & { -readonly [K in keyof F]: ValueOf<F[K]> }>;
}

type PartClasses = Readonly<Record<string, PartClass<Part>>>;

export interface RowBase {
  readonly cursor: Cursor;
  /** Makes the parts show another row of the same buffer. */
  moveTo(slot: number): void;
  /** Makes the parts show the first row of another buffer. */
  moveInto(rows: ArrayBufferLike): void;
  /** The bytes of the present row. */
  copied(): Uint8Array;
  /** Makes the present row that of which these are the bytes. */
  paste(bytes: Uint8Array): void;
}

export interface RowClass<P extends PartClasses> {
  new (rows: ArrayBufferLike): RowBase & { readonly [K in keyof P]: InstanceType<P[K]> };
  /** Width of a row: a multiple of eight. */
  readonly bytes: number;
}

/** A class of several parts whose fields lie in one row: the widest first, and else in the order given. */
export function row<const P extends PartClasses>(parts: P): RowClass<P> {
  const { placed, bytes } = placedIn(parts);
  const units = bytes / UNIT_BYTES;

  class Row {
    static readonly bytes = bytes;
    readonly cursor: Cursor;

    constructor(rows: ArrayBufferLike) {
      this.cursor = new Cursor(rows);
      for (const [name, PartOf] of placed) {
        const part = new PartOf(this.cursor);
        // A class field named like a row field would hide the accessor and lose the state without a word.
        const own = Object.keys(part).filter((key) => key !== "cursor");
        assert(own.length === 0, `part ${name} keeps ${own.join(", ")} outside its row`);
        Object.defineProperty(this, name, { value: part, enumerable: true });
      }
    }

    moveTo(slot: number): void {
      this.cursor.at = slot * units;
    }

    moveInto(rows: ArrayBufferLike): void {
      this.cursor.moveInto(rows);
    }

    copied(): Uint8Array {
      const from = this.cursor.at * UNIT_BYTES;
      return this.cursor.u8.slice(from, from + bytes);
    }

    paste(copy: Uint8Array): void {
      this.cursor.u8.set(copy, this.cursor.at * UNIT_BYTES);
    }
  }
  return Row as unknown as RowClass<P>;
}

/** Classes of the parts with accessors for their places in one row, and the width of that row. */
function placedIn(parts: PartClasses): { placed: readonly (readonly [string, PartClass<Part>])[]; bytes: number } {
  const placed = Object.entries(parts).map(([name, PartOf]) => [name, class extends PartOf {}] as const);
  const all = placed.flatMap(([, PartOf]) =>
    Object.entries(PartOf.fields).map(([name, kind]) => ({ name, kind, prototype: PartOf.prototype as object })),
  );
  let atBits = 0;
  // Each width is a multiple of the next, so nothing lies across a word's border; flags come last, eight to a byte.
  for (const { name, kind, prototype } of all.toSorted((a, b) => b.kind.bytes - a.kind.bytes)) {
    Object.defineProperty(prototype, name, { ...accessorOf(name, kind, atBits), enumerable: true });
    atBits += kind.bytes === 0 ? 1 : kind.bytes * 8;
  }
  return { placed, bytes: Math.ceil(atBits / 8 / UNIT_BYTES) * UNIT_BYTES };
}

function accessorOf(name: string, kind: FieldKind<unknown>, atBits: number): { get(): unknown; set(v: never): void } {
  assert(/^\w+$/.test(name), "a field is named by letters and digits", name);
  const wordBytes = Math.max(1, kind.bytes);
  const at = `this.cursor.at * ${UNIT_BYTES / wordBytes} + ${Math.floor(atBits / 8 / wordBytes)}`;
  const word = `this.cursor.${kind.array}[${at}]`;
  const bit = 1 << (atBits & 7);
  const source = `return {
    get ${name}() { return ${kind.reads(word, bit)}; },
    set ${name}(value) { ${word} = ${kind.writes(word, bit)}; },
  };`;
  const made = new Function("words", source)(kind.words) as object;
  return Object.getOwnPropertyDescriptor(made, name) as { get(): unknown; set(v: never): void };
}
