/**
 * Makes images out of nothing, for rollouts that need no real firmware: a bootloader's checks pass, the code inside is
 * random and does nothing. The same request gives the same bytes.
 *
 *   header | DROM: descriptor, [defects], constants | code in RAM | [not loaded] | IROM: code | checksum | SHA-256
 *
 * Sources: esp-idf esp_image_format.c (what a bootloader checks), esp_app_desc.h.
 */
import { createHash } from "node:crypto";
import { assert } from "../base/assert.ts";
import { howMany } from "../base/how-many.ts";
import { type Mistake, UserError } from "../base/user-error.ts";
import { APP_DESCRIPTION_BYTES, APP_DESCRIPTION_MAGIC, APP_DESCRIPTION_OFFSET } from "./app-description.ts";
import { CHIP_NAMES, type Chip, type ChipName, chipOfName, MMU_PAGE_BYTES } from "./chips.ts";
import { DEFECTS_MAX, defectListBytes, type ImageDefect, isWritable, writeDefects } from "./image-defects.ts";
import { HEADER_BYTES, IMAGE_MAGIC } from "./image-header.ts";
import { writeU16, writeU32 } from "./little-endian.ts";
import { checksumOf, SEGMENT_HEADER_BYTES, type Segment } from "./segments.ts";

/** What to make. */
export interface ImageRequest {
  readonly chip: ChipName;
  /** At most 31 bytes of UTF-8. */
  readonly project: string;
  /** At most 31 bytes of UTF-8. */
  readonly version: string;
  /** 0 to 2^32 - 1; 0 where it is left out. */
  readonly secureVersion?: number;
  /** The file's size; rounded up to a multiple of 16, as every image is one. */
  readonly sizeBytes: number;
  /** What it is to do wrong, at most 8 entries; left out = nothing. */
  readonly defects?: readonly ImageDefect[] | undefined;
  /** Two seeds give two contents under one name and version. */
  readonly seed: number;
}

/** The smallest image that is made: every segment of a real one, with some code in it. */
export const BUILD_BYTES_MIN = 1024;

/** The largest image that is made: the whole of a 16 MiB flash. */
export const BUILD_BYTES_MAX = 16 * 1024 * 1024;

// A field of 32 bytes holds 31 and a NUL, as the build of ESP-IDF cuts them.
const TEXT_BYTES_MAX = 31;
const SHA256_BYTES = 32;
/** Three zero bytes and the checksum: lengths are multiples of 4, so with these the whole is one of 16. */
const CHECKSUM_TAIL_BYTES = 4;
const RAM_CODE_BYTES = 256;
/** Room for a jump and some more: a segment without code would be none. */
const CODE_BYTES_MIN = 64;
// Constants and code are mapped within these bounds on every chip; ESP32-C2 has the least room, 4 MiB for both. What
// is larger goes into a segment that no bootloader loads, but every checksum covers.
const CONSTANTS_BYTES_MAX = 1024 * 1024;
const FLASH_CODE_BYTES_MAX = 2 * 1024 * 1024;

/** Makes an application image that `parseAppImage` accepts; refuses with every mistake of the request at once. */
export function buildAppImage(request: ImageRequest): Uint8Array<ArrayBuffer> {
  const chip = checkedChip(request);
  const sizeBytes = Math.ceil(request.sizeBytes / 16) * 16;
  const bytes = new Uint8Array(sizeBytes);
  // Random bytes do not compress, so a link that compresses carries them like real firmware or worse.
  const seedText = JSON.stringify([chip.name, request.project, request.version, request.seed]);
  bytes.set(createHash("shake128", { outputLength: sizeBytes }).update(seedText).digest());

  const { defects = [] } = request;
  const segments = layOut(chip, sizeBytes, defectListBytes(defects.length));
  for (const { offsetBytes, loadAddress, lengthBytes } of segments) {
    writeU32(bytes, offsetBytes - SEGMENT_HEADER_BYTES, loadAddress);
    writeU32(bytes, offsetBytes - SEGMENT_HEADER_BYTES + 4, lengthBytes);
  }
  writeHeader(bytes, chip, segments.length);
  writeDescription(bytes, request);
  writeDefects(bytes, defects);
  const hashAt = sizeBytes - SHA256_BYTES;
  bytes.fill(0, hashAt - CHECKSUM_TAIL_BYTES, hashAt);
  bytes[hashAt - 1] = checksumOf(bytes, segments);
  bytes.set(createHash("sha256").update(bytes.subarray(0, hashAt)).digest(), hashAt);
  return bytes;
}

