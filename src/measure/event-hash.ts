/**
 * A hash over all records of a plan, in their order: two plans with one hash went through the same events, so equality
 * is shown without keeping them. It guards against chance, not against somebody who wants two plans to look alike.
 */
import type { RecordSink } from "./event-record.ts";

/** No kind of record has this number. */
const MANY_DIALS = 0xff;

/** Hands records on, and hashes them on the way: two lanes of 32 bits, which no single change leaves as they were. */
export class EventHash implements RecordSink {
  readonly #sink: RecordSink;
  readonly #numbers = new Float64Array(3);
  readonly #words = new Uint32Array(this.#numbers.buffer);
  #a = 0x9e3779b9 | 0;
  #b = 0x7f4a7c15 | 0;
  /** Many at once are hashed as one; only where the sink takes them so. */
  readonly recordRefusedDials: RecordSink["recordRefusedDials"];

  readonly touch: RecordSink["touch"];
  readonly takesAnswersAhead: RecordSink["takesAnswersAhead"];

  constructor(sink: RecordSink) {
    this.#sink = sink;
    this.touch = sink.touch;
    this.takesAnswersAhead = sink.takesAnswersAhead;
    const { recordRefusedDials } = sink;
    if (recordRefusedDials === undefined) return;
    this.recordRefusedDials = (node, detail, lastAtUs, times) => {
      this.#mix(MANY_DIALS, node, lastAtUs, detail, 0, times, 0);
      recordRefusedDials(node, detail, lastAtUs, times);
    };
  }

  record(kind: number, node: number, atUs: number, detail: number, count: number, a: number, b: number): void {
    this.#mix(kind, node, atUs, detail, count, a, b);
    this.#sink.record(kind, node, atUs, detail, count, a, b);
  }

  #mix(kind: number, node: number, atUs: number, detail: number, count: number, a: number, b: number): void {
    const numbers = this.#numbers;
    const words = this.#words;
    numbers[0] = atUs;
    numbers[1] = a;
    numbers[2] = b;
    let x = this.#a;
    let y = this.#b;
    x = Math.imul(x ^ (kind | (detail << 8) | (count << 16)), 0x21f0aaad);
    y = Math.imul(y ^ node ^ (x >>> 15), 0x735a2d97);
    for (let at = 0; at < 6; at += 2) {
      x = Math.imul(x ^ words[at]! ^ (y >>> 16), 0x85ebca6b);
      y = Math.imul(y ^ words[at + 1]! ^ (x >>> 13), 0xc2b2ae35);
    }
    this.#a = (x << 13) | (x >>> 19);
    this.#b = y ^ (x >>> 16);
  }

  /** Sixteen hexadecimal digits over what was recorded so far. */
  get hex(): string {
    return [this.#a, this.#b].map((lane) => (lane >>> 0).toString(16).padStart(8, "0")).join("");
  }
}
