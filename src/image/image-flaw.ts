import { unreachable } from "../base/assert.ts";

/** Why a file cannot be used as an application image. */
export type ImageFlawCode =
  | "too-short"
  | "wrong-magic"
  | "foreign-file"
  | "merged-factory-image"
  | "partition-table"
  | "otadata"
  | "esp8266-image"
  | "segment-count"
  | "unknown-chip"
  | "segment-past-end"
  | "segment-length"
  | "segment-misaligned"
  | "cut-short"
  | "checksum"
  | "sha256"
  | "bootloader"
  | "no-app-description"
  | "trailing-bytes"
  | "damaged-signature"
  | "defects";

/** The first thing wrong with a file: where, what was seen, what would be right. */
export interface ImageFlaw {
  readonly code: ImageFlawCode;
  /** Where in the file the offending bytes begin. */
  readonly offsetBytes: number;
  readonly seen: string;
  readonly expected: string;
}

/** One sentence for a person: what is wrong, what was seen at which byte, what would be right. */
export function flawText(flaw: ImageFlaw): string {
  return `${headline(flaw.code)}: ${flaw.seen} (at byte ${hex(flaw.offsetBytes)}); ${flaw.expected}`;
}

/** A number as `0x1f00`, the way tools of the field print offsets and addresses. */
export function hex(value: number, digits = 1): string {
  return `0x${value.toString(16).padStart(digits, "0")}`;
}

function headline(code: ImageFlawCode): string {
  switch (code) {
    case "too-short":
      return "the file is too short for an application image";
    case "wrong-magic":
    case "foreign-file":
      return "the file is no ESP image";
    case "merged-factory-image":
      return "the file is a merged factory image of the whole flash";
    case "partition-table":
      return "the file is a partition table";
    case "otadata":
      return "the file is an otadata partition";
    case "esp8266-image":
      return "the file is an image for the ESP8266";
    case "segment-count":
      return "the header has a wrong number of segments";
    case "unknown-chip":
      return "the header names an unknown chip";
    case "segment-past-end":
      return "the file ends inside a segment";
    case "segment-length":
      return "a segment has a wrong length";
    case "segment-misaligned":
      return "a segment cannot be mapped from flash";
    case "cut-short":
      return "the file ends too early";
    case "checksum":
      return "the checksum is wrong";
    case "sha256":
      return "the appended SHA-256 is wrong";
    case "bootloader":
      return "the file is a bootloader";
    case "no-app-description":
      return "the image has no application descriptor";
    case "trailing-bytes":
      return "something follows the image";
    case "damaged-signature":
      return "the signature block is damaged";
    case "defects":
      return "the image's list of defects cannot be read";
    default:
      return unreachable(code);
  }
}
