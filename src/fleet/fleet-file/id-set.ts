/** Ids one behind the other in one buffer, and a table of hashes over them: a million texts are not a million objects. */
const BYTES_AT_FIRST = 16_384;
const PLACES_AT_FIRST = 2_048;

export class IdSet {
  #bytes: Buffer = Buffer.alloc(BYTES_AT_FIRST);
  #ends = new Uint32Array(PLACES_AT_FIRST / 2);
  /** Open addressing: the number of an id, from 1; 0 = nothing. At most half of it is filled. */
  #table = new Uint32Array(PLACES_AT_FIRST);
  #size = 0;

  /** UTF-8; longer than what is filled. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Where each id ends in `bytes`; longer than what is filled. */
  get ends(): Uint32Array {
    return this.#ends;
  }

  /** Adds an id; answers the number, from 0, of the equal one that is there already. */
  add(id: string): number | undefined {
    const start = this.#startOf(this.#size);
    const length = Buffer.byteLength(id);
    if (start + length > this.#bytes.length) this.#bytes = grownBytes(this.#bytes, start + length);
    this.#bytes.write(id, start);
    if (this.#size === this.#ends.length) this.#grow();
    const end = start + length;
    let place = this.#placeOf(start, end);
    for (; this.#table[place] !== 0; place = (place + 1) % this.#table.length) {
      const other = (this.#table[place] as number) - 1;
      const otherEnd = this.#ends[other] as number;
      if (this.#bytes.compare(this.#bytes, this.#startOf(other), otherEnd, start, end) === 0) return other;
    }
    this.#ends[this.#size++] = end;
    this.#table[place] = this.#size;
    return undefined;
  }

  #startOf(number: number): number {
    return number === 0 ? 0 : (this.#ends[number - 1] as number);
  }

  /** FNV-1a, with a last mix: its low bits alone would be of the last letters. */
  #placeOf(start: number, end: number): number {
    let hash = 0x811c9dc5;
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ (this.#bytes[at] as number), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 15), 0x735a2d97);
    return ((hash ^ (hash >>> 15)) >>> 0) % this.#table.length;
  }

  #grow(): void {
    const ends = new Uint32Array(this.#ends.length * 2);
    ends.set(this.#ends);
    this.#ends = ends;
    this.#table = new Uint32Array(this.#table.length * 2);
    for (let number = 0; number < this.#size; number++) {
      let place = this.#placeOf(this.#startOf(number), ends[number] as number);
      while (this.#table[place] !== 0) place = (place + 1) % this.#table.length;
      this.#table[place] = number + 1;
    }
  }
}

function grownBytes(old: Buffer, least: number): Buffer {
  const next = Buffer.alloc(Math.max(least, old.length * 2));
  next.set(old);
  return next;
}
