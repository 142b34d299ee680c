/**
 * Where an MQTT packet ends in a stream of bytes (MQTT 3.1.1 section 2.2), without looking into it. Almost every
 * chunk of a socket holds whole packets, so a link keeps bytes of its own only while a packet is half here.
 */

/** Bytes of the longest packet that a node takes; a longer one would be memory that a hostile peer spends. */
export const INBOUND_PACKET_BYTES_MAX = 256 * 1_024;

/** What `frameLength` answers where there is no length yet, or none at all. */
export const FRAME_UNFINISHED = 0;
export const FRAME_MALFORMED = -1;
export const FRAME_TOO_LONG = -2;

/** Tells the whole length in bytes of the packet that begins at `at`, or one of the three signs above. */
export function frameLength(bytes: Uint8Array, at: number): number {
  let remaining = 0;
  let factor = 1;
  // Section 2.2.3: at most four bytes, the lowest seven bits first.
  for (let index = 1; index <= 4; index += 1) {
    const byte = bytes[at + index];
    if (byte === undefined) return FRAME_UNFINISHED;
    remaining += (byte & 0x7f) * factor;
    factor *= 128;
    if ((byte & 0x80) === 0) {
      const length = 1 + index + remaining;
      return length > INBOUND_PACKET_BYTES_MAX ? FRAME_TOO_LONG : length;
    }
  }
  return FRAME_MALFORMED;
}

/** The beginning of a packet whose end has not come yet. Grows by doubling, so that a byte at a time costs no more. */
export class PartialFrame {
  #buffer: Buffer;
  #used: number;

  constructor(bytes: Uint8Array) {
    this.#buffer = Buffer.allocUnsafeSlow(Math.max(64, bytes.length));
    this.#buffer.set(bytes);
    this.#used = bytes.length;
  }

  /** Adds a chunk and shows all that is here; the view is good until the next call. */
  append(chunk: Uint8Array): Buffer {
    const needed = this.#used + chunk.length;
    if (needed > this.#buffer.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, needed));
      this.#buffer.copy(grown, 0, 0, this.#used);
      this.#buffer = grown;
    }
    this.#buffer.set(chunk, this.#used);
    this.#used = needed;
    return this.#buffer.subarray(0, needed);
  }

  /** Drops the first bytes, which have been handled. */
  drop(bytes: number): void {
    if (bytes === 0) return;
    this.#buffer.copyWithin(0, bytes, this.#used);
    this.#used -= bytes;
  }
}
