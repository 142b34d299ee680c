/**
 * What a file is that someone uploads in place of an application image. Naming it tells the person at once which file
 * to take; "wrong first byte" would not. Nothing here decides whether an image is good.
 */
import { IMAGE_MAGIC, SEGMENTS_MAX } from "./image-header.ts";
import { hex, type ImageFlaw } from "./image-flaw.ts";
import { isFilledWith, readU32 } from "./little-endian.ts";
import { looksLikeOtadata } from "./otadata.ts";
import { parsePartitionTable } from "./partition-table.ts";
import { walkSegments } from "./segments.ts";

const APP_ALONE = "upload the application image alone, the .bin that the build names after the project";
const OTHER_CHIP = "the nodes are ESP32 chips: take an image that was built for one of them";
const SECTOR_BYTES = 0x1000;

/** Where bootloaders lie in merged images that do not begin with one: ESP32 and S2; P4, C5, H4 and S31. */
const BOOTLOADER_OFFSETS = [0x1000, 0x2000];

/** Files of other kinds by how they begin. Latin-1 text, so that binary and text signatures are written alike. */
const SIGNATURES: readonly (readonly [begin: string, title: string])[] = [
  ["PK\x03\x04", "a ZIP archive"],
  ["\x1f\x8b", "a gzip file"],
  ["\x7fELF", "an ELF file, from which the build makes the image"],
  ["UF2\n", "a UF2 file"],
  ["BZh", "a bzip2 file"],
  ["\xfd7zXZ", "an xz file"],
  ["\x28\xb5\x2f\xfd", "a Zstandard file"],
  ["-----BEGIN", "a PEM key or certificate"],
  ["<", "an HTML or XML text, perhaps an error page in place of a download"],
  ["{", "a JSON text"],
  ["version https://git-lfs", "a Git LFS pointer in place of the file"],
];

/** Names a file that does not begin like an image; undefined where it does. */
export function foreignFileFlaw(bytes: Uint8Array): ImageFlaw | undefined {
  if (bytes[0] === IMAGE_MAGIC || bytes.length === 0) return undefined;
  const seenByte = `its first byte is ${hex(bytes[0] ?? 0, 2)}`;
  if (bytes[0] === 0xff) return erasedBeginFlaw(bytes, seenByte);
  if (bytes[0] === 0xaa && bytes[1] === 0x50) return flaw("partition-table", 0, "it begins like one, with aa 50");
  if (looksLikeOtadata(bytes)) return flaw("otadata", 0, "it begins with a record whose CRC is right");
  const title = titleOf(bytes);
  if (title !== undefined) return flaw("foreign-file", 0, `it is ${title}`);
  // Boot version 2 images of the ESP8266 begin with another magic byte than everything else.
  if (bytes[0] === 0xea && bytes[1] === 4) return esp8266Image(0, "it has a header of boot version 2");
  return { code: "wrong-magic", offsetBytes: 0, seen: seenByte, expected: `an image begins with ${hex(IMAGE_MAGIC)}` };
}

/**
 * Names an image for the ESP8266, which begins with the same byte but has an 8-byte header: its first load address
 * stands where an ESP32 header has pin settings.
 */
export function esp8266Flaw(bytes: Uint8Array): ImageFlaw | undefined {
  const count = bytes[1] ?? 0;
  const address = readU32(bytes, 8);
  // Data RAM, code RAM and mapped flash of the ESP8266.
  const isEsp8266Address = address >= 0x3ffe8000 && address < 0x40300000;
  if (!isEsp8266Address || count === 0 || count > SEGMENTS_MAX || !walkSegments(bytes, count, 8).ok) return undefined;
  return esp8266Image(8, `behind an 8-byte header comes a segment for ${hex(address)}`);
}

/** Names a merged image that begins with a whole bootloader, as for S3 and C3, by the partition table behind it. */
export function mergedFactoryFlaw(bytes: Uint8Array, bootloaderEndBytes: number): ImageFlaw | undefined {
  const first = Math.ceil(bootloaderEndBytes / SECTOR_BYTES) * SECTOR_BYTES;
  for (let at = first; at + SECTOR_BYTES <= bytes.length; at += SECTOR_BYTES) {
    if (parsePartitionTable(bytes, at).ok) {
      return flaw("merged-factory-image", at, "a partition table comes behind a bootloader at 0x0");
    }
  }
  return undefined;
}

function erasedBeginFlaw(bytes: Uint8Array, seenByte: string): ImageFlaw {
  const at = BOOTLOADER_OFFSETS.find((offset) => bytes[offset] === IMAGE_MAGIC);
  if (at !== undefined) return flaw("merged-factory-image", at, "a bootloader comes behind erased flash");
  const isErased = isFilledWith(bytes, 0xff, 0, bytes.length);
  const seen = isErased ? "it is erased flash, 0xff throughout" : seenByte;
  return { code: "wrong-magic", offsetBytes: 0, seen, expected: `an image begins with ${hex(IMAGE_MAGIC)}` };
}

function titleOf(bytes: Uint8Array): string | undefined {
  const begin = String.fromCharCode(...bytes.subarray(0, 32));
  if (/^:[0-9A-Fa-f]{8}/.test(begin)) return "an Intel HEX file";
  if (/^S[0-3][0-9A-Fa-f]{6}/.test(begin)) return "a Motorola S-record file";
  // RFC 1950: method 8 with a 32 KiB window, and the two bytes, read big-endian, are a multiple of 31.
  if (bytes[0] === 0x78 && (0x7800 | (bytes[1] ?? 0)) % 31 === 0) return "a zlib stream";
  return SIGNATURES.find(([signature]) => begin.startsWith(signature))?.[1];
}

function flaw(code: ImageFlaw["code"], offsetBytes: number, seen: string): ImageFlaw {
  return { code, offsetBytes, seen, expected: APP_ALONE };
}

function esp8266Image(offsetBytes: number, seen: string): ImageFlaw {
  return { code: "esp8266-image", offsetBytes, seen, expected: OTHER_CHIP };
}
