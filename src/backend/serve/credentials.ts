/**
 * Secrets of the backend. A node's secret is derived from the run's, so that whoever holds the run's secret can
 * make the credentials of a million nodes without asking, and the backend stores none.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** 256 random bits as text. */
export function drawSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** A node's password and token: HMAC-SHA256 of its id under the run's secret. */
export function nodeSecret(runSecret: string, nodeId: string): string {
  return createHmac("sha256", runSecret).update(nodeId).digest("base64url");
}

/** Compares in a time that tells nothing about where the two differ, nor about their lengths. */
export function isSameSecret(shown: string | Uint8Array, right: string): boolean {
  const digest = (text: string | Uint8Array) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(shown), digest(right));
}

/** A 22-character id of 128 random bits without look-alike characters, as RainMaker's ids are made. */
export function drawShortId(): string {
  const alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  let rest = BigInt(`0x${randomBytes(16).toString("hex")}`);
  let id = "";
  for (let place = 0; place < 22; place++) {
    id += alphabet.charAt(Number(rest % 57n));
    rest /= 57n;
  }
  return id;
}
