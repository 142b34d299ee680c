/**
 * Fitting a shape to samples: a fixed value, an exponential or a lognormal distribution, whichever lies nearest to
 * what was measured. How near is told by the Kolmogorov-Smirnov distance and by how far off the percentiles are.
 */
import { assert, unreachable } from "../base/assert.ts";
import { inverseNormal } from "../base/inverse-normal.ts";
import { nearestRank } from "./histogram.ts";

/** A distribution in the words of a scenario. Values are in the samples' unit. */
export type FittedShape =
  | { readonly kind: "fixed"; readonly value: number }
  | { readonly kind: "exponential"; readonly mean: number }
  | { readonly kind: "lognormal"; readonly p50: number; readonly p95: number };

/** How well something that was fitted agrees with what was measured. */
export interface Goodness {
  /** The most by which the two distribution functions differ, 0 to 1; null where no distribution was fitted. */
  readonly distance: number | null;
  /** (fitted - measured) / measured at percentiles; null where there is nothing to divide by. */
  readonly errors: Readonly<Record<"p50" | "p95" | "p99", number | null>>;
}

/** A shape with its evidence. */
export interface ShapeFit {
  readonly shape: FittedShape;
  readonly samples: number;
  readonly goodness: Goodness;
}

/** Below so many samples a 99th percentile is one sample's whim. */
export const SHAPE_SAMPLES_MIN = 100;

const Z95 = 1.6448536269514722;

/** Fits the shape that lies nearest; needs at least `SHAPE_SAMPLES_MIN` samples above 0. */
export function fitShape(samples: Float64Array): ShapeFit {
  assert(samples.length >= SHAPE_SAMPLES_MIN, "a shape is fitted to enough samples");
  const sorted = samples.toSorted();
  const [p50, p95] = [percentileOf(sorted, 0.5), percentileOf(sorted, 0.95)];
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const fixed: FittedShape = { kind: "fixed", value: p50 };
  const spread: FittedShape[] = [
    { kind: "exponential", mean },
    ...(p95 > p50 && p50 > 0 ? [lognormalOf(p50, p95)] : []),
  ];
  // Where nearly all are alike, a width would be made of the clock's own grain.
  const candidates = p95 <= p50 * NARROW ? [fixed] : spread;
  const fits = candidates.map((shape) => ({ shape, samples: sorted.length, goodness: goodnessOf(shape, sorted) }));
  return fits.reduce((best, fit) => ((fit.goodness.distance ?? 1) < (best.goodness.distance ?? 1) ? fit : best));
}

/** p95 / p50 up to which samples count as one value. */
const NARROW = 1.05;

function lognormalOf(p50: number, p95: number): FittedShape {
  return { kind: "lognormal", p50, p95 };
}

/** The value below which a share `u` lies; 0 < u < 1. */
export function shapeQuantile(shape: FittedShape, u: number): number {
  switch (shape.kind) {
    case "fixed":
      return shape.value;
    case "exponential":
      return -shape.mean * Math.log1p(-u);
    case "lognormal":
      return shape.p50 * (shape.p95 / shape.p50) ** (inverseNormal(u) / Z95);
    default:
      return unreachable(shape);
  }
}

/** The mean of a shape. */
export function shapeMean(shape: FittedShape): number {
  switch (shape.kind) {
    case "fixed":
      return shape.value;
    case "exponential":
      return shape.mean;
    case "lognormal":
      return shape.p50 * Math.exp((Math.log(shape.p95 / shape.p50) / Z95) ** 2 / 2);
    default:
      return unreachable(shape);
  }
}

/** A percentile of samples in ascending order, by nearest rank. */
export function percentileOf(sorted: Float64Array, share: number): number {
  return sorted[nearestRank(share, sorted.length) - 1] ?? Number.NaN;
}

function goodnessOf(shape: FittedShape, sorted: Float64Array): Goodness {
  // At each sample's rank the fitted quantile is compared in shares: the distance of Kolmogorov and Smirnov, by quantiles.
  const modelled = Float64Array.from({ length: sorted.length }, (_, rank) =>
    shapeQuantile(shape, (rank + 0.5) / sorted.length),
  );
  return goodnessOfSamples(modelled, sorted);
}

/** Modelled samples against measured ones, both in ascending order. */
export function goodnessOfSamples(modelled: Float64Array, measured: Float64Array): Goodness {
  const errorAt = (share: number): number | null => {
    const [fitted, seen] = [percentileOf(modelled, share), percentileOf(measured, share)];
    return seen > 0 ? (fitted - seen) / seen : null;
  };
  return {
    distance: distanceOf(modelled, measured),
    errors: { p50: errorAt(0.5), p95: errorAt(0.95), p99: errorAt(0.99) },
  };
}

/** The two-sample distance of Kolmogorov and Smirnov. Values that a clock cannot tell apart count as equal. */
function distanceOf(a: Float64Array, b: Float64Array): number {
  let most = 0;
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i]!, b[j]!) * (1 + GRAIN);
    while (i < a.length && a[i]! <= value) i += 1;
    while (j < b.length && b[j]! <= value) j += 1;
    most = Math.max(most, Math.abs(i / a.length - j / b.length));
  }
  return most;
}

/** Relative: a fixed value beside samples that lie a hair about it is no distance of one. */
const GRAIN = 0.05;
