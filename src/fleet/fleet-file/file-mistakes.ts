/**
 * The mistakes of a fleet file: of a million rows a million may be wrong, so equal ones are told once, with how many
 * more there are, and of different ones the first few.
 */
import { readableText } from "../../base/readable-text.ts";
import type { Mistake } from "../../base/user-error.ts";

/** Different mistakes that are told. */
export const FILE_MISTAKES_MAX = 20;
const VALUE_LENGTH_MAX = 80;

interface Told {
  readonly line: number;
  readonly column: number | undefined;
  readonly field: string | undefined;
  readonly seen: string;
  readonly expected: string;
  count: number;
}

export class FileMistakes {
  readonly #file: string;
  readonly #told = new Map<string, Told>();
  #untold = 0;

  /** @param file as it is shown */
  constructor(file: string) {
    this.#file = file;
  }

  get isEmpty(): boolean {
    return this.#told.size === 0;
  }

  /**
   * Notes one.
   *
   * @param at line and column from 1; `field` is the column's name in the file, with its row before it
   * @param kind equal for mistakes that are told once
   */
  add(
    at: { readonly line: number; readonly column?: number; readonly field?: string },
    kind: string,
    seen: string,
    expectedOf: () => string,
  ): void {
    const known = this.#told.get(kind);
    if (known !== undefined) known.count++;
    else if (this.#told.size >= FILE_MISTAKES_MAX) this.#untold++;
    else {
      const { line, column, field } = at;
      this.#told.set(kind, { line, column, field, seen, expected: expectedOf(), count: 1 });
    }
  }

  /** In the order of the file, and a word about those that are not shown. */
  list(): readonly Mistake[] {
    const inOrder = [...this.#told.values()].sort((a, b) => a.line - b.line || (a.column ?? 0) - (b.column ?? 0));
    const shown = inOrder.map(({ line, column, field, seen, expected, count }): Mistake => ({
      file: this.#file,
      line,
      ...(column === undefined ? {} : { column }),
      ...(field === undefined ? {} : { field }),
      seen: count === 1 ? seen : `${seen}, as in ${grouped(count - 1)} further ${count === 2 ? "row" : "rows"}`,
      expected,
      standsFor: count,
    }));
    if (this.#untold === 0) return shown;
    const seen = `and ${grouped(this.#untold)} more`;
    return [...shown, { file: this.#file, seen, expected: "mend these first", standsFor: this.#untold }];
  }
}

/** A value of a file in a message. */
export function shownValue(text: string): string {
  return text === "" ? "is empty" : `is "${readableText(text, VALUE_LENGTH_MAX)}"`;
}

/** `1,234` */
export function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ",");
}
