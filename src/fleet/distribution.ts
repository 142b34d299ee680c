/**
 * How a trait varies over the nodes. Values are plain numbers in the unit that the field's name says, and one draw
 * gives one value: `quantile` is the inverse of the distribution function, so no draw is ever thrown away.
 */
import { unreachable } from "../base/assert.ts";
import { inverseNormal } from "../base/inverse-normal.ts";

export type Distribution =
  | { readonly kind: "fixed"; readonly value: number }
  | { readonly kind: "uniform"; readonly min: number; readonly max: number }
  /** Half of all values lie below `p50`, 95 % below `p95`. */
  | { readonly kind: "lognormal"; readonly p50: number; readonly p95: number }
  | { readonly kind: "exponential"; readonly mean: number }
  /** Values below 0 become 0: durations and speeds have no other sense. */
  | { readonly kind: "normal"; readonly mean: number; readonly sd: number };

/** The 95th percentile of the standard normal distribution. */
const Z95 = 1.6448536269514722;

/** The value below which a share `u` of all values lies; 0 < u < 1. */
export function quantile(distribution: Distribution, u: number): number {
  return quantileOf(distribution)(u);
}

/** The same as a function of `u`, for many draws: what does not hang on the draw is reckoned once. */
export function quantileOf(distribution: Distribution): (u: number) => number {
  switch (distribution.kind) {
    case "fixed": {
      const { value } = distribution;
      return () => value;
    }
    case "uniform": {
      const { min, max } = distribution;
      return (u) => min + (max - min) * u;
    }
    case "lognormal": {
      const { p50 } = distribution;
      const sigma = sigmaOf(distribution);
      return (u) => p50 * Math.exp(sigma * inverseNormal(u));
    }
    case "exponential": {
      const { mean: meanValue } = distribution;
      return (u) => -meanValue * Math.log1p(-u);
    }
    case "normal": {
      const { mean: centre, sd } = distribution;
      return (u) => Math.max(0, centre + sd * inverseNormal(u));
    }
    default:
      return unreachable(distribution);
  }
}

/** The mean of all values. For "normal" the cut at 0 is left out of account. */
export function mean(distribution: Distribution): number {
  switch (distribution.kind) {
    case "fixed":
      return distribution.value;
    case "uniform":
      return (distribution.min + distribution.max) / 2;
    case "lognormal":
      return distribution.p50 * Math.exp(sigmaOf(distribution) ** 2 / 2);
    case "exponential":
    case "normal":
      return distribution.mean;
    default:
      return unreachable(distribution);
  }
}

/**
 * What is left of a spell that an observer finds under way at an arbitrary instant. Long spells are found more
 * often, so the spell found is drawn by its length (`u`), and the observer stands anywhere in it (`at`).
 * Sigman, "Stationary marked point processes": the residual life of a renewal process.
 */
export function residual(distribution: Distribution, u: number, at: number): number {
  switch (distribution.kind) {
    case "fixed":
      return distribution.value * at;
    case "uniform": {
      const { min, max } = distribution;
      return Math.sqrt(min * min + (max * max - min * min) * u) * at;
    }
    case "lognormal": {
      // A lognormal weighted by its own value is a lognormal again, its median moved by sigma squared.
      const sigma = sigmaOf(distribution);
      return distribution.p50 * Math.exp(sigma * sigma + sigma * inverseNormal(u)) * at;
    }
    case "exponential":
      return quantile(distribution, u);
    case "normal":
      // A narrow normal is near enough to its own weighted form; a wide one is no sensible spell.
      return quantile(distribution, u) * at;
    default:
      return unreachable(distribution);
  }
}

function sigmaOf(lognormal: { readonly p50: number; readonly p95: number }): number {
  return Math.log(lognormal.p95 / lognormal.p50) / Z95;
}
