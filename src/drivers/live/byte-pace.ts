/**
 * How far a download may have come. Bytes that arrive early wait, so that a node's count of bytes in flash is true at
 * every moment, and not only at the end.
 */

/** Time that a reader may catch up after the stream ran dry, in microseconds: the ticks it lost to a busy thread. */
const CATCH_UP_US = 50_000;

export class BytePace {
  readonly #usPerByte: number;
  /** The moment at which all bytes taken so far were due. */
  #paidUs = -Infinity;

  /** @param bytesPerSecond of wall time; Infinity = no pace */
  constructor(bytesPerSecond: number) {
    this.#usPerByte = 1_000_000 / bytesPerSecond;
  }

  /** True where bytes never wait. */
  get isFree(): boolean {
    return this.#usPerByte === 0;
  }

  /** Bytes begin to wait after none did: time in which there was nothing to read is lost. */
  begin(nowUs: number): void {
    this.#paidUs = this.#paidUs === -Infinity ? nowUs : Math.max(this.#paidUs, nowUs - CATCH_UP_US);
  }

  /** How many bytes are due by now. */
  dueBytes(nowUs: number): number {
    return this.isFree ? Infinity : Math.max(0, Math.floor((nowUs - this.#paidUs) / this.#usPerByte));
  }

  /** The microsecond by which so many more bytes are due. */
  dueAtUs(bytes: number): number {
    return Math.ceil(this.#paidUs + bytes * this.#usPerByte) + 1;
  }

  take(bytes: number): void {
    this.#paidUs += bytes * this.#usPerByte;
  }
}
