/**
 * The backend's own certificate authority and the leaf of its TLS listeners, made at start. Certificates live in
 * wall time: TLS libraries check them against the machine's clock, whatever the fleet's date is.
 */
import "reflect-metadata";
import { webcrypto, X509Certificate } from "node:crypto";
import * as x509 from "@peculiar/x509";

/** What a TLS server needs, and the CA by which its clients know it; all PEM. */
export interface Certificates {
  readonly caPem: string;
  readonly certPem: string;
  readonly keyPem: string;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const DAY_MS = 86_400_000;
// A machine whose clock is somewhat behind its neighbour's must not refuse a fresh certificate.
const BACKDATED_MS = DAY_MS;
const LIFE_MS = 400 * DAY_MS;

/** The kept ones as long as they are good for another day, so that nodes go on trusting a backend that comes back. */
export async function certificatesFrom(kept: string | undefined): Promise<Certificates> {
  if (kept !== undefined) {
    const certificates = JSON.parse(kept) as Certificates;
    if (Date.parse(new X509Certificate(certificates.certPem).validTo) > Date.now() + DAY_MS) return certificates;
  }
  return makeCertificates();
}

/** Makes a CA and a leaf for 127.0.0.1, ::1 and localhost, ECDSA P-256. The CA's key is forgotten at once. */
async function makeCertificates(): Promise<Certificates> {
  const caKeys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const leafKeys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const notBefore = new Date(Date.now() - BACKDATED_MS);
  const notAfter = new Date(Date.now() + LIFE_MS);
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: "01",
    name: "CN=otafleet test CA",
    notBefore,
    notAfter,
    keys: caKeys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(caKeys.publicKey),
    ],
  });
  const leaf = await x509.X509CertificateGenerator.create({
    serialNumber: "02",
    subject: "CN=localhost",
    issuer: ca.subject,
    notBefore,
    notAfter,
    publicKey: leafKeys.publicKey,
    signingKey: caKeys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: "ip", value: "127.0.0.1" },
        { type: "ip", value: "::1" },
        { type: "dns", value: "localhost" },
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(caKeys.publicKey),
    ],
  });
  const key = await webcrypto.subtle.exportKey("pkcs8", leafKeys.privateKey);
  return {
    caPem: ca.toString("pem"),
    certPem: leaf.toString("pem"),
    keyPem: x509.PemConverter.encode(key, "PRIVATE KEY"),
  };
}
