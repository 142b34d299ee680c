/**
 * Secure boot signatures: what a node with secure boot would say to a file. Signed bootloaders are answered like signed
 * applications. What the file holds is hostile; the public keys are the user's.
 * Sources: esp-idf secure_boot_signatures_bootloader.c; documentation "Secure Boot V2"; esptool espsecure.
 */
import { constants, createHash, createPublicKey, type KeyObject, verify } from "node:crypto";
import { readImageHeader } from "./image-header.ts";
import { isFilledWith, readU32 } from "./little-endian.ts";
import { checksumOffset, walkSegments } from "./segments.ts";
import {
  beginsLikeBlock,
  BLOCK_BYTES,
  BLOCKS_MAX,
  ELLIPTIC_LAYOUTS,
  isValidBlock,
  montgomeryOf,
  readSignatureBlock,
  SIGNATURE_SECTOR_BYTES,
  type SignatureBlock,
  type SignatureScheme,
} from "./signature-block.ts";
import { type SignatureKind, V1_ALIGNMENT_BYTES, V1_BYTES } from "./signature-tail.ts";
import { digestOfKeyBytes, readPublicKey, type SigningKey } from "./signing-key.ts";

/**
 * What can be said of one signature:
 * good = made by the key in the block, or for V1 by one of the keys given; wrong digest = the content was changed after
 * signing; damaged = no block by its CRC; unusable key = a key that no ROM could compute with; needs a key = V1, which
 * carries none, and none was given.
 */
export type BlockVerdict = "good" | "wrong signature" | "wrong digest" | "damaged" | "unusable key" | "needs a key";

/** One signature in a file. */
export interface CheckedBlock {
  readonly offsetBytes: number;
  /** Undefined in a damaged block. V1 knows ECDSA on P-256 alone. */
  readonly scheme: SignatureScheme | undefined;
  /** Hex SHA-256 that a chip's eFuses would hold for the key in the block; undefined for V1, which carries none. */
  readonly keyDigest: string | undefined;
  readonly verdict: BlockVerdict;
  /** Which of the keys given made a good signature, counted from 0; undefined where none did. */
  readonly signer: number | undefined;
}

/** All signatures of a file. */
export interface SignatureCheck {
  readonly kind: SignatureKind;
  readonly blocks: readonly CheckedBlock[];
  /** Whether a node that trusts the keys given, and no others, would take the file. */
  readonly isAccepted: boolean;
}

/**
 * Checks every signature of a file against the public keys that a node would trust.
 *
 * @param publicKeyPems PEM texts; without any, V2 signatures are still checked against the keys they carry
 */
export function checkSignature(bytes: Uint8Array, publicKeyPems: readonly string[] = []): SignatureCheck {
  const keys = publicKeyPems.map(readPublicKey);
  const sector = bytes.length - SIGNATURE_SECTOR_BYTES;
  if (sector > 0 && sector % SIGNATURE_SECTOR_BYTES === 0 && beginsLikeBlock(bytes, sector)) {
    return checkV2(bytes, sector, keys);
  }
  const v1 = v1Offset(bytes);
  return v1 === undefined ? { kind: "none", blocks: [], isAccepted: false } : checkV1(bytes, v1, keys);
}

function checkV2(bytes: Uint8Array, sector: number, keys: readonly SigningKey[]): SignatureCheck {
  const content = bytes.subarray(0, sector);
  const digests = keys.map((key) => digestOfKeyBytes(key.keyBytes));
  const blocks: CheckedBlock[] = [];
  for (let index = 0; index < BLOCKS_MAX; index += 1) {
    const at = sector + index * BLOCK_BYTES;
    if (isFilledWith(bytes, 0xff, at, at + BLOCK_BYTES)) break;
    const fields = isValidBlock(bytes, at) ? readSignatureBlock(bytes, at) : undefined;
    if (fields === undefined) {
      // What stands behind a block that is none is not looked at, by espsecure or by the ROM.
      blocks.push({ offsetBytes: at, scheme: undefined, keyDigest: undefined, verdict: "damaged", signer: undefined });
      break;
    }
    const keyDigest = digestOfKeyBytes(fields.keyBytes);
    const verdict = verdictOf(fields, content);
    const signer = verdict === "good" ? indexOf(digests, keyDigest) : undefined;
    blocks.push({ offsetBytes: at, scheme: fields.scheme, keyDigest, verdict, signer });
  }
  const readable = blocks.slice(0, blocksReadBy(bytes));
  return { kind: "secure-boot-v2", blocks, isAccepted: readable.some((block) => block.signer !== undefined) };
}