function checkedChip(request: ImageRequest): Chip {
  const mistakes: Mistake[] = [];
  const { sizeBytes, secureVersion = 0 } = request;
  const chip = chipOfName(request.chip);
  if (chip === undefined) {
    mistakes.push({ field: "chip", seen: `is "${request.chip}"`, expected: `known are ${CHIP_NAMES.join(", ")}` });
  }
  for (const field of ["project", "version"] as const) {
    const lengthBytes = Buffer.byteLength(request[field]);
    if (lengthBytes > 0 && lengthBytes <= TEXT_BYTES_MAX && !request[field].includes("\0")) continue;
    const seen = `has ${howMany(lengthBytes, "byte")}${request[field].includes("\0") ? " and a NUL among them" : ""}`;
    mistakes.push({ field, seen, expected: `an image has room for 1 to ${TEXT_BYTES_MAX} bytes of text` });
  }
  if (!Number.isInteger(secureVersion) || secureVersion < 0 || secureVersion > 0xffffffff) {
    const expected = "it must be a whole number from 0 to 4294967295";
    mistakes.push({ field: "secureVersion", seen: `is ${secureVersion}`, expected });
  }
  if (!Number.isInteger(sizeBytes) || sizeBytes < BUILD_BYTES_MIN || sizeBytes > BUILD_BYTES_MAX) {
    const expected = `an image is made with ${BUILD_BYTES_MIN} to ${BUILD_BYTES_MAX} bytes (1 KiB to 16 MiB)`;
    mistakes.push({ field: "size", seen: `is ${howMany(sizeBytes, "byte")}`, expected });
  }
  mistakes.push(...defectMistakes(request));
  if (mistakes.length > 0) throw new UserError(mistakes);
  assert(chip !== undefined, "an unknown chip is a mistake");
  return chip;
}

function defectMistakes({ defects = [], sizeBytes }: ImageRequest): readonly Mistake[] {
  const unwritable = defects.find((defect) => !isWritable(defect));
  if (unwritable !== undefined) {
    const expected = "it must have a fault's name, a hardware revision of at most 31 letters, and a share from 0 to 1";
    return [{ field: "defect", seen: `is ${JSON.stringify(unwritable.fault)}`, expected }];
  }
  if (defects.length > DEFECTS_MAX) {
    const expected = `an image carries at most ${DEFECTS_MAX}`;
    return [{ field: "defect", seen: `stands there ${defects.length} times`, expected }];
  }
  const neededBytes = BUILD_BYTES_MIN - freeBytesOf(BUILD_BYTES_MIN) + defectListBytes(defects.length) + CODE_BYTES_MIN;
  if (defects.length === 0 || !(sizeBytes < neededBytes)) return [];
  const expected = `an image with ${howMany(defects.length, "defect")} has at least ${neededBytes} bytes`;
  return [{ field: "size", seen: `is ${howMany(sizeBytes, "byte")}`, expected }];
}

/** What constants and code have in a file of so many bytes. */
function freeBytesOf(sizeBytes: number): number {
  const roomBytes = sizeBytes - HEADER_BYTES - CHECKSUM_TAIL_BYTES - SHA256_BYTES;
  return roomBytes - 3 * SEGMENT_HEADER_BYTES - APP_DESCRIPTION_BYTES - RAM_CODE_BYTES;
}

