import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { writeU32 } from "../../src/image/little-endian.ts";
import { parsePartitionTable, PARTITIONS_MAX } from "../../src/image/partition-table.ts";

const TWO_OTA: readonly TableEntry[] = [
  ["nvs", 1, 2, 0x9000, 0x4000, 0],
  ["otadata", 1, 0, 0xd000, 0x2000, 0],
  ["factory", 0, 0, 0x10000, 0x100000, 1],
  ["ota_0", 0, 0x10, 0x110000, 0x100000, 0],
  ["ota_1", 0, 0x11, 0x210000, 0x100000, 2],
  ["own", 0x40, 7, 0x310000, 0x1000, 0],
];

test("a table is read entry by entry, subtypes in the words of the field", () => {
  const table = parsePartitionTable(tableOf(TWO_OTA));

  expect(table).toMatchObject({ ok: true, isDigested: true });
  expect(table.ok && table.partitions.map((each) => [each.label, each.purpose])).toEqual([
    ["nvs", "nvs"],
    ["otadata", "ota"],
    ["factory", "factory"],
    ["ota_0", "ota_0"],
    ["ota_1", "ota_1"],
    ["own", "0x07"],
  ]);
  expect(table.ok && table.partitions[2]).toMatchObject({ isEncrypted: true, isReadonly: false, sizeBytes: 0x100000 });
  expect(table.ok && table.partitions[4]).toMatchObject({ isEncrypted: false, isReadonly: true });
});

test("a table may stand anywhere in a file", () => {
  const file = new Uint8Array(0x9000).fill(0xff);
  file.set(tableOf(TWO_OTA), 0x8000);

  expect(parsePartitionTable(file, 0x8000)).toMatchObject({ ok: true, isDigested: true });
});

test("a changed entry is found by the digest", () => {
  const bytes = tableOf(TWO_OTA);
  bytes[9] = 0x55;

  expect(parsePartitionTable(bytes)).toMatchObject({ ok: false, flaw: { offsetBytes: 6 * 32 + 16 } });
});

test("a table of an old build needs no digest", () => {
  expect(parsePartitionTable(tableOf(TWO_OTA, false))).toMatchObject({ ok: true, isDigested: false });
});

test("a table without entries, without an end, or with an entry behind its digest is refused", () => {
  const behind = tableOf(TWO_OTA);
  behind.copyWithin(7 * 32, 0, 32);

  expect(parsePartitionTable(new Uint8Array(64).fill(0xff))).toMatchObject({ flaw: { seen: "the table is empty" } });
  expect(parsePartitionTable(tableOf(TWO_OTA).subarray(0, 7 * 32))).toMatchObject({ flaw: { offsetBytes: 7 * 32 } });
  expect(parsePartitionTable(behind)).toMatchObject({ ok: false, flaw: { offsetBytes: 7 * 32 } });
});

test("a table holds 95 entries and no more", () => {
  const entries = Array.from({ length: PARTITIONS_MAX + 1 }, (): TableEntry => ["own", 0x40, 0, 0x10000, 0x1000, 0]);

  expect(parsePartitionTable(tableOf(entries.slice(1))).ok).toBe(true);
  expect(parsePartitionTable(tableOf(entries)).ok).toBe(false);
});

test("random bytes never throw", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void parsePartitionTable(bytes)));
});

type TableEntry = readonly [
  label: string,
  type: number,
  subtype: number,
  offsetBytes: number,
  sizeBytes: number,
  flags: number,
];

function tableOf(entries: readonly TableEntry[], isDigested = true): Uint8Array {
  const bytes = new Uint8Array((entries.length + 2) * 32).fill(0xff);
  let at = 0;
  for (const [label, type, subtype, offsetBytes, sizeBytes, flags] of entries) {
    bytes.fill(0, at, at + 32);
    bytes.set([0xaa, 0x50, type, subtype], at);
    writeU32(bytes, at + 4, offsetBytes);
    writeU32(bytes, at + 8, sizeBytes);
    bytes.set(Buffer.from(label), at + 12);
    writeU32(bytes, at + 28, flags);
    at += 32;
  }
  if (!isDigested) return bytes;
  bytes.set([0xeb, 0xeb], at);
  bytes.set(createHash("md5").update(bytes.subarray(0, at)).digest(), at + 16);
  return bytes;
}
