/**
 * The JSON Schema of `result.json`, for whoever reads it with other programs. Written in zod, so that a value can be
 * checked with the same rules; a test holds results, schema and the type `RunResult` together.
 */
import { BELIEFS } from "../base/belief.ts";
import { z } from "zod";
import { MODEL_RESULT } from "./model-result-schema.ts";
import { DROP_CAUSES, OPERATOR_ACTS, OPERATOR_EFFECTS } from "./event-record.ts";
import { OUTCOMES, UNFINISHED } from "./outcome-class.ts";
import { ROLLOUT_RESULT } from "./rollout-schema.ts";
import { PERCENTILE, SERIES } from "./series-schema.ts";
import { DEFECT_RESULTS, END_RESULT, RETRY_RESULT } from "./trouble-schema.ts";
import { RESULT_SCHEMA, RESULT_VERSION } from "./run-result.ts";

const count = z.int().min(0);
const instantUs = z.number().describe("Fleet time in microseconds since clock.start");
/** What a run comes to. */
export const VERDICT = z.enum(["passed", "failed", "invalid", "incomplete"]);

const metric = SERIES.extend({
  unit: z.literal("us"),
  clock: z.enum(["wall", "composed"]),
  meaning: z.string(),
  isValid: z.boolean().describe("Thresholds on an invalid metric cannot pass"),
  invalidBecause: z.string(),
  badSamples: count,
  outOfRange: count,
  reachable: SERIES.nullable().describe("The same samples over the reachable nodes"),
  raw: SERIES.nullable().describe("By the fleet's clock alone, waits on the backend stretched by the speed"),
  compression: z.number().nullable().describe("raw / composed at p95"),
  cohorts: z.record(z.string(), SERIES),
  jobs: z.record(z.string(), SERIES).describe("Each over its own targets; empty where the metric is over samples"),
});

const outcomes = z.object({
  targeted: count,
  reachable: count.describe("Connected at least once between job start and end"),
  settled: count.describe("Their outcome cannot change any more"),
  settledUnseen: count.describe("Of the settled, those never reachable: cancelled or expired while they were away"),
  ...(Object.fromEntries(OUTCOMES.map((name) => [name, count])) as Record<(typeof OUTCOMES)[number], typeof count>),
  unfinishedBy: z.record(z.enum(UNFINISHED), z.object({ online: count, offline: count })),
  regressed: count,
  unreported: count,
  installedAfterCancel: count,
});

const truth = z.object({
  matrix: z.record(z.enum(OUTCOMES), z.record(z.enum(BELIEFS), count)).describe("Outcome -> belief -> pairs"),
  falseSuccess: count,
  misled: count,
  disbelieved: count.describe("Run the image, said so and were acknowledged; the backend has something else on record"),
  unreported: count,
  installedAfterCancel: count,
  falseSuccessNodes: z.array(count),
  misledNodes: z.array(count),
});

/** One promise against what came out. */
export const THRESHOLD_RESULT = z.object({
  metric: z.string(),
  expression: z.string(),
  verdict: z.enum(["passed", "failed", "cannot pass"]),
  actual: z.number().nullable(),
  limit: z.number(),
  unit: z.enum(["us", "share", "count"]),
  difference: z.number().nullable(),
  because: z.string(),
});

const staggering = z.object({
  job: z.string(),
  starts: count,
  fullestMinute: count.describe("Starts in the fullest minute of fleet time"),
  peakPerMean: z.number().nullable().describe("Starts in 60 s buckets between the 5 % and the 95 % point"),
  uniformDistance: z.number().nullable().describe("Kolmogorov-Smirnov distance to uniform, 0 to 1"),
  doneUs: z.object({
    p50: z.number().nullable(),
    p90: z.number().nullable(),
    p95: z.number().nullable(),
    p99: z.number().nullable(),
    p100: z.number().nullable(),
  }),
});

const peak = z.object({ count, atUs: z.number().nullable().describe("Begin of the step; null = there were none") });
const peaks = z.object({
  stepUs: z
    .number()
    .describe("A second of fleet time; 2 s, 4 s and so on only where the run lasted longer than twelve days"),
  connects: peak,
  fetches: peak,
  offers: peak,
  downloadsStarted: peak,
  statuses: peak,
  downloadsInFlight: peak.describe("Downloads that went on in the same step"),
});

const column = z.array(z.number());
const timelines = z.object({
  bucketUs: z.number(),
  startUs: z.number(),
  buckets: count,
  nodesOnline: column,
  downloadsInFlight: column.describe("Level at the end of each bucket"),
  downloadsAtOnce: column.describe("The most that went on in the same second (step of the peaks) of each bucket"),
  connects: column,
  fetches: column,
  offers: column,
  downloadsStarted: column,
  downloadsFinished: column,
  bytes: column,
  statuses: column,
  confirmed: column,
  rolledBack: column,
  rejected: column,
  failed: column,
  bricked: column,
  expired: column,
  cancelled: column,
});

const law = z.object({
  id: z.string(),
  sentence: z.string(),
  verdict: z.enum(["held", "broken", "not checkable"]),
  left: z.number().nullable(),
  right: z.number().nullable(),
  detail: z.string(),
});

const lateness = z.object({
  count,
  p99Us: PERCENTILE,
  maxUs: z.number().nullable(),
  limitUs: z.number().nullable(),
  isValid: z.boolean(),
});