function layOut(chip: Chip, sizeBytes: number, defectBytes: number): readonly Segment[] {
  let freeBytes = freeBytesOf(sizeBytes);
  // A fifth of a usual application is constants.
  const constantsBytes = Math.max(Math.min(Math.floor(freeBytes / 20) * 4, CONSTANTS_BYTES_MAX), defectBytes);
  freeBytes -= constantsBytes;
  const isAllMapped = freeBytes <= FLASH_CODE_BYTES_MAX;
  const codeBytes = isAllMapped ? freeBytes : FLASH_CODE_BYTES_MAX - SEGMENT_HEADER_BYTES;
  const unloadedBytes = freeBytes - codeBytes - SEGMENT_HEADER_BYTES;

  const dromOffset = APP_DESCRIPTION_OFFSET;
  const dromBytes = APP_DESCRIPTION_BYTES + constantsBytes;
  const ramOffset = dromOffset + dromBytes + SEGMENT_HEADER_BYTES;
  const unloadedOffset = ramOffset + RAM_CODE_BYTES + SEGMENT_HEADER_BYTES;
  const codeOffset = isAllMapped ? unloadedOffset : unloadedOffset + unloadedBytes + SEGMENT_HEADER_BYTES;
  // File offset and address agree modulo a page. Constants come behind the pages of the code, since on most chips the
  // two ranges are one, or use one set of MMU entries by the same low bits.
  const codeAddress = chip.flashCode.start + (codeOffset % MMU_PAGE_BYTES);
  const codePages = Math.ceil(((codeOffset % MMU_PAGE_BYTES) + codeBytes) / MMU_PAGE_BYTES);
  const dromAddress = chip.flashData.start + codePages * MMU_PAGE_BYTES + dromOffset;
  return [
    { loadAddress: dromAddress, offsetBytes: dromOffset, lengthBytes: dromBytes },
    { loadAddress: chip.codeRamStart, offsetBytes: ramOffset, lengthBytes: RAM_CODE_BYTES },
    ...(isAllMapped ? [] : [{ loadAddress: 0, offsetBytes: unloadedOffset, lengthBytes: unloadedBytes }]),
    { loadAddress: codeAddress, offsetBytes: codeOffset, lengthBytes: codeBytes },
  ];
}

function writeHeader(bytes: Uint8Array, chip: Chip, segmentCount: number): void {
  bytes.fill(0, 0, HEADER_BYTES);
  bytes[0] = IMAGE_MAGIC;
  bytes[1] = segmentCount;
  // DIO at half the clock, which every board can do.
  bytes[2] = 2;
  // At least 4 MiB, the smallest flash with two usual slots.
  const flashMegabytesLog2 = Math.max(2, Math.ceil(Math.log2(bytes.length / 2 ** 20)));
  bytes[3] = flashMegabytesLog2 << 4;
  writeU32(bytes, 4, chip.codeRamStart);
  // No write-protect pin.
  bytes[8] = 0xee;
  writeU16(bytes, 12, chip.id);
  writeU16(bytes, 17, 0xffff);
  bytes[23] = 1;
}

function writeDescription(bytes: Uint8Array, request: ImageRequest): void {
  const at = APP_DESCRIPTION_OFFSET;
  // The digest of an ELF file stays random; date and time stay empty, as in reproducible builds.
  bytes.fill(0, at, at + 144);
  bytes.fill(0, at + 176, at + APP_DESCRIPTION_BYTES);
  writeU32(bytes, at, APP_DESCRIPTION_MAGIC);
  writeU32(bytes, at + 4, request.secureVersion ?? 0);
  bytes.set(Buffer.from(request.version), at + 16);
  bytes.set(Buffer.from(request.project), at + 48);
  bytes.set(Buffer.from("made by otafleet"), at + 112);
  writeU16(bytes, at + 178, 0xffff);
  bytes[at + 180] = Math.log2(MMU_PAGE_BYTES);
}
