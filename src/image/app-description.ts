import { hexOf, readText, readU16, readU32 } from "./little-endian.ts";

/** The first word of an application's descriptor (esp-idf ESP_APP_DESC_MAGIC_WORD). */
export const APP_DESCRIPTION_MAGIC = 0xabcd5432;

/** Where the descriptor of an application stands in its file: the first data of the first segment. */
export const APP_DESCRIPTION_OFFSET = 32;

/** Size of the descriptor, in bytes. */
export const APP_DESCRIPTION_BYTES = 256;

/** What an application says about itself (esp-idf esp_app_desc_t). Arduino builds carry the core builder's words. */
export interface AppDescription {
  readonly project: string;
  readonly version: string;
  /** The anti-rollback number: a node whose eFuses hold a larger one refuses the image. */
  readonly secureVersion: number;
  readonly idfVersion: string;
  /** `Mmm dd yyyy`, or empty in reproducible builds. */
  readonly compileDate: string;
  /** `hh:mm:ss`, or empty in reproducible builds. */
  readonly compileTime: string;
  /** Hex SHA-256 of the ELF file that the image was made from; it says nothing about the image's own bytes. */
  readonly elfSha256: string;
  /** Lowest revision of the eFuse block, as major * 100 + minor. */
  readonly minEfuseBlockRevision: number;
  /** Highest revision of the eFuse block, as major * 100 + minor. */
  readonly maxEfuseBlockRevision: number;
  /** Logarithm to base 2 of the MMU page in bytes; 0 in older builds. */
  readonly mmuPageLog2: number;
}

/** Reads the descriptor at its fixed place; undefined where the magic word is missing or the bytes end early. */
export function readAppDescription(bytes: Uint8Array): AppDescription | undefined {
  const at = APP_DESCRIPTION_OFFSET;
  if (bytes.length < at + APP_DESCRIPTION_BYTES || readU32(bytes, at) !== APP_DESCRIPTION_MAGIC) return undefined;
  return {
    secureVersion: readU32(bytes, at + 4),
    version: readText(bytes, at + 16, 32),
    project: readText(bytes, at + 48, 32),
    compileTime: readText(bytes, at + 80, 16),
    compileDate: readText(bytes, at + 96, 16),
    idfVersion: readText(bytes, at + 112, 32),
    elfSha256: hexOf(bytes.subarray(at + 144, at + 176)),
    minEfuseBlockRevision: readU16(bytes, at + 176),
    maxEfuseBlockRevision: readU16(bytes, at + 178),
    mmuPageLog2: bytes[at + 180] ?? 0,
  };
}
