/**
 * Little's law without a model: the sum of all stays equals the integral of the number that stays. One side is summed
 * stay by stay, the other from ends and starts apart, so that a start or end that got lost sets them apart.
 */
import { ExactSum } from "./exact-sum.ts";

/** Both sides, in microseconds of fleet time. */
export class Sojourns {
  readonly #stays = new ExactSum();
  readonly #ends = new ExactSum();
  readonly #starts = new ExactSum();
  open = 0;

  started(atUs: number): void {
    this.#starts.add(Math.round(atUs));
    this.open += 1;
  }

  /** @param sinceUs when the stay began, as the one who stayed remembers it; NaN = it remembers none */
  ended(sinceUs: number, atUs: number): void {
    this.#ends.add(Math.round(atUs));
    this.open -= 1;
    if (!Number.isNaN(sinceUs)) this.#stays.add(Math.round(atUs) - Math.round(sinceUs));
  }

  take(other: Sojourns): void {
    this.#stays.addSum(other.#stays);
    this.#ends.addSum(other.#ends);
    this.#starts.addSum(other.#starts);
    this.open += other.open;
  }

  /** The sum of all stays, those still going on up to `untilUs` included. */
  staysUs(openSinceUs: Iterable<number>, untilUs: number): ExactSum {
    const sum = new ExactSum();
    sum.addSum(this.#stays);
    for (const sinceUs of openSinceUs) sum.add(Math.round(untilUs) - Math.round(sinceUs));
    return sum;
  }

  /** The integral of the number that stays, up to `untilUs`. */
  integralUs(untilUs: number): ExactSum {
    const sum = new ExactSum();
    sum.addSum(this.#ends);
    sum.subtractSum(this.#starts);
    for (let left = Math.max(0, this.open); left > 0; left -= 64) sum.add(Math.round(untilUs), Math.min(64, left));
    return sum;
  }
}