const workerHealth = z.object({
  worker: count,
  loopDelayMaxMs: z.number(),
  loopLatenessMs: z.number(),
  cpuMs: z.number(),
  runQueueWaitMs: z.number(),
  socketsMax: count,
});

const generator = z.object({
  verdict: z.enum(["held up", "was the limit"]),
  reasons: z.array(z.string()),
  lateness: z.record(z.string(), lateness),
  droppedStarts: z.record(z.enum(DROP_CAUSES), count),
  badSamples: count,
  tornRecords: count,
  unknownRecords: count,
  workers: z.array(workerHealth),
});

const costLine = z.object({
  item: z.enum(["egress", "messages", "connections", "jobs", "imageOverMqtt", "connectedForAMonth"]),
  quantity: z.number().describe("Bytes, MQTT messages, minutes, or jobs times their targets"),
  amount: z.number().describe("In the currency, not rounded"),
});

const cost = z.object({
  currency: z.string(),
  isAssumed: z.boolean().describe("The scenario gives no prices: list prices of a large cloud are assumed"),
  total: z.number(),
  lines: z.array(costLine).describe("What the run itself used"),
  besides: z.array(costLine).describe("For comparison; no part of the total"),
});

const group = z.object({ name: z.string(), nodes: count, outcomes, completion: SERIES });

/** The rules of a result, as zod has them. */
export const RUN_RESULT = z
  .object({
    schema: z.literal(RESULT_SCHEMA),
    version: z.literal(RESULT_VERSION),
    verdict: VERDICT,
    reasons: z.array(z.string()).describe("Sentences, the weightiest first"),
    remarks: z.array(z.string()).describe("Sentences to know; they change nothing of the verdict"),
    scenario: z.object({ name: z.string(), about: z.string() }),
    tags: z.record(z.string(), z.string()).describe("Names and values that the user gave the run to find it by"),
    seed: z.number(),
    versions: z.record(z.string(), z.string()),
    eventHash: z
      .string()
      .nullable()
      .describe("Of a plan, over all its records in their order; null for a live run, whose order is chance"),
    clock: z.object({
      start: z.string(),
      speed: z.number(),
      driver: z.enum(["live", "virtual"]),
      endedAtUs: instantUs,
      wallMs: z.number().nullable(),
      endedBecause: z.string(),
    }),
    end: END_RESULT,
    populations: z.object({ nodes: count, targeted: count, reachable: count, settled: count }),
    outcomes,
    firmware: z
      .object({
        images: z
          .array(z.object({ project: z.string(), version: z.string(), jobs: z.array(z.string()), nodes: count }))
          .describe("Of the jobs, then what is from before and has no jobs"),
        others: count.describe("Run something else from before"),
        bricked: count,
      })
      .describe("What the nodes run at the end, each counted once"),
    retries: RETRY_RESULT,
    endReasons: z
      .array(
        z.object({
          outcome: z.string(),
          reason: z.string(),
          count,
          beliefs: z.partialRecord(z.enum(BELIEFS), count).describe("What the backend has on record of them"),
        }),
      )
      .describe(
        'Why updates ended bricked, rolled back, rejected or failed, and why the unfinished last failed; "" = the node said nothing',
      ),
    truth,
    thresholds: z.array(THRESHOLD_RESULT),
    metrics: z.record(z.string(), metric),
    staggering: z.array(staggering),
    peaks,
    timelines,
    jobs: z.array(
      z.object({
        name: z.string(),
        createdAtUs: instantUs.nullable(),
        cancelledAtUs: instantUs.nullable(),
        outcomes,
        completion: SERIES,
        confirmed: z
          .array(count)
          .optional()
          .describe(
            "Of its targets those that had confirmed by the end of each bucket of timelines; left out where there is one job",
          ),
        rollout: ROLLOUT_RESULT.optional(),
      }),
    ),
    operator: z
      .array(
        z.object({
          atUs: instantUs,
          act: z.enum(OPERATOR_ACTS),
          job: z.string().nullable(),
          entry: count,
          effect: z.enum(OPERATOR_EFFECTS).describe("Whether it was done; else what it did instead, or why nothing"),
        }),
      )
      .optional()
      .describe("What the timeline let the operator do and befall the run"),
    cohorts: z.array(group),
    zones: z.array(group),
    laws: z.array(law),
    generator,
    faults: z
      .record(
        z.string(),
        z.object({
          of: z.enum(["node", "image", "backend"]),
          drawn: count,
          fired: count,
          isSpared: z.literal(true).optional(),
        }),
      )
      .describe("By name; those of an image by name and version, such as boot-loop@2.0.0"),
    defects: DEFECT_RESULTS.optional(),
    lost: z.object({
      workers: z.array(count),
      nodeRanges: z.array(z.tuple([count, count])).describe("First and last index, both included"),
      nodes: count,
      lostMs: z.number(),
    }),
    counters: z.record(z.string(), z.number()),
    backend: z.record(z.string(), z.number()),
    cost: cost.nullable().describe("What it costs at the scenario's prices, of a plan also at list prices"),
    model: MODEL_RESULT.optional().describe("The modelled servers of a plan whose scenario states a model"),
  })
  .meta({ title: "Result of an otafleet run", description: "Durations and instants are in microseconds." });

/** The JSON Schema (draft 2020-12) of `result.json`. */
export function resultJsonSchema(): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(RUN_RESULT, { io: "output" }) as Record<string, unknown>;
}
