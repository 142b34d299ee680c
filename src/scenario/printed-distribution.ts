import { unreachable } from "../base/assert.ts";
import type { Distribution } from "../fleet/distribution.ts";
import type { Unit } from "./units.ts";

/** A distribution in the words of a scenario: a value, or a law with its figures. */
export function printedDistribution(distribution: Distribution, unit: Unit): unknown {
  switch (distribution.kind) {
    case "fixed":
      return unit.print(distribution.value);
    case "uniform":
      return { uniform: { min: unit.print(distribution.min), max: unit.print(distribution.max) } };
    case "lognormal":
      return { lognormal: { p50: unit.print(distribution.p50), p95: unit.print(distribution.p95) } };
    case "exponential":
      return { exponential: { mean: unit.print(distribution.mean) } };
    case "normal":
      return { normal: { mean: unit.print(distribution.mean), sd: unit.print(distribution.sd) } };
    default:
      return unreachable(distribution);
  }
}
