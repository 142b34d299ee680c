/** Ids one behind the other in one buffer, and a table of hashes over them: a million texts are not a million objects. */
const BYTES_AT_FIRST = 16_384;
const PLACES_AT_FIRST = 2_048;

export class IdSet {
  #bytes: Buffer = Buffer.alloc(BYTES_AT_FIRST);
  #ends = new Uint32Array(PLACES_AT_FIRST / 2);
  /** Open addressing: the number of an id, from 1; 0 = nothing. Its length is a power of two, and at most half is filled. */
  #table = new Uint32Array(PLACES_AT_FIRST);
  /** By number: equal ids have equal ones, and nearly no others. */
  #hashes = new Uint32Array(PLACES_AT_FIRST / 2);
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
    const hash = this.#hashOf(start, end);
    let place = hash & (this.#table.length - 1);
    for (; this.#table[place] !== 0; place = (place + 1) & (this.#table.length - 1)) {
      const other = (this.#table[place] as number) - 1;
      if (this.#hashes[other] !== hash) continue;
      const otherEnd = this.#ends[other] as number;
      if (this.#bytes.compare(this.#bytes, this.#startOf(other), otherEnd, start, end) === 0) return other;
    }
    this.#hashes[this.#size] = hash;
    this.#ends[this.#size++] = end;
    this.#table[place] = this.#size;
    return undefined;
  }

  #startOf(number: number): number {
    return number === 0 ? 0 : (this.#ends[number - 1] as number);
  }

  /** FNV-1a, with a last mix: its low bits alone would be of the last letters. */
  #hashOf(start: number, end: number): number {
    let hash = 0x811c9dc5;
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ (this.#bytes[at] as number), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 15), 0x735a2d97);
    return (hash ^ (hash >>> 15)) >>> 0;
  }

  #grow(): void {
    this.#ends = twiceAsLong(this.#ends);
    this.#hashes = twiceAsLong(this.#hashes);
    this.#table = new Uint32Array(this.#table.length * 2);
    const mask = this.#table.length - 1;
    for (let number = 0; number < this.#size; number++) {
      let place = (this.#hashes[number] as number) & mask;
      while (this.#table[place] !== 0) place = (place + 1) & mask;
      this.#table[place] = number + 1;
    }
  }
}

function twiceAsLong(old: Uint32Array): Uint32Array<ArrayBuffer> {
  const next = new Uint32Array(old.length * 2);
  next.set(old);
  return next;
}

function grownBytes(old: Buffer, least: number): Buffer {
  const next = Buffer.alloc(Math.max(least, old.length * 2));
  next.set(old);
  return next;
}
