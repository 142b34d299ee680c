/** The JSON Schemas of `sweep.json` and `find.json`; a test holds results, schemas and types together. */
import { z } from "zod";
import { THRESHOLD_RESULT, VERDICT } from "./result-schema.ts";
import { SEARCH_SCHEMA, SEARCH_VERSION } from "./search-result.ts";
import { SWEEP_SCHEMA, SWEEP_VERSION } from "./sweep-result.ts";

const count = z.int().min(0);
const share = z.number().min(0).max(1);
const doneShare = share
  .nullable()
  .describe("The share of its nodes that were done at the end; null = it waits for none");
const value = z
  .union([z.number(), z.enum(["no samples", "too few", "not reached", "not told"])])
  .describe("In the figure's unit, or why there is none");
const spread = z.object({
  least: value,
  median: value,
  most: value,
  doneAtEnd: z
    .object({ least: share, median: share, most: share })
    .nullable()
    .describe("Over the seeds that did not reach it: the share of its nodes that were done at the end; null = unknown"),
  from: count.describe("How many seeds gave a number or were never reached: the three are of these alone"),
  of: count.describe("How many seeds there are"),
});

const figure = z.object({
  name: z.string(),
  title: z.string(),
  unit: z.enum(["us", "share", "count", "perSecond", "bytes", "bytesPerSecond", "money"]),
  meaning: z.string(),
});

const missing = z.object({
  values: z.array(z.string()).describe("In the order of the knobs"),
  seed: count,
  because: z.string(),
});

/** The end of the year 9999, the last that instants are written in. */
const NOW_MS_MAX = 253_402_300_799_999;

const head = {
  scenario: z.object({
    name: z.string(),
    about: z.string(),
    nodes: count,
    jobs: z
      .array(z.object({ name: z.string(), release: z.enum(["at once", "in stages", "stoppable"]) }))
      .optional()
      .describe("How each is released; stoppable: in stages, with a rule that stops it"),
    isModelled: z.boolean().optional().describe("All scenarios have model:, so that peak.egress is of single seconds"),
  }),
  tags: z.record(z.string(), z.string()),
  versions: z.record(z.string(), z.string()),
  command: z.string().describe("The command that repeats it"),
  inputs: z.string().describe("Hex SHA-256 over scenarios and images; of a search, as it began"),
  nowMs: z
    .int()
    .min(0)
    .max(NOW_MS_MAX)
    .optional()
    .describe("What clock.start: now means in it, milliseconds since 1970; left out where nothing begins so"),
};

/** One plan of a sweep, as zod has it. */
export const PLANNED_RUN = z.object({
  seed: count,
  verdict: VERDICT,
  reasons: z.array(z.string()),
  thresholds: z.array(THRESHOLD_RESULT),
  figures: z.array(value).describe("In the order of the sweep's figures"),
  doneShares: z.array(doneShare).optional().describe("In the order of the sweep's figures"),
  end: z
    .object({
      atUs: z.number().describe("Fleet time"),
      by: z.enum(["settled", "time", "stopped"]),
      unseen: count.describe("Targets that were never connected between their job's start and the end"),
      dueBack: count.describe("Of them, who would have come back by the latest end; 0 where nothing hangs on them"),
    })
    .optional(),
});

/** The rules of a sweep, as zod has them. */
export const SWEEP = z
  .object({
    schema: z.literal(SWEEP_SCHEMA),
    version: z.literal(SWEEP_VERSION),
    verdict: VERDICT.describe("Incomplete, or what the best of its points comes to"),
    reasons: z.array(z.string()),
    remarks: z.array(z.string()).describe("Sentences to know; they change nothing of the verdict"),
    ...head,
    seeds: z.array(count),
    knobs: z.array(
      z.object({
        path: z.string(),
        values: z.array(z.string()),
        sizes: z
          .array(z.number())
          .optional()
          .describe("The values as numbers of one unit; left out where they are no numbers of one kind"),
      }),
    ),
    figures: z.array(figure),
    currency: z.string(),
    points: z
      .array(
        z.object({
          values: z.array(z.string()).describe("In the order of the knobs"),
          verdict: VERDICT.describe("The gravest of its runs"),
          runs: z.array(PLANNED_RUN),
          figures: z.array(spread.nullable()).describe("Over seeds, in the order of the sweep's figures"),
        }),
      )
      .describe("Every combination, the first knob changing slowest"),
    missing: z.array(missing).describe("Plans that are not there"),
  })
  .meta({ title: "Result of an otafleet sweep", description: "Durations are in microseconds." });

/** The rules of a search, as zod has them. */
export const SEARCH = z
  .object({
    schema: z.literal(SEARCH_SCHEMA),
    version: z.literal(SEARCH_VERSION),
    answer: z.union([
      z.object({ kind: z.literal("found"), holds: z.string(), fails: z.string(), isRising: z.boolean() }),
      z.object({ kind: z.enum(["holds everywhere", "fails everywhere", "not monotone", "not judged", "stopped"]) }),
    ]),
    sentences: z.array(z.string()).describe("The answer, the weightiest first"),
    remarks: z.array(z.string()).describe("Sentences to know; they change nothing of the answer"),
    ...head,
    knob: z.string(),
    until: z.string(),
    figure,
    limit: z.number().describe("In the figure's unit"),
    currency: z.string(),
    seeds: z.array(count),
    within: z.number(),
    points: z
      .array(
        z.object({
          value: z.string(),
          at: z.number().describe("In the unit that all values of the knob were compared in"),
          holds: z.boolean().nullable().describe("In all seeds; null = it cannot be judged"),
          runs: z.array(z.object({ seed: count, figure: value, doneShare, verdict: VERDICT })),
        }),
      )
      .describe("Every value that was tried, ascending"),
    missing: z.array(missing),
  })
  .meta({ title: "Result of an otafleet search", description: "Durations are in microseconds." });

const headKeys = {
  scenario: true,
  tags: true,
  versions: true,
  command: true,
  inputs: true,
  nowMs: true,
  seeds: true,
  currency: true,
} as const;

/** What is known of a sweep before anything is planned. */
export const SWEEP_HEAD = SWEEP.pick({ ...headKeys, knobs: true, figures: true });

/** The same of a search. */
export const SEARCH_HEAD = SEARCH.pick({
  ...headKeys,
  knob: true,
  until: true,
  figure: true,
  limit: true,
  within: true,
});

/** The JSON Schema (draft 2020-12) of `sweep.json`. */
export function sweepJsonSchema(): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(SWEEP, { io: "output" }) as Record<string, unknown>;
}

/** The JSON Schema (draft 2020-12) of `find.json`. */
export function searchJsonSchema(): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(SEARCH, { io: "output" }) as Record<string, unknown>;
}
