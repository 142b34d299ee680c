import { assert } from "./assert.ts";

/**
 * The row is the state. A part of a thing declares its fields once, with their widths; they become accessors over a
 * row of bytes in one buffer. Nothing is loaded, stored or listed twice, and a reader sees a class with fields:
 * `this.link.isUp = false`. All parts of one row share a cursor, so moving to another row is one store.
 */
export interface Cursor {
  rows: DataView;
  /** Byte at which the present row begins. */
  base: number;
}

/** The kind of a field: its width, and the two functions that `struct` puts on the part's prototype. */
export interface FieldKind<T> {
  /** 0 = a bit: neighbours share a byte. */
  readonly bytes: number;
  /** `bit` is given to kinds of 0 bytes. */
  readonly getter: (offset: number, bit: number) => (this: Part) => T;
  readonly setter: (offset: number, bit: number) => (this: Part, value: T) => void;
}

/** A group of fields of a row. Its own keys are the cursor and where its bytes begin, and nothing else. */
export class Part {
  readonly cursor: Cursor;
  readonly from: number;

  constructor(cursor: Cursor, from: number) {
    this.cursor = cursor;
    this.from = from;
  }
}

// Each kind has its own two literals: with one literal for all, every access in the program would be megamorphic.

export const u8: FieldKind<number> = {
  bytes: 1,
  getter: (offset) =>
    function () {
      return this.cursor.rows.getUint8(this.cursor.base + this.from + offset);
    },
  setter: (offset) =>
    function (value) {
      this.cursor.rows.setUint8(this.cursor.base + this.from + offset, value);
    },
};

export const u16: FieldKind<number> = {
  bytes: 2,
  getter: (offset) =>
    function () {
      return this.cursor.rows.getUint16(this.cursor.base + this.from + offset, true);
    },
  setter: (offset) =>
    function (value) {
      this.cursor.rows.setUint16(this.cursor.base + this.from + offset, value, true);
    },
};

export const u32: FieldKind<number> = {
  bytes: 4,
  getter: (offset) =>
    function () {
      return this.cursor.rows.getUint32(this.cursor.base + this.from + offset, true);
    },
  setter: (offset) =>
    function (value) {
      this.cursor.rows.setUint32(this.cursor.base + this.from + offset, value, true);
    },
};

export const f32: FieldKind<number> = {
  bytes: 4,
  getter: (offset) =>
    function () {
      return this.cursor.rows.getFloat32(this.cursor.base + this.from + offset, true);
    },
  setter: (offset) =>
    function (value) {
      this.cursor.rows.setFloat32(this.cursor.base + this.from + offset, value, true);
    },
};

export const f64: FieldKind<number> = {
  bytes: 8,
  getter: (offset) =>
    function () {
      return this.cursor.rows.getFloat64(this.cursor.base + this.from + offset, true);
    },
  setter: (offset) =>
    function (value) {
      this.cursor.rows.setFloat64(this.cursor.base + this.from + offset, value, true);
    },
};

/** Whole microseconds, or Infinity. */
export const instant: FieldKind<number> = {
  bytes: 8,
  getter: (offset) =>
    function () {
      return this.cursor.rows.getFloat64(this.cursor.base + this.from + offset, true);
    },
  setter: (offset) =>
    function (value) {
      this.cursor.rows.setFloat64(this.cursor.base + this.from + offset, value, true);
    },
};

export const bool: FieldKind<boolean> = {
  bytes: 0,
  getter: (offset, bit) =>
    function () {
      return (this.cursor.rows.getUint8(this.cursor.base + this.from + offset) & bit) !== 0;
    },
  setter: (offset, bit) =>
    function (value) {
      const at = this.cursor.base + this.from + offset;
      const byte = this.cursor.rows.getUint8(at);
      this.cursor.rows.setUint8(at, value ? byte | bit : byte & ~bit);
    },
};

