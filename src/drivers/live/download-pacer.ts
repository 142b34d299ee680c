/**
 * The one timer of all downloads of a shard: it gives each its bytes at its pace, and ends requests that nobody
 * answers. It runs only while there is a download.
 */
import { hrtimeUs } from "./fleet-clock.ts";
import { WakeTimer } from "./wake-timer.ts";

/** How often paced downloads go on, in milliseconds: a tenth of what a person could see, 1 % of a processor at 1,000. */
export const PACER_TICK_MS = 10;

/** What the pacer drives. */
export interface Paced {
  tick(nowUs: number): void;
}

export class DownloadPacer {
  readonly #downloads = new Set<Paced>();
  #timer: NodeJS.Timeout | undefined;
  /** Between two ticks: when the first download ends what waits, and the timer for it. */
  #soonUs = Infinity;
  readonly #soon = new WakeTimer(() => this.tick(hrtimeUs()));

  /** Downloads under way. */
  get size(): number {
    return this.#downloads.size;
  }

  add(download: Paced): void {
    this.#downloads.add(download);
    this.#timer ??= setInterval(() => this.tick(hrtimeUs()), PACER_TICK_MS);
  }

  remove(download: Paced): void {
    this.#downloads.delete(download);
    if (this.#downloads.size > 0 || this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#soon.clear();
    this.#timer = undefined;
    this.#soonUs = Infinity;
  }

  /** Bytes of a download are all due at this microsecond: before the next tick, so that a download does not end late. */
  expect(atUs: number, nowUs: number): void {
    if (atUs >= this.#soonUs || atUs - nowUs > PACER_TICK_MS * 1_000) return;
    this.#soonUs = atUs;
    this.#soon.set(atUs);
  }

  /** Lets every download go on as far as `nowUs` (monotonic microseconds) allows. */
  tick(nowUs: number): void {
    this.#soon.clear();
    this.#soonUs = Infinity;
    // A download that ends in its tick leaves the set, which a set's iteration allows.
    for (const download of this.#downloads) download.tick(nowUs);
  }
}
