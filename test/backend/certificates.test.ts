/** What is written by hand is read by others: Node's OpenSSL, the command `openssl`, and a library for X.509. */
import "reflect-metadata";
import { spawnSync } from "node:child_process";
import { createPrivateKey, webcrypto, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as x509 from "@peculiar/x509";
import { describe, expect, test } from "vitest";
import { certificatesFrom, makeCertificates } from "../../src/backend/serve/certificates.ts";
import * as der from "../../src/backend/serve/der.ts";

const NOW_MS = Date.UTC(2026, 2, 10, 12, 30, 15);
const DAY_MS = 86_400_000;

describe("certificates of the backend", () => {
  const { caPem, certPem, keyPem } = makeCertificates(NOW_MS);
  const [ca, leaf] = [new X509Certificate(caPem), new X509Certificate(certPem)];

  test("are an authority that signed itself, and a leaf that it signed, with the leaf's key", () => {
    expect([ca.ca, leaf.ca]).toEqual([true, false]);
    expect([ca.verify(ca.publicKey), leaf.verify(ca.publicKey), leaf.verify(leaf.publicKey)]).toEqual([
      true,
      true,
      false,
    ]);
    expect([ca.checkIssued(ca), leaf.checkIssued(ca), ca.checkIssued(leaf)]).toEqual([true, true, false]);
    expect(leaf.checkPrivateKey(createPrivateKey(keyPem))).toBe(true);
    expect([ca.subject, leaf.issuer, leaf.subject]).toEqual([
      "CN=otafleet test CA",
      "CN=otafleet test CA",
      "CN=localhost",
    ]);
    expect([ca.serialNumber, leaf.serialNumber]).toEqual(["01", "02"]);
  });

  test("are for this machine alone, by each of its names", () => {
    expect(leaf.subjectAltName).toBe("IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, DNS:localhost");
    expect([leaf.checkIP("127.0.0.1"), leaf.checkIP("::1"), leaf.checkHost("localhost")]).not.toContain(undefined);
    expect([leaf.checkIP("127.0.0.2"), leaf.checkHost("example.org")]).toEqual([undefined, undefined]);
  });

  test("are good from a day before they were made until 400 days after", () => {
    for (const { validFrom, validTo } of [ca, leaf]) {
      expect(Date.parse(validFrom)).toBe(NOW_MS - DAY_MS);
      expect(Date.parse(validTo)).toBe(NOW_MS + 400 * DAY_MS);
    }
  });

  test("say what each key may be used for, and find each other by the authority's key", async () => {
    const [readCa, readLeaf] = [new x509.X509Certificate(caPem), new x509.X509Certificate(certPem)];
    const ofCa = await x509.SubjectKeyIdentifierExtension.create(readCa.publicKey, false, webcrypto);

    expect(readCa.getExtension(x509.BasicConstraintsExtension)).toMatchObject({
      ca: true,
      pathLength: 0,
      critical: true,
    });
    expect(readLeaf.getExtension(x509.BasicConstraintsExtension)).toMatchObject({ ca: false, critical: true });
    expect(readCa.getExtension(x509.KeyUsagesExtension)).toMatchObject({
      usages: x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
      critical: true,
    });
    expect(readLeaf.getExtension(x509.KeyUsagesExtension)).toMatchObject({
      usages: x509.KeyUsageFlags.digitalSignature,
      critical: true,
    });
    expect(readLeaf.getExtension(x509.ExtendedKeyUsageExtension)?.usages).toEqual([x509.ExtendedKeyUsage.serverAuth]);
    expect(readCa.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId).toBe(ofCa.keyId);
    expect(readLeaf.getExtension(x509.AuthorityKeyIdentifierExtension)?.keyId).toBe(ofCa.keyId);
    expect(await readLeaf.verify({ publicKey: readCa.publicKey, date: new Date(NOW_MS) }, webcrypto as never)).toBe(
      true,
    );
  });

  test.skipIf(spawnSync("openssl", ["version"]).status !== 0)("hold every rule that openssl is strict about", () => {
    const folder = mkdtempSync(join(tmpdir(), "otafleet-certificates-"));
    try {
      writeFileSync(join(folder, "ca.pem"), caPem);
      writeFileSync(join(folder, "leaf.pem"), certPem);
      const strictly = ["-x509_strict", "-purpose", "sslserver", "-check_ss_sig", "-attime", String(NOW_MS / 1_000)];

      const { stdout, stderr } = spawnSync("openssl", ["verify", ...strictly, "-CAfile", "ca.pem", "leaf.pem"], {
        cwd: folder,
        encoding: "utf8",
      });

      expect(stdout + stderr).toBe("leaf.pem: OK\n");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

test("kept certificates are used until the last of their days, and then made anew", () => {
  const left = (days: number): string => JSON.stringify(makeCertificates(Date.now() - (400 - days) * DAY_MS));
  const [good, over] = [left(1.01), left(0.99)];

  expect(JSON.stringify(certificatesFrom(good))).toBe(good);
  expect(JSON.stringify(certificatesFrom(over))).not.toBe(over);
  expect(Date.parse(new X509Certificate(certificatesFrom(undefined).certPem).validTo)).toBeGreaterThan(
    Date.now() + 399 * DAY_MS,
  );
});

describe("DER", () => {
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

  // The examples of X.690, section 8.19, and of RFC 5758.
  test.each([
    ["2.999.3", "0603883703"],
    ["1.2.840.10045.4.3.2", "06082a8648ce3d040302"],
    ["2.5.4.3", "0603550403"],
  ])("the identifier %s is %s", (dotted, expected) => {
    expect(hex(der.oid(dotted))).toBe(expected);
  });

  test.each([
    [0, "0400"],
    [127, "047f"],
    [128, "048180"],
    [255, "0481ff"],
    [256, "04820100"],
    [65_536, "0483010000"],
  ])("%d bytes have the length of least bytes", (bytes, expected) => {
    const written = der.octetString(new Uint8Array(bytes));

    expect(hex(written.subarray(0, expected.length / 2))).toBe(expected);
    expect(written.length).toBe(expected.length / 2 + bytes);
  });

  test("years have two digits until 2049, and four from 2050 on", () => {
    const read = (ms: number): string => Buffer.from(der.time(ms)).toString("latin1");

    expect(read(Date.UTC(2049, 11, 31, 23, 59, 59, 999))).toBe("\u0017\r491231235959Z");
    expect(read(Date.UTC(2050, 0, 1))).toBe("\u0018\u000f20500101000000Z");
  });
});
