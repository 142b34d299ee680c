import { assert } from "./assert.ts";

/**
 * Entries without a fixed size, known by number, so that a row can hold the number. Number 0 means "none".
 * A released number is used again: keep no number after releasing it.
 */
export class Book<T> {
  readonly #entries: (T | undefined)[] = [undefined];
  readonly #free: number[] = [];

  add(entry: T): number {
    const number = this.#free.pop() ?? this.#entries.length;
    this.#entries[number] = entry;
    return number;
  }

  get(number: number): T {
    const entry = this.#entries[number];
    assert(entry !== undefined, "a book has the entry that is asked for", number);
    return entry;
  }

  has(number: number): boolean {
    return this.#entries[number] !== undefined;
  }

  release(number: number): void {
    assert(this.#entries[number] !== undefined, "an entry is released once", number);
    this.#entries[number] = undefined;
    this.#free.push(number);
  }

  /** How many entries are held. */
  get size(): number {
    return this.#entries.length - 1 - this.#free.length;
  }
}

/** Different texts that a book takes, and their characters together: what a peer may make it hold for a whole run. */
export const TEXTS_MAX = 65_536;
export const TEXT_CHARACTERS_MAX = 8 * 2 ** 20;

/**
 * Texts known by number; equal texts have one number, and none is ever released. Number 0 means "none". Whoever sends
 * ever new ids fills the book; what comes then is not kept, and its number is 0.
 */
export class TextBook {
  readonly #texts: string[] = [""];
  readonly #numbers = new Map<string, number>();
  #characters = 0;

  numberOf(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const characters = this.#characters + text.length;
    if (this.#numbers.size >= TEXTS_MAX || characters > TEXT_CHARACTERS_MAX) return 0;
    this.#characters = characters;
    const number = this.#texts.push(text) - 1;
    this.#numbers.set(text, number);
    return number;
  }

  get(number: number): string {
    const text = this.#texts[number];
    assert(text !== undefined && number > 0, "a text book has the entry that is asked for", number);
    return text;
  }
}
