import { generateKeyPairSync, type KeyPairKeyObjectResult } from "node:crypto";
import { describe, expect, test } from "vitest";
import { UserError } from "../../src/base/user-error.ts";
import { parseAppImage } from "../../src/image/app-image.ts";
import { buildAppImage } from "../../src/image/build-image.ts";
import { crc32 } from "../../src/image/crc32.ts";
import { signSecureBootV2 } from "../../src/image/image-signing.ts";
import { writeU32 } from "../../src/image/little-endian.ts";
import { checkSignature } from "../../src/image/signature.ts";
import { secureBootV2KeyDigest } from "../../src/image/signing-key.ts";

const p256 = pairOf(generateKeyPairSync("ec", { namedCurve: "P-256" }));
const p384 = pairOf(generateKeyPairSync("ec", { namedCurve: "P-384" }));
const rsa = pairOf(generateKeyPairSync("rsa", { modulusLength: 3072 }));

const IMAGE = buildAppImage({ chip: "esp32c3", project: "signed", version: "1.0.0", sizeBytes: 10_000, seed: 1 });
const SECTOR = 12_288;

describe.each([
  ["ecdsa-p256", p256, { signature: 101, numbers: [37, 69] }],
  ["ecdsa-p384", p384, { signature: 149, numbers: [53, 101] }],
  ["rsa-3072", rsa, { signature: 812, numbers: [36, 420, 424, 808] }],
] as const)("an image signed with %s", (scheme, pair, at) => {
  const signed = signSecureBootV2(IMAGE, pair.privateKey);

  test("is accepted by a node that trusts the key, and is still an application", () => {
    const check = checkSignature(signed, [pair.publicKey]);

    const keyDigest = secureBootV2KeyDigest(pair.publicKey);
    const block = { offsetBytes: SECTOR, scheme, keyDigest, verdict: "good", signer: 0 };
    expect(check).toEqual({ kind: "secure-boot-v2", blocks: [block], isAccepted: true });
    expect(signed.length).toBe(SECTOR + 4096);
    expect(parseAppImage(signed)).toMatchObject({ ok: true, image: { signature: "secure-boot-v2" } });
  });

  test("is not accepted by a node that trusts another key or none", () => {
    const other = scheme === "ecdsa-p256" ? p384 : p256;

    expect(checkSignature(signed, [other.publicKey]).isAccepted).toBe(false);
    expect(checkSignature(signed).isAccepted).toBe(false);
  });

  test("has a wrong digest once a byte of it changes, padding included", () => {
    for (const offset of [500, SECTOR - 1]) {
      const check = checkSignature(flipped(signed, offset), [pair.publicKey]);

      expect(check).toMatchObject({ blocks: [{ verdict: "wrong digest" }], isAccepted: false });
    }
  });

  test("has a wrong signature once that changes under a right CRC", () => {
    const forged = withCrc(flipped(signed, SECTOR + at.signature));

    const check = checkSignature(forged, [pair.publicKey]);

    expect(check).toMatchObject({ blocks: [{ verdict: "wrong signature" }], isAccepted: false });
  });

  test("has a key that no ROM can use once any number of it changes under a right CRC", () => {
    for (const offset of at.numbers) {
      const check = checkSignature(withCrc(flipped(signed, SECTOR + offset)), [pair.publicKey]);

      expect(check).toMatchObject({ blocks: [{ verdict: "unusable key" }], isAccepted: false });
    }
  });

  test("has a damaged block once a byte changes that the CRC covers, and is refused on upload", () => {
    const damaged = flipped(signed, SECTOR + at.signature);

    expect(checkSignature(damaged, [pair.publicKey])).toMatchObject({ blocks: [{ verdict: "damaged" }] });
    expect(parseAppImage(damaged)).toMatchObject({ ok: false, flaw: { code: "damaged-signature" } });
  });

  test("is unsigned without its last sector, or without its last byte", () => {
    expect(checkSignature(signed.subarray(0, SECTOR)).kind).toBe("none");
    expect(checkSignature(signed.subarray(0, -1)).kind).toBe("none");
  });

  test("is not signed twice", () => {
    expect(() => signSecureBootV2(signed, pair.privateKey)).toThrow(/is signed already/);
  });
});

test("a node of a chip that reads one block does not accept a file for its second", () => {
  const image = buildAppImage({ chip: "esp32", project: "signed", version: "1.0.0", sizeBytes: 10_000, seed: 1 });
  const both = signSecureBootV2(image, rsa.privateKey);
  const second = signSecureBootV2(image, p256.privateKey);
  both.set(second.subarray(SECTOR, SECTOR + 1216), SECTOR + 1216);

  expect(checkSignature(both, [p256.publicKey])).toMatchObject({ blocks: [{}, { signer: 0 }], isAccepted: false });
  expect(checkSignature(both, [rsa.publicKey])).toMatchObject({ isAccepted: true });
});

test("a check leaves the bytes as they were, also in a Buffer, whose slices share memory", () => {
  for (const pair of [rsa, p256, p384]) {
    const signed = Buffer.from(signSecureBootV2(Buffer.from(IMAGE), pair.privateKey));
    const before = Buffer.from(signed);

    expect(checkSignature(signed, [pair.publicKey]).isAccepted).toBe(true);
    expect(parseAppImage(signed).ok).toBe(true);

    expect(signed.equals(before)).toBe(true);
  }
});

test("what stands behind a damaged block is not looked at", () => {
  const signed = signSecureBootV2(IMAGE, p256.privateKey);
  const block = signed.slice(SECTOR, SECTOR + 1216);
  signed.set(block, SECTOR + 1216);

  const check = checkSignature(flipped(signed, SECTOR + 600), [p256.publicKey]);

  expect(check).toMatchObject({ blocks: [{ verdict: "damaged" }], isAccepted: false });
  expect(check.blocks).toHaveLength(1);
});

test("keys that Secure Boot V2 does not know are refused with what would be right", () => {
  const short = pairOf(generateKeyPairSync("rsa", { modulusLength: 2048 }));
  const edwards = pairOf(generateKeyPairSync("ed25519"));

  expect(() => signSecureBootV2(IMAGE, short.privateKey)).toThrow(/2048 bits.*RSA with 3072 bits/);
  expect(() => signSecureBootV2(IMAGE, edwards.privateKey)).toThrow(UserError);
  expect(() => signSecureBootV2(IMAGE, p256.publicKey)).toThrow(/must be a private key/);
  expect(() => checkSignature(IMAGE, ["no key"])).toThrow(UserError);
});

function flipped(bytes: Uint8Array, offset: number): Uint8Array {
  const copy = bytes.slice();
  copy[offset] = (copy[offset] ?? 0) ^ 0x01;
  return copy;
}

function withCrc(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  writeU32(copy, SECTOR + 1196, crc32(copy.subarray(SECTOR, SECTOR + 1196)));
  return copy;
}

interface PemPair {
  readonly publicKey: string;
  readonly privateKey: string;
}

function pairOf({ publicKey, privateKey }: KeyPairKeyObjectResult): PemPair {
  return {
    publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
    privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}
