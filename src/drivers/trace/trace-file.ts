/**
 * `trace.jsonl`: a line for who the node is, a line for each step, and a last line that closes it with a digest. Whatever
 * a replay needs is in it: offers and images in whole, the node's birth and what it shares with its cohort.
 */
import * as z from "zod";
import { type Mistake, UserError } from "../../base/user-error.ts";
import { NEVER } from "../../base/instant.ts";
import type { TraceHead } from "../../fleet/trace.ts";
import type { Offer } from "../../node/offer.ts";
import type { TraceStep } from "../../node/trace-step.ts";
import type { ReadStep } from "./trace-replay.ts";
import type { ReadInput } from "./traced-input.ts";
import { traceDigest } from "./written-trace.ts";

/** A trace that was read. */
export interface ReadTrace {
  readonly head: TraceHead;
  readonly steps: readonly ReadStep[];
  /** False: somebody changed it after it was written. */
  readonly isAsWritten: boolean;
}

const NUMBER = z.number().nonnegative();
const COUNT = z.int().nonnegative();
const BYTES = z.object({ gotBytes: COUNT });
const bare = <const Kind extends ReadInput["kind"]>(...kinds: readonly [Kind, ...Kind[]]) =>
  z.object({ kind: z.enum(kinds) });
const failed = { err: z.string(), errno: z.int() };

const OFFER = z.object({
  flaw: z.enum(["not JSON", "no job id", "no url", "no stream id"]).optional(),
  jobId: z.string().optional(),
  url: z.string().optional(),
  fileMd5: z.string().optional(),
  streamId: z.string().optional(),
  sizeBytes: COUNT,
  version: z.string().optional(),
  validity: z.object({ startSeconds: z.number().optional(), endSeconds: z.number().optional() }).optional(),
  window: z.object({ startMinute: z.number().optional(), endMinute: z.number().optional() }).optional(),
  metadata: z.string().optional(),
});

const IMAGE = z.object({
  project: z.string(),
  version: z.string(),
  secureVersion: COUNT,
  suitsChip: z.boolean(),
  sizeBytes: COUNT,
  sha256: z.string(),
  faults: z
    .array(z.object({ fault: COUNT, hardware: z.string().optional(), share: NUMBER, afterUs: NUMBER }))
    .transform((faults) => faults.map((each) => ({ ...each, hardware: each.hardware })))
    .optional(),
});

const PLAIN_INPUT = z.union([
  bare("deadline reached", "booted", "started", "clock set", "released"),
  bare("connected", "connection refused", "connection lost", "transfer begun", "range refused"),
  z.object({ kind: z.enum(["acknowledged", "nothing offered", "message failed"]), message: COUNT }),
  z.object({ kind: z.literal("publishes refused"), count: COUNT }),
  z.object({ kind: z.literal("app called"), call: z.enum(["fetch", "mark valid", "mark invalid"]) }),
  BYTES.extend({ kind: z.literal("bytes reached") }),
  BYTES.extend({ kind: z.literal("transfer ended"), isComplete: z.boolean(), isIntact: z.boolean() }),
  BYTES.extend({ kind: z.literal("transfer failed"), step: z.enum(["begin", "head", "body"]), ...failed }),
  z.object({ kind: z.literal("image verified"), ...failed }),
]);

const INPUT = z.union([
  PLAIN_INPUT,
  BYTES.extend({ kind: z.literal("power lost"), backAtUs: z.number().nullable() }).transform(
    ({ kind, gotBytes, backAtUs }) => ({ kind, gotBytes, backAtUs: backAtUs ?? NEVER }),
  ),
  OFFER.extend({ kind: z.literal("offered"), offer: COUNT }).transform(({ kind, offer: _, ...offer }) => ({
    kind,
    offer: wholeOffer(offer),
  })),
  IMAGE.extend({ kind: z.literal("image head read") }).transform(({ kind, ...image }) => ({ kind, image })),
]);

const STEP = z.object({
  atUs: z.number(),
  input: INPUT,
  acts: z.array(z.record(z.string(), z.unknown())),
  changed: z.record(z.string(), z.array(z.unknown()).length(2)),
  wakesAtUs: z.number().nullable(),
  wakesFor: z.string(),
});

const HEAD = z.object({
  schema: z.literal("otafleet/trace"),
  version: z.literal(1),
  otafleet: z.string(),
  scenario: z.string(),
  seed: NUMBER,
  startUtcMs: z.number(),
  speed: z.number().positive().optional(),
  adapter: z.string(),
  node: z.object({ index: COUNT.max(2 ** 32), id: z.string(), fileId: z.string(), zoneRule: z.string() }),
  cohort: z.looseObject({
    name: z.string(),
    firstNode: COUNT,
    runs: z.looseObject({ generations: z.array(z.object({ value: z.string(), weight: z.number() })).length(1) }),
    zones: z.array(z.object({ value: z.string(), weight: z.number() })).length(1),
  }),
  birth: z.looseObject({ networkChangesAtUs: z.number().nullable(), bootAtUs: z.number().nullable() }),
  row: z.record(z.string(), z.unknown()),
});

