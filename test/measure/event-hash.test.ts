import fc from "fast-check";
import { expect, test } from "vitest";
import type { RecordSink } from "../../src/measure/event-record.ts";
import { EventHash } from "../../src/measure/event-hash.ts";

type Numbers = Parameters<RecordSink["record"]>;

const RECORD: fc.Arbitrary<Numbers> = fc.tuple(
  fc.nat(40),
  fc.nat(10_000_000),
  fc.maxSafeNat(),
  fc.nat(255),
  fc.nat(65_535),
  fc.maxSafeNat(),
  fc.maxSafeNat(),
);

test("records pass through as they are", () => {
  const seen: Numbers[] = [];
  const hash = new EventHash({ record: (...numbers) => void seen.push(numbers) });

  hash.record(3, 7, 1_000.5, 2, 65_535, -1, 0.25);

  expect(seen).toEqual([[3, 7, 1_000.5, 2, 65_535, -1, 0.25]]);
});

test("equal records in an equal order have one hash of sixteen digits, and none begins with that of nothing", () => {
  fc.assert(
    fc.property(fc.array(RECORD, { maxLength: 20 }), (records) => {
      expect(hashOf(records)).toBe(hashOf(records));
      expect(hashOf(records)).toMatch(/^[0-9a-f]{16}$/);
    }),
  );
  expect(hashOf([[0, 0, 0, 0, 0, 0, 0]])).not.toBe(hashOf([]));
});

test("one number that is another, one record that is missing, or two that change places make another hash", () => {
  fc.assert(
    fc.property(fc.array(RECORD, { minLength: 2, maxLength: 20 }), fc.nat(), fc.nat(6), (records, place, field) => {
      const at = place % records.length;
      const changed = records.map((record, index) => {
        const copy: Numbers = [...record];
        if (index === at) copy[field] = (record[field] as number) + 1;
        return copy;
      });
      const shorter = records.filter((_, index) => index !== at);
      const swapped = records.map((record, index) => {
        const other = index === 0 ? 1 : index === 1 ? 0 : index;
        return records[other] ?? record;
      });

      expect(hashOf(changed)).not.toBe(hashOf(records));
      expect(hashOf(shorter)).not.toBe(hashOf(records));
      if (String(records[0]) !== String(records[1])) expect(hashOf(swapped)).not.toBe(hashOf(records));
    }),
  );
});

test("twenty thousand records that differ in one number have as many hashes", () => {
  const hashes = new Set(Array.from({ length: 20_000 }, (_, at) => hashOf([[1, at, 5, 0, 0, 0, 0]])));

  expect(hashes.size).toBe(20_000);
});

function hashOf(records: readonly Numbers[]): string {
  const hash = new EventHash({ record: () => {} });
  for (const record of records) hash.record(...record);
  return hash.hex;
}
