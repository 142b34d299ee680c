/**
 * Places in a line, one for each of some numbers, such that neighbours by number stand far apart. What nodes do one
 * after the other is thereby done by all shards of a fleet at once, and not first by the nodes of one worker and then
 * by those of the next; and whatever else goes by number (cohorts, rows of a fleet file) is spread over the line too.
 */

/** What is left of a line behind its golden section: its multiples fall into the largest gap each time. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

export class EvenPlaces {
  readonly count: number;
  readonly #stride: number;

  /** @param count numbers and places; below 2^26, so that products are exact */
  constructor(count: number) {
    this.count = count;
    this.#stride = strideOf(count);
  }

  /** The place of a number, both from 0 to `count` - 1; no two numbers have the same. */
  of(number: number): number {
    return (number * this.#stride) % this.count;
  }

  /** Where on a line of length 1 the middle of a number's place lies. */
  middleOf(number: number): number {
    return (this.of(number) + 0.5) / this.count;
  }
}

/** The whole number at the golden section, or the next one above it, that has no divisor in common with `count`. */
function strideOf(count: number): number {
  let stride = Math.max(1, Math.round(count * GOLDEN));
  while (commonDivisor(stride, count) > 1) stride += 1;
  return stride;
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}