const END = z.object({ end: z.literal(true), steps: COUNT, sha256: z.string() });

/** Mistakes that are told at once. */
const MISTAKES_MAX = 10;

/**
 * Reads a trace's file; throws a `UserError` with what is wrong in it, line by line. A trace that was changed is read
 * all the same, as a replay says more of it than its digest.
 *
 * @param file as messages name it
 */
export function readTrace(text: string, file: string): ReadTrace {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const mistakes: Mistake[] = [];
  const read = <T>(place: number, schema: z.ZodType<T>): { readonly raw: unknown; readonly value: T } | undefined => {
    const line = lines[place] ?? "";
    const parsed = parsedLine(line, schema);
    if (typeof parsed !== "string") return parsed;
    mistakes.push({ file, line: place + 1, seen: parsed, expected: EXPECTED });
    return undefined;
  };
  const head = read(0, HEAD);
  if (head === undefined) throw new UserError({ file, seen: firstSeen(lines), expected: EXPECTED });
  const end = lines.length < 2 ? undefined : parsedLine(lines.at(-1) ?? "", END);
  if (end === undefined || typeof end === "string")
    throw new UserError({
      file,
      line: lines.length,
      seen: "does not end with its last line: it was cut",
      expected: EXPECTED,
    });
  const steps: ReadStep[] = [];
  for (let place = 1; place < lines.length - 1 && mistakes.length < MISTAKES_MAX; place += 1) {
    const step = read(place, STEP);
    const last = steps.at(-1)?.written.atUs ?? -Infinity;
    if (step === undefined) continue;
    if (step.value.atUs < last)
      mistakes.push({ file, line: place + 1, seen: "is earlier than the step before it", expected: EXPECTED });
    steps.push({ input: step.value.input, written: step.raw as TraceStep });
  }
  if (mistakes.length > 0) throw new UserError(mistakes);
  const body = lines
    .slice(0, -1)
    .map((line) => `${line}\n`)
    .join("");
  const isAsWritten = end.value.steps === steps.length && end.value.sha256 === traceDigest(body);
  return { head: headAgain(head.raw), steps, isAsWritten };
}

const EXPECTED = "name a trace.jsonl as `otafleet plan --trace` writes it";

function parsedLine<T>(line: string, schema: z.ZodType<T>): { readonly raw: unknown; readonly value: T } | string {
  let raw: unknown;
  try {
    raw = JSON.parse(line);
  } catch {
    return "is no JSON";
  }
  const parsed = schema.safeParse(raw);
  if (parsed.success) return { raw, value: parsed.data };
  const at = parsed.error.issues[0]?.path.join(".") ?? "";
  return at === "" ? "is no line of a trace" : `is no line of a trace: ${at.slice(0, 60)}`;
}

function firstSeen([first = ""]: readonly string[]): string {
  const parsed = parsedLine(first, z.looseObject({ schema: z.literal("otafleet/trace"), version: z.number() }));
  if (typeof parsed === "string") return "is no trace";
  return parsed.value.version === 1
    ? "has a first line that was changed"
    : `is of version ${parsed.value.version}, where this otafleet reads 1`;
}

/** The head as it was written; what JSON has no word for is put back. */
function headAgain(raw: unknown): TraceHead {
  const head = raw as TraceHead;
  const never = (us: number | null): number => us ?? NEVER;
  const { networkChangesAtUs, bootAtUs } = head.birth;
  const instants = { networkChangesAtUs: never(networkChangesAtUs), bootAtUs: never(bootAtUs) };
  return { ...head, birth: { ...head.birth, ...instants } };
}

/** JSON leaves out what is undefined, and a node looks for it. */
function wholeOffer(offer: z.infer<typeof OFFER>): Offer {
  return {
    flaw: offer.flaw,
    jobId: offer.jobId,
    url: offer.url,
    fileMd5: offer.fileMd5,
    streamId: offer.streamId,
    sizeBytes: offer.sizeBytes,
    version: offer.version,
    validity: offer.validity && { startSeconds: offer.validity.startSeconds, endSeconds: offer.validity.endSeconds },
    window: offer.window && { startMinute: offer.window.startMinute, endMinute: offer.window.endMinute },
    metadata: offer.metadata,
  };
}
