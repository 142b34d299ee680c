/**
 * Keys for Secure Boot V2, in the forms in which blocks hold them. What is not a key of a fitting kind is a mistake of
 * the person who names it.
 */
import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import { UserError } from "../base/user-error.ts";
import { ELLIPTIC_LAYOUTS, ellipticKeyBytes, rsaKeyBytes, type SignatureScheme } from "./signature-block.ts";

/** A key and what a block holds of it. */
export interface SigningKey {
  readonly scheme: SignatureScheme;
  readonly key: KeyObject;
  readonly keyBytes: Uint8Array<ArrayBuffer>;
}

const EXPECTED_KEY = "it must be a PEM key: RSA with 3072 bits, or ECDSA on P-256 or P-384";

/** Hex SHA-256 of a public key as the eFuses of a chip hold it; a private key in the PEM gives that of its public half. */
export function secureBootV2KeyDigest(pem: string): string {
  return digestOfKeyBytes(readPublicKey(pem).keyBytes);
}

/** Hex SHA-256 of the key part of a block. */
export function digestOfKeyBytes(keyBytes: Uint8Array): string {
  return createHash("sha256").update(keyBytes).digest("hex");
}

/** Reads a public key; a private one stands for its public half. */
export function readPublicKey(pem: string): SigningKey {
  try {
    return describeKey(createPublicKey(pem));
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw new UserError({ field: "key", seen: "cannot be read", expected: EXPECTED_KEY });
  }
}

/** What a block holds of a public key. */
function describeKey(key: KeyObject): SigningKey {
  const { kty, crv, n, e, x, y } = key.export({ format: "jwk" });
  if (kty === "RSA" && n !== undefined && e !== undefined) {
    const modulus = Buffer.from(n, "base64url");
    const exponent = Number.parseInt(Buffer.from(e, "base64url").toString("hex"), 16);
    if (modulus.length === 384 && exponent === 65537) {
      return { scheme: "rsa-3072", key, keyBytes: rsaKeyBytes(modulus, exponent) };
    }
    const seen = `is an RSA key of ${modulus.length * 8} bits with exponent ${exponent}`;
    throw new UserError({ field: "key", seen, expected: `${EXPECTED_KEY}; the exponent must be 65537` });
  }
  const layout = ELLIPTIC_LAYOUTS.find((each) => each.curve === crv);
  if (kty === "EC" && layout !== undefined && x !== undefined && y !== undefined) {
    const keyBytes = ellipticKeyBytes(layout.scheme, Buffer.from(x, "base64url"), Buffer.from(y, "base64url"));
    return { scheme: layout.scheme, key, keyBytes };
  }
  throw new UserError({ field: "key", seen: `is of kind ${crv ?? kty ?? key.type}`, expected: EXPECTED_KEY });
}
