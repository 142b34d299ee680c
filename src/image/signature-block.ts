/**
 * The blocks of a Secure Boot V2 signature sector, as fields. Every number inside is little-endian, so that the ROM
 * can take it into its big-number unit; here they are big-endian, as everybody else writes them.
 * Sources: esp-idf esp_secure_boot.h; documentation "Secure Boot V2"; esptool espsecure.
 */
import { crc32 } from "./crc32.ts";
import { readU32, writeU32 } from "./little-endian.ts";

/** The signature sector stands at a multiple of its own size, in bytes. */
export const SIGNATURE_SECTOR_BYTES = 4096;

/** Size of one block in the sector, in bytes. */
export const BLOCK_BYTES = 1216;

/** The most blocks in one sector; ESP32 and ESP32-C2 look at the first alone. */
export const BLOCKS_MAX = 3;

const BLOCK_MAGIC = 0xe7;
const CRC_OFFSET = 1196;
const RSA_BYTES = 384;

/** How a Secure Boot V2 block is signed. */
export type SignatureScheme = "rsa-3072" | "ecdsa-p256" | "ecdsa-p384";

/** The layout of an ECDSA block, in bytes: the digest comes at 4, then the key, then the signature. */
interface EllipticLayout {
  readonly scheme: "ecdsa-p256" | "ecdsa-p384";
  readonly curve: "P-256" | "P-384";
  readonly curveId: number;
  readonly shaId: number;
  readonly numberBytes: number;
  readonly keyOffset: number;
}

/** P-256 first, as most chips know no other. */
export const ELLIPTIC_LAYOUTS: readonly EllipticLayout[] = [
  { scheme: "ecdsa-p256", curve: "P-256", curveId: 2, shaId: 0, numberBytes: 32, keyOffset: 36 },
  { scheme: "ecdsa-p384", curve: "P-384", curveId: 3, shaId: 1, numberBytes: 48, keyOffset: 52 },
];

/** What every block holds, whatever its scheme. */
export interface BlockFields {
  readonly scheme: SignatureScheme;
  /** Digest of everything before the sector. */
  readonly digest: Uint8Array;
  /** The bytes whose SHA-256 the chip's eFuses hold. */
  readonly keyBytes: Uint8Array;
  /** RSA: the number itself; ECDSA: r then s. Big-endian. */
  readonly signature: Uint8Array;
}

/** A block's fields, numbers in big-endian order. */
export type SignatureBlock = BlockFields &
  (
    | {
        readonly scheme: "rsa-3072";
        readonly modulus: Uint8Array;
        readonly exponent: number;
        /** 2^6144 mod modulus, which the ROM uses without checking it. */
        readonly montgomeryR: Uint8Array;
        /** -(modulus^-1) mod 2^32, likewise. */
        readonly montgomeryM: number;
      }
    | { readonly scheme: "ecdsa-p256" | "ecdsa-p384"; readonly x: Uint8Array; readonly y: Uint8Array }
  );

/** Whether the ROM would take this for a block at all: magic, version and CRC. */
export function isValidBlock(bytes: Uint8Array, at: number): boolean {
  const version = bytes[at + 1];
  if (bytes[at] !== BLOCK_MAGIC || (version !== 2 && version !== 3) || at + BLOCK_BYTES > bytes.length) return false;
  return readU32(bytes, at + CRC_OFFSET) === crc32(bytes.subarray(at, at + CRC_OFFSET));
}

/** Whether the first byte of a sector promises a signature. */
export function beginsLikeBlock(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === BLOCK_MAGIC;
}

/** Reads the fields of a valid block; undefined where its curve or hash is none that a chip knows. */
export function readSignatureBlock(bytes: Uint8Array, at: number): SignatureBlock | undefined {
  const block = bytes.subarray(at, at + BLOCK_BYTES);
  return block[1] === 2 ? readRsaBlock(block) : readEllipticBlock(block);
}

