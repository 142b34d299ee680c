/**
 * The otadata partition: two copies of one small record, a flash sector each, which tell the bootloader what to boot.
 * Sources: esp-idf bootloader_common_loader.c, app_update/esp_ota_ops.c.
 */
import { crc32 } from "./crc32.ts";
import { isFilledWith, readU32, writeU32 } from "./little-endian.ts";

/** Size of the partition, in bytes: two flash sectors. */
export const OTADATA_BYTES = 0x2000;

const SECTOR_BYTES = 0x1000;
const ERASED = 0xffffffff;

/** What the rollback machine knows of the image that a copy points to. */
export type OtaState = "new" | "pendingVerify" | "valid" | "invalid" | "aborted" | "undefined";

const STATES: readonly OtaState[] = ["new", "pendingVerify", "valid", "invalid", "aborted"];

/** One of the two copies. */
export interface OtadataCopy {
  /** Counts the switches from 1; 0xFFFFFFFF in an erased sector. */
  readonly sequence: number;
  /** A number without meaning counts as undefined, as the bootloader has it. */
  readonly state: OtaState;
  readonly isCrcRight: boolean;
  /** Whether the bootloader may choose by this copy. */
  readonly isUsable: boolean;
}

/** Both copies and the one that counts. */
export interface Otadata {
  readonly copies: readonly [OtadataCopy, OtadataCopy];
  /** The usable copy with the higher sequence, copy 0 in a tie; undefined where none is usable. */
  readonly active: OtadataCopy | undefined;
}

/** Reads an otadata partition; undefined where the bytes are not two flash sectors. */
export function parseOtadata(bytes: Uint8Array): Otadata | undefined {
  if (bytes.length !== OTADATA_BYTES) return undefined;
  const first = readCopy(bytes, 0);
  const second = readCopy(bytes, SECTOR_BYTES);
  return { copies: [first, second], active: activeOf(first, second) };
}

/** The number of the OTA slot (0 = ota_0) that a sequence points to. */
export function otaSlotOf(sequence: number, slotCount: number): number {
  return (sequence - 1) % slotCount;
}

/** The CRC that stands beside a sequence. It covers the sequence alone, so a changed state needs no new one. */
export function sequenceCrc(sequence: number): number {
  const word = new Uint8Array(4);
  writeU32(word, 0, sequence);
  return crc32(word, ERASED);
}

/** The bytes of a partition with these copies; undefined leaves a sector erased. */
export function buildOtadata(
  copies: readonly [OtadataEntry | undefined, OtadataEntry | undefined],
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(OTADATA_BYTES).fill(0xff);
  copies.forEach((copy, index) => {
    if (copy === undefined) return;
    const at = index * SECTOR_BYTES;
    writeU32(bytes, at, copy.sequence);
    writeU32(bytes, at + 24, copy.state === "undefined" ? ERASED : STATES.indexOf(copy.state));
    writeU32(bytes, at + 28, sequenceCrc(copy.sequence));
  });
  return bytes;
}

/** What a copy is built from. */
export type OtadataEntry = Pick<OtadataCopy, "sequence" | "state">;

/** Whether a file looks like an otadata partition that a node has booted from, and not like anything else of its size. */
export function looksLikeOtadata(bytes: Uint8Array): boolean {
  const otadata = parseOtadata(bytes);
  if (otadata?.active === undefined) return false;
  return isFilledWith(bytes, 0xff, 32, SECTOR_BYTES) && isFilledWith(bytes, 0xff, SECTOR_BYTES + 32, OTADATA_BYTES);
}

function readCopy(bytes: Uint8Array, at: number): OtadataCopy {
  const sequence = readU32(bytes, at);
  const state = STATES[readU32(bytes, at + 24)] ?? "undefined";
  const isCrcRight = readU32(bytes, at + 28) === sequenceCrc(sequence);
  const isUsable = sequence !== ERASED && state !== "invalid" && state !== "aborted" && isCrcRight;
  return { sequence, state, isCrcRight, isUsable };
}

function activeOf(first: OtadataCopy, second: OtadataCopy): OtadataCopy | undefined {
  if (!first.isUsable) return second.isUsable ? second : undefined;
  return second.isUsable && second.sequence > first.sequence ? second : first;
}
