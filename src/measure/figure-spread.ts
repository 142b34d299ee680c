/** A figure over several seeds: the least, the median and the most, where never counts as more than any number. */
import type { FigureValue } from "./figures.ts";
import type { PlannedRun } from "./planned-run.ts";

/** A figure of one plan. */
export interface FigureOfPlan {
  readonly value: FigureValue;
  /** The share of its nodes that were done at the end, 0 to 1; null = it waits for none, or nobody told. */
  readonly doneShare: number | null;
}

/** Over seeds. All three are one word where no seed gave a number or never. */
export interface FigureSpread {
  readonly least: FigureValue;
  readonly median: FigureValue;
  readonly most: FigureValue;
  /** Over the seeds that did not reach it: the share of its nodes that were done at the end; null = none, or unknown. */
  readonly doneAtEnd: DoneSpread | null;
  /** How many seeds gave a number or never: the three are of these alone. */
  readonly from: number;
  /** How many seeds there are, with those that gave nothing and those that are missing. */
  readonly of: number;
}

/** Shares, 0 to 1. */
export interface DoneSpread {
  readonly least: number;
  readonly median: number;
  readonly most: number;
}

/**
 * The spread of a figure, of at least one plan; what has no value is left out where others have one.
 *
 * @param of seeds in all
 */
export function spreadOf(plans: readonly FigureOfPlan[], of: number): FigureSpread {
  const sizes = plans.flatMap(({ value }) => sizeOf(value) ?? []);
  if (sizes.length === 0) {
    const word = plans[0]?.value ?? "not told";
    return { least: word, median: word, most: word, doneAtEnd: null, from: 0, of };
  }
  const { least, median, most } = threeOf(sizes);
  const shares = plans.flatMap(({ value, doneShare }) => (value === "not reached" ? (doneShare ?? []) : []));
  return {
    least: valueOfSize(least),
    median: valueOfSize(median),
    most: valueOfSize(most),
    doneAtEnd: shares.length === 0 ? null : threeOf(shares),
    from: sizes.length,
    of,
  };
}

/** @param place of the figure among those that were asked for */
export function figureOfPlan({ figures, doneShares }: Pick<PlannedRun, "figures" | "doneShares">, place: number) {
  return { value: figures[place] ?? "not told", doneShare: doneShares?.[place] ?? null } satisfies FigureOfPlan;
}

/** For sorting and drawing: a number, Infinity for never, undefined where there is no value. */
export function sizeOf(value: FigureValue): number | undefined {
  if (typeof value === "number") return value;
  return value === "not reached" ? Infinity : undefined;
}

/** Of at least one number. */
function threeOf(numbers: readonly number[]): DoneSpread {
  const sorted = numbers.toSorted((a, b) => a - b);
  const at = (place: number): number => sorted[place] ?? Infinity;
  const middle = (sorted.length - 1) / 2;
  const [low, high] = [at(Math.floor(middle)), at(Math.ceil(middle))];
  return { least: at(0), median: low === high ? low : (low + high) / 2, most: at(sorted.length - 1) };
}

function valueOfSize(size: number): FigureValue {
  return size === Infinity ? "not reached" : size;
}
