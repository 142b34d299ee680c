import type { Chip } from "./chips.ts";
import type { ImageFlaw } from "./image-flaw.ts";
import { isFilledWith, readU32 } from "./little-endian.ts";
import { beginsLikeBlock, isValidBlock, SIGNATURE_SECTOR_BYTES } from "./signature-block.ts";

/** How an image is signed for secure boot. */
export type SignatureKind = "none" | "secure-boot-v1" | "secure-boot-v2";

/** A signature of the first version: a version word, r and s. */
export const V1_BYTES = 68;

/** Bytes that `--secure-pad` leaves behind a V1 signature so that the file ends with a 64 KiB page. */
export const V1_ALIGNMENT_BYTES = 12;

/** What follows an image: nothing, a signature that begins at `offsetBytes`, or something that should not be there. */
export type SignatureTail =
  | { readonly kind: SignatureKind; readonly offsetBytes: number }
  | { readonly kind: "refused"; readonly flaw: ImageFlaw };

/** Tells what the bytes behind the image are, by their form; whether a signature is good needs keys. */
export function signatureTail(bytes: Uint8Array, imageEndBytes: number, chip: Chip): SignatureTail {
  const tailBytes = bytes.length - imageEndBytes;
  if (tailBytes === 0) return { kind: "none", offsetBytes: imageEndBytes };
  const hasV1Length = tailBytes === V1_BYTES || tailBytes === V1_BYTES + V1_ALIGNMENT_BYTES;
  // No later chip knows the first version.
  if (chip.name === "esp32" && hasV1Length && readU32(bytes, imageEndBytes) === 0) {
    return { kind: "secure-boot-v1", offsetBytes: imageEndBytes };
  }
  const sector = Math.ceil(imageEndBytes / SIGNATURE_SECTOR_BYTES) * SIGNATURE_SECTOR_BYTES;
  if (bytes.length === sector + SIGNATURE_SECTOR_BYTES && beginsLikeBlock(bytes, sector)) {
    if (isValidBlock(bytes, sector)) return { kind: "secure-boot-v2", offsetBytes: sector };
    const seen = "its version or CRC is wrong";
    return refused({ code: "damaged-signature", offsetBytes: sector, seen, expected: "sign the image again" });
  }
  return refused(trailingFlaw(bytes, imageEndBytes));
}

function trailingFlaw(bytes: Uint8Array, imageEndBytes: number): ImageFlaw {
  const tailBytes = bytes.length - imageEndBytes;
  const isErased = isFilledWith(bytes, 0xff, imageEndBytes, bytes.length);
  const what = isErased ? "erased flash, 0xff throughout" : "no signature";
  const seen = `${tailBytes} more ${tailBytes === 1 ? "byte" : "bytes"} (${what})`;
  const expected = `upload the image's ${imageEndBytes} bytes alone, or with a whole signature`;
  return { code: "trailing-bytes", offsetBytes: imageEndBytes, seen, expected };
}

function refused(flaw: ImageFlaw): SignatureTail {
  return { kind: "refused", flaw };
}
