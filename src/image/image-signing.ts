import { constants, createHash, createPrivateKey, type KeyObject, sign } from "node:crypto";
import { UserError } from "../base/user-error.ts";
import { beginsLikeBlock, SIGNATURE_SECTOR_BYTES, writeSignatureBlock } from "./signature-block.ts";
import { readPublicKey } from "./signing-key.ts";

/**
 * Signs an image for Secure Boot V2: pads it with 0xFF to 4 KiB and puts a sector with one block behind it.
 * Both kinds of signature hold random bits, so two signings of one image differ; compare them by `checkSignature`.
 *
 * @param privateKeyPem RSA with 3072 bits, or ECDSA on P-256 or P-384
 */
export function signSecureBootV2(image: Uint8Array, privateKeyPem: string): Uint8Array<ArrayBuffer> {
  const lastSector = image.length - SIGNATURE_SECTOR_BYTES;
  if (lastSector > 0 && lastSector % SIGNATURE_SECTOR_BYTES === 0 && beginsLikeBlock(image, lastSector)) {
    throw new UserError({ field: "image", seen: "is signed already", expected: "sign the image that the build made" });
  }
  const key = readPrivateKey(privateKeyPem);
  const { scheme, keyBytes } = readPublicKey(privateKeyPem);
  const sector = Math.ceil(image.length / SIGNATURE_SECTOR_BYTES) * SIGNATURE_SECTOR_BYTES;
  const signed = new Uint8Array(sector + SIGNATURE_SECTOR_BYTES).fill(0xff);
  signed.set(image);

  const content = signed.subarray(0, sector);
  const hash = scheme === "ecdsa-p384" ? "sha384" : "sha256";
  const digest = createHash(hash).update(content).digest();
  const signature =
    scheme === "rsa-3072"
      ? sign(hash, content, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 })
      : sign(hash, content, { key, dsaEncoding: "ieee-p1363" });
  signed.set(writeSignatureBlock({ scheme, digest, keyBytes, signature }), sector);
  return signed;
}

function readPrivateKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new UserError({ field: "key", seen: "cannot be read", expected: "it must be a private key in PEM" });
  }
}
