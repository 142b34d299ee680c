import { readU16, readU32 } from "./little-endian.ts";

/** The first byte of every image of the family, bootloaders and ESP8266 images included. */
export const IMAGE_MAGIC = 0xe9;

/** Size of the header, in bytes; the first segment header follows. */
export const HEADER_BYTES = 24;

/** The most segments that a bootloader accepts (esp-idf ESP_IMAGE_MAX_SEGMENTS). */
export const SEGMENTS_MAX = 16;

/** How the flash chip is read, as the header has it. */
export type SpiMode = "QIO" | "QOUT" | "DIO" | "DOUT" | "FAST_READ" | "SLOW_READ";

const SPI_MODES: readonly SpiMode[] = ["QIO", "QOUT", "DIO", "DOUT", "FAST_READ", "SLOW_READ"];

/** The 24 bytes in front of the segments. */
export interface ImageHeader {
  readonly segmentCount: number;
  /** Undefined for a value that no chip knows. */
  readonly spiMode: SpiMode | undefined;
  /** The raw nibble: 0, 1, 2 = the flash clock divided by 2, 3, 4; 15 = undivided. */
  readonly spiSpeed: number;
  /** Flash size that the build was made for, in megabytes; undefined for a value that stands for none. */
  readonly flashMegabytes: number | undefined;
  readonly entryAddress: number;
  readonly chipId: number;
  /** The older revision field: the major number on most chips, the minor number on ESP32-C3. */
  readonly minChipRevisionOld: number;
  /** Lowest chip revision that may run the image, as major * 100 + minor. */
  readonly minChipRevision: number;
  /** Highest chip revision that may run the image, as major * 100 + minor; undefined where no bound is set. */
  readonly maxChipRevision: number | undefined;
  /** Whether a SHA-256 follows the checksum. The bootloader takes any value but 0 for yes. */
  readonly isHashAppended: boolean;
}

/** Reads the header fields; the bytes need not be an image, so a caller checks magic, count and chip. */
export function readImageHeader(bytes: Uint8Array): ImageHeader {
  const speedAndSize = bytes[3] ?? 0;
  const sizeLog2 = speedAndSize >> 4;
  const maxRevision = readU16(bytes, 17);
  return {
    segmentCount: bytes[1] ?? 0,
    spiMode: SPI_MODES[bytes[2] ?? 0xff],
    spiSpeed: speedAndSize & 0x0f,
    flashMegabytes: sizeLog2 <= 7 ? 2 ** sizeLog2 : undefined,
    entryAddress: readU32(bytes, 4),
    chipId: readU16(bytes, 12),
    minChipRevisionOld: bytes[14] ?? 0,
    minChipRevision: readU16(bytes, 15),
    // esp-idf IS_MAX_REV_SET: both extremes stand for "not set".
    maxChipRevision: maxRevision === 0 || maxRevision === 0xffff ? undefined : maxRevision,
    isHashAppended: (bytes[23] ?? 0) !== 0,
  };
}