/** ESP32 from revision 3 and ESP32-C2 look at the first block alone. */
function blocksReadBy(bytes: Uint8Array): number {
  const { chipId } = readImageHeader(bytes);
  return chipId === 0x0000 || chipId === 0x000c ? 1 : BLOCKS_MAX;
}

function verdictOf(block: SignatureBlock, content: Uint8Array): BlockVerdict {
  const hash = block.scheme === "ecdsa-p384" ? "sha384" : "sha256";
  if (!createHash(hash).update(content).digest().equals(block.digest)) return "wrong digest";
  const key = keyOf(block);
  if (key === undefined) return "unusable key";
  const options =
    block.scheme === "rsa-3072"
      ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
      : { key, dsaEncoding: "ieee-p1363" as const };
  return verify(hash, content, options, block.signature) ? "good" : "wrong signature";
}

/** The key that a block carries; undefined where it is no point of its curve, or its numbers disagree. */
function keyOf(block: SignatureBlock): KeyObject | undefined {
  if (block.scheme !== "rsa-3072") {
    const crv = ELLIPTIC_LAYOUTS.find((layout) => layout.scheme === block.scheme)?.curve ?? "";
    return keyFrom({ kty: "EC", crv, x: base64url(block.x), y: base64url(block.y) });
  }
  // The ROM takes both helper numbers from the block, so a key with a wrong one would never verify on a chip. The
  // top bit makes the modulus one of 3072 bits, and an even one has no inverse.
  const { modulus, exponent } = block;
  if ((modulus[0] ?? 0) < 0x80 || (modulus.at(-1) ?? 0) % 2 === 0 || exponent !== 65537) return undefined;
  const { montgomeryR, montgomeryM } = montgomeryOf(modulus);
  if (montgomeryM !== block.montgomeryM || Buffer.compare(montgomeryR, block.montgomeryR) !== 0) return undefined;
  return keyFrom({ kty: "RSA", n: base64url(modulus), e: "AQAB" });
}

function keyFrom(jwk: Record<string, string>): KeyObject | undefined {
  try {
    return createPublicKey({ key: jwk, format: "jwk" });
  } catch {
    // A point that is not on the curve. It is the file's flaw, and the verdict names it.
    return undefined;
  }
}

/** Where a V1 signature begins: right behind the image, as the bootloader has it; 12 alignment bytes may follow. */
function v1Offset(bytes: Uint8Array): number | undefined {
  const header = readImageHeader(bytes);
  const walk = walkSegments(bytes, header.segmentCount);
  if (!walk.ok) return undefined;
  const end = checksumOffset(walk.endBytes) + 1 + (header.isHashAppended ? 32 : 0);
  const tailBytes = bytes.length - end;
  const hasV1Length = tailBytes === V1_BYTES || tailBytes === V1_BYTES + V1_ALIGNMENT_BYTES;
  return hasV1Length && readU32(bytes, end) === 0 ? end : undefined;
}

function checkV1(bytes: Uint8Array, offsetBytes: number, keys: readonly SigningKey[]): SignatureCheck {
  const content = bytes.subarray(0, offsetBytes);
  const signature = bytes.subarray(offsetBytes + 4, offsetBytes + V1_BYTES);
  const isMadeBy = ({ scheme, key }: SigningKey): boolean =>
    scheme === "ecdsa-p256" && verify("sha256", content, { key, dsaEncoding: "ieee-p1363" }, signature);
  const signer = found(keys.findIndex(isMadeBy));
  const failure = keys.length === 0 ? "needs a key" : "wrong signature";
  const verdict = signer === undefined ? failure : "good";
  const block: CheckedBlock = { offsetBytes, scheme: "ecdsa-p256", keyDigest: undefined, verdict, signer };
  return { kind: "secure-boot-v1", blocks: [block], isAccepted: signer !== undefined };
}

function indexOf(digests: readonly string[], digest: string): number | undefined {
  return found(digests.indexOf(digest));
}

function found(index: number): number | undefined {
  return index < 0 ? undefined : index;
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}
