/** The JSON Schema of `compare.json`; a test holds comparisons, schema and the type `Comparison` together. */
import { z } from "zod";
import { COMPARISON_SCHEMA, COMPARISON_VERSION } from "./comparison.ts";
import { VERDICT } from "./result-schema.ts";
import { COMPARED_PERCENTILES } from "./run-difference.ts";
import { PERCENTILE } from "./series-schema.ts";

const count = z.int().min(0);
const share = z
  .number()
  .nullable()
  .describe("(first - second) / second; null where one of them is no number, or the second alone is 0");

const run = z.object({
  folder: z.string().describe("As the user named it"),
  name: z.string(),
  driver: z.enum(["live", "virtual"]),
  verdict: VERDICT,
  seed: z.number(),
  nodes: count,
  speed: z.number(),
  clockStart: z.string(),
  endedAtUs: z.number().describe("Fleet time in microseconds since clock.start"),
});

const counted = z.object({ name: z.string(), first: count, second: count, difference: z.int() });

const percentile = z.object({
  metric: z.string(),
  percentile: z.enum(COMPARED_PERCENTILES),
  first: PERCENTILE,
  second: PERCENTILE,
  share,
  unusableBecause: z.string().describe('"" = both may be used'),
});

const peak = z.object({
  name: z.string(),
  unit: z.enum(["per second", "level"]),
  first: z.number(),
  second: z.number(),
  share,
});

const limit = z.object({
  on: z.string().describe("outcomes, peaks, or the name of a metric"),
  share: z.number().min(0).describe("By how much they may lie apart, 0 to 1"),
  chance: z.number().min(0).describe("By how much besides, as counts of a moment differ by chance"),
  what: z.string().describe("What was compared"),
  actual: z.number().nullable().describe("The difference as a share; null = there is none that could be told"),
  isHeld: z.boolean(),
  because: z.string().describe('A sentence where it is not held, "" else'),
});

const column = z.array(z.number());

/** The rules of a comparison, as zod has them. */
export const COMPARISON = z
  .object({
    schema: z.literal(COMPARISON_SCHEMA),
    version: z.literal(COMPARISON_VERSION),
    verdict: z.enum(["within", "beyond", "not judged"]).describe("Not judged: no limit was asked for"),
    reasons: z.array(z.string()).describe("Sentences; none unless it is beyond"),
    remarks: z.array(z.string()).describe("Sentences to know before a number is believed"),
    first: run,
    second: run,
    scenario: z.object({
      isSame: z.boolean(),
      sha256: z.tuple([z.string(), z.string()]).describe("Of what may not differ, in hex"),
      differs: z.array(z.string()).describe("Blocks that differ and must not"),
      mayDiffer: z.array(z.string()).describe("Blocks that differ and may"),
    }),
    limits: z.array(limit),
    targeted: counted,
    outcomes: z.array(counted),
    counts: z.array(counted),
    percentiles: z.array(percentile),
    peaks: z.array(peak).describe("The highest bucket of each timeline: events a second of fleet time, or a level"),
    completionDistance: z
      .number()
      .nullable()
      .describe("The most by which the completion curves differ at one moment, as a share of all targets"),
    timelines: z.object({
      bucketUs: z.number(),
      curves: z.array(z.object({ name: z.string(), kind: z.enum(["level", "events"]), first: column, second: column })),
    }),
  })
  .meta({
    title: "Comparison of two otafleet runs",
    description: "Durations are in microseconds. Differences are the first minus the second, shares are of the second.",
  });

/** The JSON Schema (draft 2020-12) of `compare.json`. */
export function comparisonJsonSchema(): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(COMPARISON, { io: "output" }) as Record<string, unknown>;
}
