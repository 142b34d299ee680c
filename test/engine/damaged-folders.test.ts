import { cpSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { EventLog } from "../../src/engine/event-log.ts";
import { readEventLog } from "../../src/engine/event-log-reader.ts";
import { reportOf } from "../../src/engine/recompute.ts";
import { BatchWriter, type EndMark, type RecordBatch } from "../../src/measure/record-batch.ts";
import { UserError } from "../../src/base/user-error.ts";
import { DAMAGED_FILES } from "../fixtures/bad-input/run-folders.ts";
import { freshPath, smallRun, smallScenario } from "./small-runs.ts";

let whole: string;
let verdict: string;

beforeAll(async () => {
  const end = await smallRun(smallScenario("nodes=12", "fleet.cohorts.homes.autofetch.every=2h"), { workers: 2 });
  whole = end.folder;
  verdict = end.result.verdict;
});

test.each(DAMAGED_FILES)("a folder with $title: $outcome", async ({ file, damage, outcome }) => {
  const folder = freshPath();
  cpSync(whole, folder, { recursive: true });
  damage(join(folder, file));

  const outcomes = [await outcomeOf(folder), await outcomeOf(folder)];

  expect(outcomes[0]?.slice(0, outcome.replace("DIR", folder).length)).toBe(outcome.replace("DIR", folder));
  expect(outcomes[1]).toBe(outcomes[0]);
});

test("a folder that is whole has the verdict of its run", async () => {
  const result = await reportOf(whole);

  expect(result.verdict).toBe(verdict);
});

test("a log whose tail is torn counts up to the tear, and says so", async () => {
  const torn = freshPath();
  cpSync(whole, torn, { recursive: true });
  const log = join(torn, "events.log");
  truncateSync(log, Math.floor(statSync(log).size / 2) + 1);

  const result = await reportOf(torn);

  expect(result.verdict).toBe("incomplete");
  expect(result.reasons.slice(0, 2)).toEqual([
    "The records of shard 0 have no end mark.",
    "The records of shard 1 have no end mark.",
  ]);
  expect(result.generator.tornRecords).toBeGreaterThan(0);
});

test("a log that is read in parts, however small they are, holds the batches and marks that were written", () => {
  const written = [1, 40, 0, 7, 300].map((records, shard) => batchOf(records, shard));
  const path = freshPath();
  const log = new EventLog(path);
  for (const { batch, mark } of written) {
    log.addBatch(batch);
    log.addEndMark(mark);
  }
  log.close();
  const longest = Math.max(...written.map(({ batch }) => batch.bytes.length)) + 24;

  fc.assert(
    fc.property(fc.integer({ min: longest, max: longest * 3 }), (partBytes) => {
      const batches: RecordBatch[] = [];
      const { endMarks, tornBytes } = readEventLog(path, "run", (batch) => batches.push(batch), partBytes);

      expect([batches.length, endMarks.length, tornBytes]).toEqual([written.length, written.length, 0]);
      expect(batches).toEqual(written.map(({ batch }) => batch));
    }),
    { numRuns: 30, seed: 4 },
  );
});

test("a log that anybody may have changed is read up to the change, and never throws", () => {
  const path = join(whole, "events.log");
  const bytes = readFileSync(path);
  const changed = freshPath();

  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.uint8Array({ minLength: 1, maxLength: 40 }), (at, by) => {
      const copy = Buffer.from(bytes);
      copy.set(by.subarray(0, copy.length - at), at);
      writeFileSync(changed, copy);

      const { tornBytes } = readEventLog(changed, "run", () => undefined, 64 * 1_024);

      expect(tornBytes).toBeGreaterThanOrEqual(0);
      if (!copy.equals(bytes)) expect(tornBytes).toBeGreaterThan(0);
    }),
    { numRuns: 60, seed: 5 },
  );
});

function batchOf(records: number, shard: number): { readonly batch: RecordBatch; readonly mark: EndMark } {
  const writer = new BatchWriter("run", shard);
  for (let record = 0; record < records; record++) writer.record(record % 5, record, record, 0, 0, record, 0);
  return { batch: writer.flush(), mark: writer.end() };
}

/** The refusal as it is told, or the verdict with its first reason that speaks of evidence. */
async function outcomeOf(folder: string): Promise<string> {
  try {
    const { verdict: of, reasons } = await reportOf(folder);
    return `${of}: ${reasons.join(" ")}`;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message;
  }
}
