import { NEVER, type InstantUs } from "../../../base/instant.ts";

/**
 * Who waits for a turn that is fixed already: instants at which the waiting ends, never earlier than those before. A
 * ring, since the first in line leaves first.
 */
export class WaitingLine {
  #turns = new Float64Array(64);
  #first = 0;
  #length = 0;
  #longest = 0;

  /** Most that ever waited at once. */
  get longest(): number {
    return this.#longest;
  }

  /** How many wait at an instant, which must not be earlier than one that was asked for before. */
  lengthAt(nowUs: InstantUs): number {
    const mask = this.#turns.length - 1;
    while (this.#length > 0 && (this.#turns[this.#first] as number) <= nowUs) {
      this.#first = (this.#first + 1) & mask;
      this.#length--;
    }
    return this.#length;
  }

  /** One more waits until its turn. */
  join(turnUs: InstantUs): void {
    if (this.#length === this.#turns.length) this.#grow();
    this.#turns[(this.#first + this.#length) & (this.#turns.length - 1)] = turnUs;
    this.#length++;
    if (this.#length > this.#longest) this.#longest = this.#length;
  }

  /** Nobody waits any more. */
  clear(): void {
    this.lengthAt(NEVER);
  }

  #grow(): void {
    const turns = new Float64Array(this.#turns.length * 2);
    for (let place = 0; place < this.#length; place++) {
      turns[place] = this.#turns[(this.#first + place) & (this.#turns.length - 1)] as number;
    }
    this.#turns = turns;
    this.#first = 0;
  }
}