/** Lays out a block and puts its CRC behind it. */
export function writeSignatureBlock(fields: BlockFields): Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(BLOCK_BYTES);
  block[0] = BLOCK_MAGIC;
  block[1] = fields.scheme === "rsa-3072" ? 2 : 3;
  block.set(fields.digest, 4);
  if (fields.scheme === "rsa-3072") {
    block.set(fields.keyBytes, 36);
    block.set(fields.signature.toReversed(), 812);
  } else {
    const { shaId, numberBytes, keyOffset } = layoutOf(fields.scheme);
    block[2] = shaId;
    block.set(fields.keyBytes, keyOffset);
    const signatureOffset = keyOffset + 1 + 2 * numberBytes;
    block.set(fields.signature.subarray(0, numberBytes).toReversed(), signatureOffset);
    block.set(fields.signature.subarray(numberBytes).toReversed(), signatureOffset + numberBytes);
  }
  writeU32(block, CRC_OFFSET, crc32(block.subarray(0, CRC_OFFSET)));
  return block;
}

/** The key part of an RSA block: n, e, R and M', all little-endian. */
export function rsaKeyBytes(modulus: Uint8Array, exponent: number): Uint8Array<ArrayBuffer> {
  const keyBytes = new Uint8Array(2 * RSA_BYTES + 8);
  const { montgomeryR, montgomeryM } = montgomeryOf(modulus);
  keyBytes.set(modulus.toReversed(), 0);
  writeU32(keyBytes, RSA_BYTES, exponent);
  keyBytes.set(montgomeryR.toReversed(), RSA_BYTES + 4);
  writeU32(keyBytes, 2 * RSA_BYTES + 4, montgomeryM);
  return keyBytes;
}

/** The key part of an ECDSA block: curve id, then X and Y, little-endian. */
export function ellipticKeyBytes(
  scheme: "ecdsa-p256" | "ecdsa-p384",
  x: Uint8Array,
  y: Uint8Array,
): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([layoutOf(scheme).curveId, ...x.toReversed(), ...y.toReversed()]);
}

/** The two helper numbers of an odd modulus of 3072 bits; the ROM multiplies with them. */
export function montgomeryOf(modulus: Uint8Array): { readonly montgomeryR: Uint8Array; readonly montgomeryM: number } {
  const n = BigInt(`0x${Buffer.from(modulus).toString("hex")}`);
  const r = (1n << 6144n) % n;
  // Newton's iteration doubles the right bits of the inverse each round; an odd number is its own inverse modulo 8.
  let inverse = n & 0xffffffffn;
  for (let rightBits = 3; rightBits < 32; rightBits *= 2) inverse = BigInt.asUintN(32, inverse * (2n - n * inverse));
  const montgomeryR = Buffer.from(r.toString(16).padStart(2 * RSA_BYTES, "0"), "hex");
  return { montgomeryR, montgomeryM: Number(BigInt.asUintN(32, -inverse)) };
}

function readRsaBlock(block: Uint8Array): SignatureBlock {
  return {
    scheme: "rsa-3072",
    digest: block.subarray(4, 36),
    keyBytes: block.subarray(36, 812),
    modulus: block.subarray(36, 420).toReversed(),
    exponent: readU32(block, 420),
    montgomeryR: block.subarray(424, 808).toReversed(),
    montgomeryM: readU32(block, 808),
    signature: block.subarray(812, 1196).toReversed(),
  };
}

function readEllipticBlock(block: Uint8Array): SignatureBlock | undefined {
  const layout = ELLIPTIC_LAYOUTS.find((each) => each.shaId === block[2] && each.curveId === block[each.keyOffset]);
  if (layout === undefined) return undefined;
  const { numberBytes, keyOffset } = layout;
  const number = (index: number): Uint8Array => {
    const at = keyOffset + 1 + index * numberBytes;
    return block.subarray(at, at + numberBytes).toReversed();
  };
  return {
    scheme: layout.scheme,
    digest: block.subarray(4, keyOffset),
    keyBytes: block.subarray(keyOffset, keyOffset + 1 + 2 * numberBytes),
    x: number(0),
    y: number(1),
    signature: Uint8Array.from([...number(2), ...number(3)]),
  };
}

function layoutOf(scheme: "ecdsa-p256" | "ecdsa-p384"): EllipticLayout {
  return ELLIPTIC_LAYOUTS[scheme === "ecdsa-p256" ? 0 : 1] as EllipticLayout;
}
