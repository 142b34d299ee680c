/** A figure over several seeds: the least, the median and the most, where never counts as more than any number. */
import type { FigureValue } from "./figures.ts";

/** Over seeds. All three are one word where no seed gave a number or never. */
export interface FigureSpread {
  readonly least: FigureValue;
  readonly median: FigureValue;
  readonly most: FigureValue;
  /** How many seeds gave a number or never: the three are of these alone. */
  readonly from: number;
  /** How many seeds there are, with those that gave nothing and those that are missing. */
  readonly of: number;
}

/**
 * The spread of values, at least one; what has no value is left out where others have one.
 *
 * @param of seeds in all
 */
export function spreadOf(values: readonly FigureValue[], of: number): FigureSpread {
  const sizes = values.flatMap((value) => sizeOf(value) ?? []);
  if (sizes.length === 0) {
    const word = values[0] ?? "not told";
    return { least: word, median: word, most: word, from: 0, of };
  }
  sizes.sort((a, b) => a - b);
  const at = (place: number): number => sizes[place] ?? Infinity;
  const middle = (sizes.length - 1) / 2;
  const [low, high] = [at(Math.floor(middle)), at(Math.ceil(middle))];
  return {
    least: valueOfSize(at(0)),
    median: valueOfSize(low === high ? low : (low + high) / 2),
    most: valueOfSize(at(sizes.length - 1)),
    from: sizes.length,
    of,
  };
}

/** For sorting and drawing: a number, Infinity for never, undefined where there is no value. */
export function sizeOf(value: FigureValue): number | undefined {
  if (typeof value === "number") return value;
  return value === "not reached" ? Infinity : undefined;
}

function valueOfSize(size: number): FigureValue {
  return size === Infinity ? "not reached" : size;
}
