/**
 * Messages and offers by their place in a trace, from 1: numbers of books are given again once they are released, and
 * hang on what other nodes do. Each side of a replay counts for itself, and comes to the same places.
 */
import { assert } from "../../base/assert.ts";

export class TraceNumbers {
  readonly #places = new Map<number, number>();
  readonly #numbers = new Map<number, number>();

  /** The next place is that of a number of the book. */
  add(number: number): number {
    const place = this.#numbers.size + 1;
    this.#places.set(number, place);
    this.#numbers.set(place, number);
    return place;
  }

  /** The place of a number; 0 = of none. */
  placeOf(number: number): number {
    return number === 0 ? 0 : (this.#places.get(number) ?? 0);
  }

  /** The number of the book that has a place. */
  numberOf(place: number): number | undefined {
    return this.#numbers.get(place);
  }
}

/** What a trace counts. */
export interface TraceCounts {
  readonly messages: TraceNumbers;
  readonly offers: TraceNumbers;
}

/** Nothing counted yet. */
export function newTraceCounts(): TraceCounts {
  return { messages: new TraceNumbers(), offers: new TraceNumbers() };
}

/** The place of what a row names; asserts that it is in the trace. */
export function knownPlace(numbers: TraceNumbers, number: number): number {
  const place = numbers.placeOf(number);
  assert(place !== 0 || number === 0, `entry ${number} is in the trace`);
  return place;
}
