/**
 * Writes the body of an image to a link, as fast as that takes it: whole, or as its misbehaviour wants it. It counts
 * what it hands over.
 */
import type { ServerResponse } from "node:http";
import { breakPlace, wrongPlace } from "../../faults/backend/body-place.ts";
import type { DrawnFault } from "../../faults/backend/fault-draws.ts";

/** Small enough that a slow reader holds little, large enough that a fast one is not held up. */
const CHUNK_BYTES = 64 * 1024;

export interface ImageBodyOptions {
  readonly response: ServerResponse;
  /** The whole image. */
  readonly bytes: Uint8Array;
  /** What of it is asked for, half-open. */
  readonly from: number;
  readonly to: number;
  readonly fault: DrawnFault | undefined;
  /** The fault took place. */
  readonly onFault: () => void;
  readonly onServed: (bytes: number) => void;
}

export class ImageBody {
  readonly #options: ImageBodyOptions;
  #at: number;
  /** Where the body ends or stands still; Infinity = nowhere any more. */
  #breakAt = Infinity;
  /** The byte of which one bit is wrong; -1 = none. */
  #wrongAt = -1;

  constructor(options: ImageBodyOptions) {
    const { from, to, fault } = options;
    this.#options = options;
    this.#at = from;
    if (fault?.effect === "truncated" || fault?.effect === "stalled") this.#breakAt = breakPlace(from, to, fault.place);
    if (fault?.effect === "damaged") this.#wrongAt = wrongPlace(from, to, fault.place) ?? -1;
  }

  /** Writes until the link wants a pause, and goes on behind that by itself. */
  write(): void {
    const { response, to } = this.#options;
    while (this.#at < to) {
      if (response.destroyed) return;
      if (this.#at === this.#breakAt) return this.#break();
      const chunk = this.#next();
      this.#options.onServed(chunk.length);
      if (!response.write(chunk) && this.#at < to) {
        response.once("drain", () => this.write());
        return;
      }
    }
    response.end();
  }

  #next(): Uint8Array {
    const { bytes, to } = this.#options;
    const from = this.#at;
    this.#at = Math.min(from + CHUNK_BYTES, to, this.#breakAt);
    const chunk = bytes.subarray(from, this.#at);
    if (this.#wrongAt < from || this.#wrongAt >= this.#at) return chunk;
    this.#options.onFault();
    // The image itself is everybody's.
    const wrong = Uint8Array.from(chunk);
    wrong[this.#wrongAt - from]! ^= 1;
    return wrong;
  }

  #break(): void {
    const { response, fault, onFault } = this.#options;
    this.#breakAt = Infinity;
    onFault();
    const { socket } = response;
    if (fault?.effect === "truncated") {
      // What was written still goes out, then the link closes in mid-body. Where no byte was, the head goes alone.
      response.flushHeaders();
      socket?.end();
      return;
    }
    // A pause on purpose is no idle link.
    const idleMs = socket?.timeout ?? 0;
    socket?.setTimeout(0);
    response.flushHeaders();
    setTimeout(() => {
      socket?.setTimeout(idleMs);
      this.write();
    }, fault?.forMs ?? 0);
  }
}
