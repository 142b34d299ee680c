/** The rules of a series in a result, as zod has them. */
import { z } from "zod";

const count = z.int().min(0);

/** A percentile, or why there is none. */
export const PERCENTILE = z
  .union([z.number(), z.enum(["no samples", "too few", "not reached"])])
  .describe("In the metric's unit, by nearest rank; or why there is none");

/** One series. */
export const SERIES = z.object({
  population: z.enum(["samples", "targeted", "reachable"]),
  size: count.describe("Nodes of the population, or samples: what a percentile's share is a share of"),
  count,
  min: z.number().nullable(),
  max: z.number().nullable(),
  mean: z.number().nullable(),
  p50: PERCENTILE,
  p75: PERCENTILE,
  p90: PERCENTILE,
  p95: PERCENTILE,
  p99: PERCENTILE,
  p999: PERCENTILE,
});
