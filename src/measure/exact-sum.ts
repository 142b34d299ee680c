/** A sum of whole numbers that stays exact: microseconds of ten million nodes pass 2^53. */
const LIMB = 2 ** 50;

/** Adds whole numbers of up to 2^50 in size, exactly, to 2^102; two limbs, so that equality and order of adding are exact. */
export class ExactSum {
  #low = 0;
  #high = 0;

  /** Adds `value` (a whole number, -2^50 to 2^50) `times` times; the product has to be below 2^52 in size. */
  add(value: number, times = 1): void {
    let low = this.#low + value * times;
    if (low >= LIMB || low <= -LIMB) {
      const carry = Math.trunc(low / LIMB);
      low -= carry * LIMB;
      this.#high += carry;
    }
    this.#low = low;
  }

  /** Adds another sum. */
  addSum(other: ExactSum): void {
    this.#high += other.#high;
    this.add(other.#low);
  }

  /** Takes another sum away. */
  subtractSum(other: ExactSum): void {
    this.#high -= other.#high;
    this.add(-other.#low);
  }

  /** The sum as the nearest double: exact below 2^53. */
  get value(): number {
    return this.#high * LIMB + this.#low;
  }

  /** Whether two sums are the same whole number. */
  equals(other: ExactSum): boolean {
    return (this.#high - other.#high) * LIMB === other.#low - this.#low;
  }
}
