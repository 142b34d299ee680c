/** Slots in a block, behind two words of its own: 64 bytes, what memory gives at once. */
const SLOTS_A_BLOCK = 14;
const BLOCK_WORDS = SLOTS_A_BLOCK + 2;
/** Room for so many blocks at first. */
const ROOM_MIN = 256;

/**
 * Lists of slots without order, as blocks in one array: a list is the number of its last block, 0 = empty. To add is to
 * write one word; a list is read once, and its blocks are used again.
 *
 *     block:   the block before it (0 = none), slots in it, slots ...
 */
export class SlotLists {
  #words = new Uint32Array(ROOM_MIN * BLOCK_WORDS);
  /** Blocks that were given back, as a list through their first words. */
  #free = 0;
  /** Block 0 stands for none. */
  #used = 1;

  /** The list with one slot more. */
  pushed(list: number, slot: number): number {
    const at = list * BLOCK_WORDS;
    const words = this.#words;
    const held = list === 0 ? SLOTS_A_BLOCK : (words[at + 1] as number);
    if (held < SLOTS_A_BLOCK) {
      words[at + 2 + held] = slot;
      words[at + 1] = held + 1;
      return list;
    }
    const block = this.#newBlock();
    const newAt = block * BLOCK_WORDS;
    this.#words[newAt] = list;
    this.#words[newAt + 1] = 1;
    this.#words[newAt + 2] = slot;
    return block;
  }

  /** Whether a list has so many slots and a block more, or so. */
  hasMoreThan(list: number, slots: number): boolean {
    let left = slots;
    for (let block = list; block !== 0; block = this.#words[block * BLOCK_WORDS] as number) {
      left -= this.#words[block * BLOCK_WORDS + 1] as number;
      if (left < 0) return true;
    }
    return false;
  }

  /** Hands out each slot of a list, which is no more. */
  take(list: number, onSlot: (slot: number) => void): void {
    for (let block = list; block !== 0;) {
      const at = block * BLOCK_WORDS;
      const held = this.#words[at + 1] as number;
      for (let place = 0; place < held; place++) onSlot(this.#words[at + 2 + place] as number);
      const before = this.#words[at] as number;
      this.#words[at] = this.#free;
      this.#free = block;
      block = before;
    }
  }

  #newBlock(): number {
    const block = this.#free;
    if (block !== 0) {
      this.#free = this.#words[block * BLOCK_WORDS] as number;
      return block;
    }
    if ((this.#used + 1) * BLOCK_WORDS > this.#words.length) this.#grow();
    return this.#used++;
  }

  #grow(): void {
    const words = new Uint32Array(this.#words.length + Math.max(this.#words.length >> 3, ROOM_MIN * BLOCK_WORDS));
    words.set(this.#words);
    this.#words = words;
  }
}
