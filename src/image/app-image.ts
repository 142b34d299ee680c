/**
 * The check of an upload: is this file an application image that a node's bootloader would boot, and what is it?
 * The checks run in the order in which they explain most: what the file really is, then its form, then its integrity,
 * then its kind. Sources: esp-idf esp_app_format.h, esp_image_format.c; esptool documentation "Firmware Image Format".
 */
import { createHash } from "node:crypto";
import {
  APP_DESCRIPTION_BYTES,
  APP_DESCRIPTION_OFFSET,
  type AppDescription,
  readAppDescription,
} from "./app-description.ts";
import { type Chip, type ChipName, chipOfId, isFlashMapped, mmuPageBytes, retiredChipTitle } from "./chips.ts";
import { esp8266Flaw, foreignFileFlaw, mergedFactoryFlaw } from "./foreign-file.ts";
import { hex, type ImageFlaw } from "./image-flaw.ts";
import { type ImageDefect, readDefects } from "./image-defects.ts";
import { IMAGE_HEAD_BYTES } from "./image-head.ts";
import { type ImageHeader, readImageHeader } from "./image-header.ts";
import { hexOf } from "./little-endian.ts";
import { checksumOf, checksumOffset, type Segment, walkSegments } from "./segments.ts";
import { type SignatureKind, signatureTail } from "./signature-tail.ts";

const SHA256_BYTES = 32;

/** A whole application image, every check passed. */
export interface AppImage {
  readonly chip: ChipName;
  readonly header: ImageHeader;
  readonly segments: readonly Segment[];
  readonly description: AppDescription;
  /** What it was made to do wrong; a real image has none. */
  readonly defects: readonly ImageDefect[];
  /** XOR of all segment data, seeded with 0xEF. */
  readonly checksum: number;
  /** Hex SHA-256 that the image carries of itself; undefined where the build appended none. */
  readonly appendedSha256: string | undefined;
  /** Header to checksum or appended hash, without any signature. */
  readonly imageLengthBytes: number;
  /** The whole file, signature included. */
  readonly fileLengthBytes: number;
  /** Hex SHA-256 of the whole file. */
  readonly sha256: string;
  /** Hex MD5 of the whole file. */
  readonly md5: string;
  /** The form of what follows the image; `checkSignature` tells whether it is good. */
  readonly signature: SignatureKind;
}

/** An image, or the first reason why the file is none. */
export type AppImageParse =
  | { readonly ok: true; readonly image: AppImage }
  | { readonly ok: false; readonly flaw: ImageFlaw };

/** Reads and checks a whole file. Any bytes are answered with a value; nothing throws. */
export function parseAppImage(bytes: Uint8Array): AppImageParse {
  const image = readAppImage(bytes);
  return "code" in image ? { ok: false, flaw: image } : { ok: true, image };
}

function readAppImage(bytes: Uint8Array): AppImage | ImageFlaw {
  const foreign = foreignFileFlaw(bytes);
  if (foreign !== undefined) return foreign;
  if (bytes.length < IMAGE_HEAD_BYTES) {
    const seen = bytes.length === 0 ? "it is empty" : `it ends after ${bytes.length} bytes`;
    const expected = `header, segment header and descriptor alone take ${IMAGE_HEAD_BYTES} bytes`;
    return { code: "too-short", offsetBytes: bytes.length, seen, expected };
  }
  const header = readImageHeader(bytes);
  const chip = chipOfId(header.chipId);
  const walk = walkSegments(bytes, header.segmentCount);
  // The ESP8266 has the length of a segment where the others have the chip id, so one of the two goes wrong.
  if (chip === undefined || !walk.ok) {
    const esp8266 = esp8266Flaw(bytes);
    if (esp8266 !== undefined) return esp8266;
  }
  if (chip === undefined) return unknownChipFlaw(header.chipId);
  if (!walk.ok) return walk.flaw;

  const integrity = readIntegrity(bytes, header, walk.segments, walk.endBytes);
  if ("code" in integrity) return integrity;
  const description = readAppDescription(bytes);
  if (description === undefined) return otherKindFlaw(bytes, chip, walk.segments, integrity.imageLengthBytes);
  const flaw = mappingFlaw(chip, walk.segments, description);
  if (flaw !== undefined) return flaw;
  const defects = readDefects(bytes, APP_DESCRIPTION_OFFSET + (walk.segments[0]?.lengthBytes ?? 0));
  if ("code" in defects) return defects;
  const tail = signatureTail(bytes, integrity.imageLengthBytes, chip);
  if (tail.kind === "refused") return tail.flaw;
  return {
    chip: chip.name,
    header,
    segments: walk.segments,
    description,
    defects,
    ...integrity,
    fileLengthBytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    md5: createHash("md5").update(bytes).digest("hex"),
    signature: tail.kind,
  };
}