/** One of a closed list of words, kept as its place in the list (at most 256). */
export function oneOf<const T extends readonly string[]>(words: T): FieldKind<T[number]> {
  assert(words.length <= 256, "a field of words has at most 256 of them");
  const places = new Map(words.map((word, place) => [word, place]));
  return {
    bytes: 1,
    getter: (offset) =>
      function () {
        return words[this.cursor.rows.getUint8(this.cursor.base + this.from + offset)] as T[number];
      },
    setter: (offset) =>
      function (value) {
        this.cursor.rows.setUint8(this.cursor.base + this.from + offset, places.get(value) as number);
      },
  };
}

type Fields = Readonly<Record<string, FieldKind<never>>>;
type ValueOf<K> = K extends FieldKind<infer T> ? T : never;

export interface PartClass<P extends Part> {
  new (cursor: Cursor, from: number): P;
  readonly bytes: number;
}

/** A class whose fields lie in a row, in the order given. */
export function struct<const F extends Readonly<Record<string, FieldKind<any>>>>(
  fields: F,
): PartClass<Part & { -readonly [K in keyof F]: ValueOf<F[K]> }> {
  class Struct extends Part {
    static bytes = 0;

    /** For console and tests: the accessors are not own keys, so nothing else would show them. */
    toJSON(): Record<string, unknown> {
      const shown: Record<string, unknown> = {};
      for (const name of Object.keys(fields)) shown[name] = (this as unknown as Record<string, unknown>)[name];
      return shown;
    }
  }
  const entries = Object.entries(fields as unknown as Fields);
  const flags = entries.filter(([, kind]) => kind.bytes === 0);
  // Flags first, eight to a byte; the other fields in the order given.
  flags.forEach(([name, kind], place) => define(name, kind, place >> 3, 1 << (place & 7)));
  let offset = (flags.length + 7) >> 3;
  for (const [name, kind] of entries) {
    if (kind.bytes === 0) continue;
    define(name, kind, offset, 0);
    offset += kind.bytes;
  }
  Struct.bytes = offset;

  function define(name: string, kind: FieldKind<never>, at: number, bit: number): void {
    Object.defineProperty(Struct.prototype, name, {
      get: kind.getter(at, bit),
      set: kind.setter(at, bit),
      configurable: false,
      enumerable: true,
    });
  }
  return Struct as unknown as PartClass<Part & { -readonly [K in keyof F]: ValueOf<F[K]> }>;
}

type PartClasses = Readonly<Record<string, PartClass<Part>>>;

export interface RowBase {
  readonly cursor: Cursor;
  /** Makes the parts show another row of the same buffer. */
  moveTo(slot: number): void;
  /** The bytes of the present row. */
  copied(): Uint8Array;
  /** Makes the present row that of which these are the bytes. */
  paste(bytes: Uint8Array): void;
}

export interface RowClass<P extends PartClasses> {
  new (rows: DataView): RowBase & { readonly [K in keyof P]: InstanceType<P[K]> };
  /** Width of a row. */
  readonly bytes: number;
}

/** A class of several parts that lie in one row, one behind the other. */
export function row<const P extends PartClasses>(parts: P): RowClass<P> {
  const entries = Object.entries(parts);
  const bytes = entries.reduce((sum, [, part]) => sum + part.bytes, 0);

  class Row {
    static readonly bytes = bytes;
    readonly cursor: Cursor;

    constructor(rows: DataView) {
      this.cursor = { rows, base: 0 };
      let from = 0;
      for (const [name, PartOf] of entries) {
        const part = new PartOf(this.cursor, from);
        // A class field named like a row field would hide the accessor and lose the state without a word.
        const own = Object.keys(part).filter((key) => key !== "cursor" && key !== "from");
        assert(own.length === 0, `part ${name} keeps ${own.join(", ")} outside its row`);
        Object.defineProperty(this, name, { value: part, enumerable: true });
        from += PartOf.bytes;
      }
    }

    moveTo(slot: number): void {
      this.cursor.base = slot * bytes;
    }

    copied(): Uint8Array {
      const { rows, base } = this.cursor;
      return new Uint8Array(rows.buffer, rows.byteOffset + base, bytes).slice();
    }

    paste(copy: Uint8Array): void {
      const { rows, base } = this.cursor;
      new Uint8Array(rows.buffer, rows.byteOffset + base, bytes).set(copy);
    }
  }
  return Row as unknown as RowClass<P>;
}
