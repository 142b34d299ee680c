/**
 * A SHA-256 over an image that may arrive in several transfers. A node that resumes asks from the last whole KiB that
 * its NVS knows of, so the digest must be exactly that far and no further: bytes behind the last whole step wait in a
 * small tail, and a broken transfer drops them, as the node does.
 */
import { createHash, type Hash } from "node:crypto";

/** The digest of the bytes [0, `hashedBytes`) of an image. */
export class ResumableHash {
  readonly #hash: Hash;
  readonly #stepBytes: number;
  #tail: Buffer | undefined;
  #tailBytes = 0;
  #hashedBytes = 0;

  /** @param stepBytes how a node counts what it has: 1,024 for RainMaker's resume, 1 where each byte counts */
  constructor(stepBytes: number) {
    this.#hash = createHash("sha256");
    this.#stepBytes = stepBytes;
  }

  /** From where a transfer can go on with this digest. */
  get hashedBytes(): number {
    return this.#hashedBytes;
  }

  /** Adds bytes. They are not kept. */
  update(bytes: Uint8Array): void {
    const step = this.#stepBytes;
    let from = 0;
    if (this.#tailBytes > 0 && this.#tail !== undefined) {
      from = Math.min(step - this.#tailBytes, bytes.length);
      this.#tail.set(bytes.subarray(0, from), this.#tailBytes);
      this.#tailBytes += from;
      if (this.#tailBytes < step) return;
      this.#add(this.#tail);
      this.#tailBytes = 0;
    }
    const until = bytes.length - ((bytes.length - from) % step);
    if (until > from) this.#add(bytes.subarray(from, until));
    if (until < bytes.length) {
      this.#tail ??= Buffer.allocUnsafe(step);
      this.#tail.set(bytes.subarray(until));
      this.#tailBytes = bytes.length - until;
    }
  }

  /** Forgets the bytes behind the last whole step: the transfer broke, and the node will ask for them again. */
  dropTail(): void {
    this.#tailBytes = 0;
  }

  /** Ends the digest, in lower-case hex. Nothing can be added any more. */
  digest(): string {
    if (this.#tail !== undefined && this.#tailBytes > 0) this.#add(this.#tail.subarray(0, this.#tailBytes));
    this.#tailBytes = 0;
    return this.#hash.digest("hex");
  }

  #add(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.#hashedBytes += bytes.length;
  }
}