function unknownChipFlaw(chipId: number): ImageFlaw {
  const retired = retiredChipTitle(chipId);
  const seen = `the chip id is ${hex(chipId, 4)}${retired === undefined ? "" : ` (${retired}, never sold)`}`;
  return { code: "unknown-chip", offsetBytes: 12, seen, expected: "it must be the id of a chip of the ESP32 family" };
}

type Integrity = Pick<AppImage, "checksum" | "appendedSha256" | "imageLengthBytes">;

function readIntegrity(
  bytes: Uint8Array,
  header: ImageHeader,
  segments: readonly Segment[],
  segmentsEndBytes: number,
): Integrity | ImageFlaw {
  const checksumAt = checksumOffset(segmentsEndBytes);
  const checkedBytes = checksumAt + 1;
  const imageLengthBytes = checkedBytes + (header.isHashAppended ? SHA256_BYTES : 0);
  if (imageLengthBytes > bytes.length) {
    const seen = `it ends after ${bytes.length} bytes`;
    const expected = `with checksum${header.isHashAppended ? " and SHA-256" : ""} it has ${imageLengthBytes} bytes`;
    return { code: "cut-short", offsetBytes: bytes.length, seen, expected };
  }
  const checksum = checksumOf(bytes, segments);
  const storedChecksum = bytes[checksumAt] ?? 0;
  if (storedChecksum !== checksum) {
    const expected = `the segments have ${hex(checksum, 2)}; the file was damaged, take it from the build again`;
    return { code: "checksum", offsetBytes: checksumAt, seen: `it is ${hex(storedChecksum, 2)}`, expected };
  }
  if (!header.isHashAppended) return { checksum, appendedSha256: undefined, imageLengthBytes };
  const sha256 = createHash("sha256").update(bytes.subarray(0, checkedBytes)).digest("hex");
  const appendedSha256 = hexOf(bytes.subarray(checkedBytes, imageLengthBytes));
  if (appendedSha256 !== sha256) {
    const expected = `the image has ${sha256}; the file was damaged or edited, take it from the build again`;
    return { code: "sha256", offsetBytes: checkedBytes, seen: `it is ${appendedSha256}`, expected };
  }
  return { checksum, appendedSha256, imageLengthBytes };
}

/** What a sound image without an application's descriptor is. */
function otherKindFlaw(
  bytes: Uint8Array,
  chip: Chip,
  segments: readonly Segment[],
  imageLengthBytes: number,
): ImageFlaw {
  const merged = mergedFactoryFlaw(bytes, imageLengthBytes);
  if (merged !== undefined) return merged;
  // Since v5.2 a bootloader has a descriptor of its own, with this first byte. Older ones have none, but run from RAM
  // alone, while an application is mapped from flash.
  const hasBootloaderDescriptor = bytes[APP_DESCRIPTION_OFFSET] === 0x50 && (segments[0]?.lengthBytes ?? 0) >= 80;
  const runsFromRam = !segments.some((segment) => isFlashMapped(chip, segment.loadAddress));
  const expected = "upload the application image, which has 32 54 cd ab there";
  if (runsFromRam) {
    const seen = hasBootloaderDescriptor
      ? "it has the descriptor of a bootloader"
      : "it has no descriptor, and all of its code runs from RAM";
    return { code: "bootloader", offsetBytes: APP_DESCRIPTION_OFFSET, seen, expected };
  }
  const seen = `it has the bytes ${hexOf(bytes.subarray(APP_DESCRIPTION_OFFSET, APP_DESCRIPTION_OFFSET + 4))}`;
  return { code: "no-app-description", offsetBytes: APP_DESCRIPTION_OFFSET, seen, expected };
}

function mappingFlaw(chip: Chip, segments: readonly Segment[], description: AppDescription): ImageFlaw | undefined {
  const first = segments[0];
  if (first === undefined || first.lengthBytes < APP_DESCRIPTION_BYTES) {
    const seen = `segment 0 has ${first?.lengthBytes ?? 0} bytes`;
    const expected = `the descriptor in it takes ${APP_DESCRIPTION_BYTES}`;
    return { code: "segment-length", offsetBytes: APP_DESCRIPTION_OFFSET - 4, seen, expected };
  }
  const pageBytes = mmuPageBytes(chip, description.mmuPageLog2);
  for (const [index, { loadAddress, offsetBytes }] of segments.entries()) {
    if (!isFlashMapped(chip, loadAddress) || loadAddress % pageBytes === offsetBytes % pageBytes) continue;
    const seen = `segment ${index} is to be mapped to ${hex(loadAddress)}`;
    const expected = `place and address must agree modulo the MMU page of ${pageBytes} bytes`;
    return { code: "segment-misaligned", offsetBytes, seen, expected };
  }
  return undefined;
}
