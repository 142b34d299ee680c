import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { batchFrame, readFrames } from "../../src/measure/batch-frame.ts";
import { RECORD_BYTES, RECORD_KINDS } from "../../src/measure/event-record.ts";
import { readyHistograms } from "../../src/measure/histogram.ts";
import { writeRecord } from "../../src/measure/record-codec.ts";
import { addBatch, emptyState } from "../../src/measure/reducer.ts";
import { factsOf, planOf } from "./history.ts";
import { computeResult } from "../../src/measure/result.ts";

beforeAll(readyHistograms);

const wild = fc.constantFrom(0, -1, 1, 0.5, 1e9, -1e18, 1e300, Infinity, -Infinity, Number.NaN);
const record = fc.tuple(
  fc.integer({ min: 0, max: RECORD_KINDS.length + 3 }),
  fc.oneof(fc.nat(7), fc.constant(0xffff_ffff)),
  fc.oneof(fc.nat(1_000_000_000), wild),
  fc.integer({ min: 0, max: 255 }),
  fc.constantFrom(0, 1, 2, 0xfffe, 0xffff),
  fc.oneof(fc.nat(5_000_000), wild),
  fc.oneof(fc.nat(5_000_000), wild),
);

test("records of any kind in any order, from a log that somebody forged, come to a result and never throw", () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 60 }), fc.nat(40), (records, tail) => {
      const bytes = new Uint8Array(records.length * RECORD_BYTES + tail);
      const view = new DataView(bytes.buffer);
      records.forEach((each, index) => writeRecord(view, index * RECORD_BYTES, ...each));
      const { batches } = readFrames(batchFrame({ run: "r", shard: 0, sequence: 0, bytes }), "r");
      const state = emptyState(planOf(8));

      for (const batch of batches) addBatch(state, batch);

      expect(["passed", "failed", "invalid", "incomplete"]).toContain(computeResult(state, factsOf()).verdict);
    }),
    { numRuns: 150, seed: 1 },
  );
});
