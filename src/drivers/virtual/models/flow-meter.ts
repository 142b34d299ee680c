/** What flowed, by bucket of fleet time, from a rate that stays until it changes. */
import type { InstantUs } from "../../../base/instant.ts";
import { SECOND_US } from "../../../base/instant.ts";

export class FlowMeter {
  readonly #widthUs: number;
  readonly #bytes: Float64Array;
  #rate = 0;
  #sinceUs: InstantUs = 0;
  #peak = 0;

  /** @param endUs what flows behind it is in the last bucket */
  constructor(widthUs: number, endUs: InstantUs) {
    this.#widthUs = widthUs;
    this.#bytes = new Float64Array(Math.floor(endUs / widthUs) + 1);
  }

  /** The greatest rate that lasted at all, bytes a second. */
  get peak(): number {
    return this.#peak;
  }

  /** From now on so many bytes a second. */
  flows(rate: number, nowUs: InstantUs): void {
    this.#fill(nowUs);
    this.#rate = rate;
  }

  /** Whole bytes by bucket up to an instant. */
  bytesBy(nowUs: InstantUs): number[] {
    this.#fill(nowUs);
    return Array.from(this.#bytes, Math.round);
  }

  #fill(nowUs: InstantUs): void {
    let fromUs = this.#sinceUs;
    if (nowUs <= fromUs) return;
    this.#sinceUs = nowUs;
    if (this.#rate <= 0) return;
    this.#peak = Math.max(this.#peak, this.#rate);
    const last = this.#bytes.length - 1;
    while (fromUs < nowUs) {
      const bucket = Math.min(last, Math.floor(fromUs / this.#widthUs));
      const untilUs = bucket === last ? nowUs : Math.min(nowUs, (bucket + 1) * this.#widthUs);
      this.#bytes[bucket] = (this.#bytes[bucket] as number) + (this.#rate * (untilUs - fromUs)) / SECOND_US;
      fromUs = untilUs;
    }
  }
}
