/**
 * The backend's own certificate authority and the leaf of its TLS listeners, made at start. Certificates live in
 * wall time: TLS libraries check them against the machine's clock, whatever the fleet's date is.
 *
 * They are written here, after RFC 5280: two certificates of one form need no library, and every run would wait for it.
 */
import { createHash, generateKeyPairSync, type KeyObject, sign, X509Certificate } from "node:crypto";
import * as der from "./der.ts";

/** What a TLS server needs, and the CA by which its clients know it; all PEM. */
export interface Certificates {
  readonly caPem: string;
  readonly certPem: string;
  readonly keyPem: string;
}

const DAY_MS = 86_400_000;
// A machine whose clock is somewhat behind its neighbour's must not refuse a fresh certificate.
const BACKDATED_MS = DAY_MS;
const LIFE_MS = 400 * DAY_MS;

const COMMON_NAME = "2.5.4.3";
const ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
const EXTENSION = {
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyIdentifier: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
} as const;
/** Bits of a key's usage, the first of them at the top of the byte, and how many bits below them are unused. */
const DIGITAL_SIGNATURE = { bits: 0b1000_0000, unused: 7 } as const;
const SIGNS_CERTIFICATES_AND_CRLS = { bits: 0b0000_0110, unused: 1 } as const;
/** Kinds of name in a certificate's subjectAltName. */
const [DNS_NAME, IP_ADDRESS] = [2, 7] as const;

const CA_NAME = "otafleet test CA";
const LEAF_NAME = "localhost";
const IPV4_LOOPBACK = Uint8Array.of(127, 0, 0, 1);
const IPV6_LOOPBACK = Uint8Array.from({ length: 16 }, (_, at) => (at === 15 ? 1 : 0));

/** The kept ones as long as they are good for another day, so that nodes go on trusting a backend that comes back. */
export function certificatesFrom(kept: string | undefined): Certificates {
  if (kept !== undefined) {
    const certificates = JSON.parse(kept) as Certificates;
    if (Date.parse(new X509Certificate(certificates.certPem).validTo) > Date.now() + DAY_MS) return certificates;
  }
  return makeCertificates(Date.now());
}

/**
 * Makes a CA and a leaf for 127.0.0.1, ::1 and localhost, ECDSA P-256, good from a day before `nowMs` to 400 days
 * after it. The CA's key is forgotten at once.
 */
export function makeCertificates(nowMs: number): Certificates {
  const ca = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const leaf = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const signedByCa = { issuer: CA_NAME, issuerKey: ca.privateKey, nowMs };
  const caDer = certificate({
    ...signedByCa,
    serial: 1,
    subject: CA_NAME,
    publicKey: ca.publicKey,
    extensions: [
      critical(EXTENSION.basicConstraints, der.sequence(der.trueBoolean(), der.smallInteger(0))),
      critical(EXTENSION.keyUsage, usage(SIGNS_CERTIFICATES_AND_CRLS)),
      extension(EXTENSION.subjectKeyIdentifier, der.octetString(keyIdentifier(ca.publicKey))),
    ],
  });
  const leafDer = certificate({
    ...signedByCa,
    serial: 2,
    subject: LEAF_NAME,
    publicKey: leaf.publicKey,
    extensions: [
      critical(EXTENSION.basicConstraints, der.sequence()),
      critical(EXTENSION.keyUsage, usage(DIGITAL_SIGNATURE)),
      extension(EXTENSION.extendedKeyUsage, der.sequence(der.oid(SERVER_AUTH))),
      extension(
        EXTENSION.subjectAltName,
        der.sequence(
          der.implicit(IP_ADDRESS, IPV4_LOOPBACK),
          der.implicit(IP_ADDRESS, IPV6_LOOPBACK),
          der.implicit(DNS_NAME, der.ascii(LEAF_NAME)),
        ),
      ),
      extension(EXTENSION.authorityKeyIdentifier, der.sequence(der.implicit(0, keyIdentifier(ca.publicKey)))),
    ],
  });
  return {
    caPem: new X509Certificate(caDer).toString(),
    certPem: new X509Certificate(leafDer).toString(),
    keyPem: leaf.privateKey.export({ type: "pkcs8", format: "pem" }) as string,
  };
}

interface CertificateParts {
  /** 1 to 127. */
  readonly serial: number;
  readonly issuer: string;
  readonly issuerKey: KeyObject;
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly nowMs: number;
  readonly extensions: readonly Uint8Array[];
}

/** RFC 5280, section 4.1: what is signed, how, and the signature. */
function certificate({ serial, issuer, issuerKey, subject, publicKey, nowMs, extensions }: CertificateParts): Buffer {
  const algorithm = der.sequence(der.oid(ECDSA_WITH_SHA256));
  const toBeSigned = der.sequence(
    // Version 3, which counts from 0: the one that has extensions.
    der.explicit(0, der.smallInteger(2)),
    der.smallInteger(serial),
    algorithm,
    named(issuer),
    der.sequence(der.time(nowMs - BACKDATED_MS), der.time(nowMs + LIFE_MS)),
    named(subject),
    spki(publicKey),
    der.explicit(3, der.sequence(...extensions)),
  );
  const signature = sign("sha256", toBeSigned, { key: issuerKey, dsaEncoding: "der" });
  return Buffer.from(der.sequence(toBeSigned, algorithm, der.bitString(signature)));
}

function named(commonName: string): Uint8Array {
  return der.sequence(der.setOf(der.sequence(der.oid(COMMON_NAME), der.utf8String(commonName))));
}

function extension(id: string, value: Uint8Array): Uint8Array {
  return der.sequence(der.oid(id), der.octetString(value));
}

/** Whoever does not understand it must refuse the certificate. */
function critical(id: string, value: Uint8Array): Uint8Array {
  return der.sequence(der.oid(id), der.trueBoolean(), der.octetString(value));
}

function usage({ bits, unused }: { readonly bits: number; readonly unused: number }): Uint8Array {
  return der.bitString(Uint8Array.of(bits), unused);
}

function spki(key: KeyObject): Buffer {
  return key.export({ type: "spki", format: "der" });
}

/** RFC 5280, section 4.2.1.2, method 1: SHA-1 of the key's bits, which are the last 65 bytes of a P-256 key's form. */
function keyIdentifier(key: KeyObject): Buffer {
  return createHash("sha1").update(spki(key).subarray(-P256_POINT_BYTES)).digest();
}

const P256_POINT_BYTES = 65;
