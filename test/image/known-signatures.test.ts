import { createHash, createPublicKey } from "node:crypto";
import { describe, expect, test } from "vitest";
import { checkSignature } from "../../src/image/signature.ts";
import { secureBootV2KeyDigest } from "../../src/image/signing-key.ts";
import { firmware, firmwareText, hasFirmware } from "./firmware-folder.ts";

const BODY_BYTES = 0x8000;
const RSA_DIGEST_2 = "901a7409238d52d4cbf96f563fb3f4296dabd66a33f53b15eecd8cb3e7ec45d3";

const key = (name: string): string => firmwareText(`secure-boot/${name}.pem`);

describe.skipIf(!hasFirmware)("real signatures", () => {
  test.each([
    ["rsa-3072", "bootloader_signed_v2_rsa", "rsa_secure_boot_signing_pubkey"],
    ["ecdsa-p256", "bootloader_signed_v2_ecdsa256", "ecdsa256_secure_boot_signing_pubkey"],
  ])("a Secure Boot V2 block with %s is accepted with its own key and with no other", (scheme, file, keyName) => {
    const signed = firmware(`secure-boot/${file}.bin`);
    const own = key(keyName);
    const other = key(`${keyName}2`);

    const check = checkSignature(signed, [other, own]);

    const block = { offsetBytes: BODY_BYTES, scheme, verdict: "good", signer: 1 };
    expect(check).toMatchObject({ kind: "secure-boot-v2", blocks: [block], isAccepted: true });
    expect(check.blocks[0]?.keyDigest).toBe(secureBootV2KeyDigest(own));
    expect(checkSignature(signed, [other])).toMatchObject({ blocks: [{ verdict: "good" }], isAccepted: false });
  });

  test("a sector with three blocks names the signer of each", () => {
    const signed = firmware("secure-boot/bootloader_multi_signed_v2_rsa.bin");
    const keys = [key("rsa_secure_boot_signing_pubkey"), key("rsa_secure_boot_signing_pubkey2")];

    const check = checkSignature(signed, keys);

    expect(check.blocks.map(({ offsetBytes, verdict, signer }) => [offsetBytes, verdict, signer])).toEqual([
      [0x8000, "good", 0],
      [0x84c0, "good", 1],
      [0x8980, "good", undefined],
    ]);
  });

  test("key digests are the ones that eFuses hold", () => {
    const digest = Buffer.from(firmware("secure-boot/rsa_public_key_digest.bin")).toString("hex");

    expect(secureBootV2KeyDigest(key("rsa_secure_boot_signing_pubkey"))).toBe(digest);
    expect(secureBootV2KeyDigest(key("rsa_secure_boot_signing_pubkey2"))).toBe(RSA_DIGEST_2);
    expect(secureBootV2KeyDigest(key("ecdsa256_secure_boot_signing_pubkey2"))).toBe(
      "716eea788455201eee3f0718945e3aac27b42fe338f51b1403cd8e77962b9386",
    );
  });

  test("a Secure Boot V1 signature is accepted with its key, also where the key is given as raw X and Y", () => {
    const signed = firmware("secure-boot/bootloader_signed.bin");
    const raw = Buffer.from(firmware("secure-boot/ecdsa256_secure_boot_signing_pubkey_raw.bin"));
    const x = raw.subarray(0, 32).toString("base64url");
    const y = raw.subarray(32).toString("base64url");
    const rawPem = createPublicKey({ key: { kty: "EC", crv: "P-256", x, y }, format: "jwk" });

    const check = checkSignature(signed, [rawPem.export({ type: "spki", format: "pem" }).toString()]);

    const block = { offsetBytes: 21696, verdict: "good", signer: 0, keyDigest: undefined };
    expect(check).toMatchObject({ kind: "secure-boot-v1", blocks: [block], isAccepted: true });
    expect(checkSignature(signed, [key("ecdsa256_secure_boot_signing_pubkey")]).isAccepted).toBe(true);
  });

  test("a Secure Boot V1 signature cannot be judged without a key, and is wrong for another key", () => {
    const signed = firmware("secure-boot/bootloader_signed.bin");

    expect(checkSignature(signed)).toMatchObject({ blocks: [{ verdict: "needs a key" }], isAccepted: false });
    const check = checkSignature(signed, [key("ecdsa256_secure_boot_signing_pubkey2")]);
    expect(check).toMatchObject({ blocks: [{ verdict: "wrong signature" }], isAccepted: false });
  });

  test("an application whose V1 signer is unknown has the form of a signature and no key that fits", () => {
    const check = checkSignature(firmware("secure-boot/hello-world-signed.bin"), [
      key("ecdsa256_secure_boot_signing_pubkey"),
      key("ecdsa256_secure_boot_signing_pubkey2"),
    ]);

    const block = { offsetBytes: 0x2ffb0, verdict: "wrong signature" };
    expect(check).toMatchObject({ kind: "secure-boot-v1", blocks: [block], isAccepted: false });
  });

  test.each(["bootloader_unsigned_v2", "bootloader"])("%s is unsigned", (name) => {
    expect(checkSignature(firmware(`secure-boot/${name}.bin`))).toEqual({
      kind: "none",
      blocks: [],
      isAccepted: false,
    });
  });

  test.each(["rsa", "ecdsa256"])("the body of the %s files is what was signed", (scheme) => {
    const body = firmware(`secure-boot/bootloader_signed_v2_${scheme}.bin`).subarray(0, BODY_BYTES);

    const sha256 = createHash("sha256").update(body).digest("hex");

    expect(sha256).toBe("41e8df85bcf9632d97f97d3716e09e403c4acece1ccc25749241be2b6ddd21de");
  });
});
