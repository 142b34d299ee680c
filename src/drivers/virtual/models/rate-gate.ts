/**
 * A gate that lets so many through a second, in the order in which they come, with a burst after a quiet moment and a
 * line of finite length before it: a token bucket, kept as the instant at which it would be full again (the generic
 * cell rate algorithm of ITU-T I.371).
 */
import { SECOND_US, type InstantUs } from "../../../base/instant.ts";
import { WaitingLine } from "./waiting-line.ts";

export class RateGate {
  readonly #intervalUs: number;
  readonly #toleranceUs: number;
  readonly #waitingMax: number;
  readonly #line = new WaitingLine();
  /** When all tokens are back. */
  #fullAtUs = 0;
  #passed = 0;
  #refused = 0;
  #lost = 0;

  /** @param waitingMax how many may wait; Infinity = any number */
  constructor(perSecond: number, burst: number, waitingMax: number) {
    this.#intervalUs = SECOND_US / perSecond;
    this.#toleranceUs = (burst - 1) * this.#intervalUs;
    this.#waitingMax = waitingMax;
  }

  /** Who was let through or waits, who was refused since the line was full, and whose wait was cut by a reset. */
  get counts(): { readonly passed: number; readonly refused: number; readonly lost: number } {
    return { passed: this.#passed, refused: this.#refused, lost: this.#lost };
  }

  /** Most that ever waited at once. */
  get linePeak(): number {
    return this.#line.longest;
  }

  /** Somebody comes, not before those who came before; answers when it is let through, or undefined where it is refused. */
  arrive(nowUs: InstantUs): InstantUs | undefined {
    const passesUs = Math.max(nowUs, this.#fullAtUs - this.#toleranceUs);
    if (passesUs > nowUs) {
      if (this.#line.lengthAt(nowUs) >= this.#waitingMax) {
        this.#refused++;
        return undefined;
      }
      this.#line.join(passesUs);
    }
    this.#passed++;
    this.#fullAtUs = Math.max(passesUs, this.#fullAtUs) + this.#intervalUs;
    return passesUs;
  }

  /** Share of its rate that was used from 0 to an instant. */
  usedBy(nowUs: InstantUs): number {
    return nowUs <= 0 ? 0 : Math.min(1, ((this.#passed - this.#lost) * this.#intervalUs) / nowUs);
  }

  /** Whoever waits is gone, and all tokens are back. */
  reset(nowUs: InstantUs): void {
    this.#lost += this.#line.lengthAt(nowUs);
    this.#line.clear();
    this.#fullAtUs = nowUs;
  }
}
