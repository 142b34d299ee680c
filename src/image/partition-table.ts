/**
 * The partition table: 32-byte entries, an MD5 of them, and an erased entry as end mark.
 * Sources: esp-idf esp_flash_partitions.h, flash_partitions.c; documentation "Partition Tables".
 */
import { createHash } from "node:crypto";
import { hex } from "./image-flaw.ts";
import { hexOf, isFilledWith, readText, readU16, readU32 } from "./little-endian.ts";

const ENTRY_BYTES = 32;
const ENTRY_MAGIC = 0x50aa;
const MD5_MAGIC = 0xebeb;

/** The most entries that fit into 0xC00 bytes with an end mark (esp-idf ESP_PARTITION_TABLE_MAX_ENTRIES). */
export const PARTITIONS_MAX = 95;

/** One partition. */
export interface Partition {
  readonly label: string;
  /** 0 app, 1 data, 2 bootloader, 3 partition table, from 0x40 on the project's own. */
  readonly type: number;
  readonly subtype: number;
  /** The subtype in the words of the field, `ota_0` or `nvs`; its hexadecimal number where it has no word. */
  readonly purpose: string;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
  readonly isEncrypted: boolean;
  readonly isReadonly: boolean;
}

/** What is wrong with a partition table. */
export interface PartitionTableFlaw {
  readonly offsetBytes: number;
  readonly seen: string;
  readonly expected: string;
}

/** A table, or the first thing wrong with it. `isDigested` is false for tables of old builds, which have no MD5. */
export type PartitionTableParse =
  | { readonly ok: true; readonly partitions: readonly Partition[]; readonly isDigested: boolean }
  | { readonly ok: false; readonly flaw: PartitionTableFlaw };

/** Reads a table that begins at this offset; what follows its end mark is not looked at. */
export function parsePartitionTable(bytes: Uint8Array, startBytes = 0): PartitionTableParse {
  const partitions: Partition[] = [];
  let isDigested = false;
  for (let at = startBytes; ; at += ENTRY_BYTES) {
    if (at + ENTRY_BYTES > bytes.length) return refused(at, "the bytes end", "an erased entry must close the table");
    if (isFilledWith(bytes, 0xff, at, at + ENTRY_BYTES)) break;
    const magic = readU16(bytes, at);
    if (magic === MD5_MAGIC && !isDigested) {
      const right = createHash("md5").update(bytes.subarray(startBytes, at)).digest("hex");
      const seen = hexOf(bytes.subarray(at + 16, at + ENTRY_BYTES));
      if (seen !== right) return refused(at + 16, `the MD5 is ${seen}`, `the entries before it have ${right}`);
      isDigested = true;
      continue;
    }
    // An entry behind the digest would be one that nothing protects.
    if (magic !== ENTRY_MAGIC || isDigested) {
      return refused(at, `an entry begins with ${hex(magic, 4)}`, `entries begin with ${hex(ENTRY_MAGIC, 4)}`);
    }
    if (partitions.length === PARTITIONS_MAX) {
      return refused(at, `entry ${PARTITIONS_MAX + 1} begins`, `a table has at most ${PARTITIONS_MAX} entries`);
    }
    partitions.push(readPartition(bytes, at));
  }
  if (partitions.length === 0) return refused(startBytes, "the table is empty", "a table has at least one entry");
  return { ok: true, partitions, isDigested };
}

const DATA_PURPOSES = new Map([
  [0x00, "ota"],
  [0x01, "phy"],
  [0x02, "nvs"],
  [0x03, "coredump"],
  [0x04, "nvs_keys"],
  [0x05, "efuse_em"],
  [0x81, "fat"],
  [0x82, "spiffs"],
  [0x83, "littlefs"],
]);

function readPartition(bytes: Uint8Array, at: number): Partition {
  const type = bytes[at + 2] ?? 0;
  const subtype = bytes[at + 3] ?? 0;
  const flags = readU32(bytes, at + 28);
  return {
    label: readText(bytes, at + 12, 16),
    type,
    subtype,
    purpose: purposeOf(type, subtype) ?? hex(subtype, 2),
    offsetBytes: readU32(bytes, at + 4),
    sizeBytes: readU32(bytes, at + 8),
    isEncrypted: (flags & 1) !== 0,
    isReadonly: (flags & 2) !== 0,
  };
}

function purposeOf(type: number, subtype: number): string | undefined {
  if (type === 1) return DATA_PURPOSES.get(subtype);
  if (type !== 0) return undefined;
  if (subtype === 0x00) return "factory";
  if (subtype === 0x20) return "test";
  return subtype >= 0x10 && subtype <= 0x1f ? `ota_${subtype - 0x10}` : undefined;
}

function refused(offsetBytes: number, seen: string, expected: string): PartitionTableParse {
  return { ok: false, flaw: { offsetBytes, seen, expected } };
}
