/**
 * The power cuts of a shard, at their instants of fleet time: each node of the cohort loses its power, and with it its
 * link, without a word to anybody.
 */
import type { ShardPowerCut } from "../../fleet/power-cuts.ts";
import type { FleetClock } from "./fleet-clock.ts";
import { hrtimeUs, hrtimeUsOf } from "./fleet-clock.ts";
import type { NodeDownloads } from "./node-downloads.ts";
import type { NodeStage } from "./node-stage.ts";

/** How long one slice may take before sockets get their turn, microseconds. */
const SLICE_US = 4_000;

/** The longest delay that a timer of node's can count, milliseconds. */
const DELAY_MS_MAX = 2 ** 31 - 1;

/** Silent until `begin`, and again after `stop`. */
export class PowerCuts {
  readonly #stage: NodeStage;
  readonly #downloads: NodeDownloads;
  #left: readonly ShardPowerCut[];
  #clock: FleetClock | undefined;
  #timer: NodeJS.Timeout | undefined;
  #slice: NodeJS.Immediate | undefined;

  /** @param cuts the earliest first */
  constructor(stage: NodeStage, downloads: NodeDownloads, cuts: readonly ShardPowerCut[]) {
    this.#stage = stage;
    this.#downloads = downloads;
    this.#left = cuts;
  }

  /** Fleet time begins to run. */
  begin(clock: FleetClock): void {
    this.#clock = clock;
    this.#arm();
  }

  /** No more cuts; one that is half done stays so. */
  stop(): void {
    this.#clock = undefined;
    clearTimeout(this.#timer);
    clearImmediate(this.#slice);
  }

  #arm(): void {
    const [next] = this.#left;
    if (this.#clock === undefined || next === undefined) return;
    const delayMs = Math.ceil((hrtimeUsOf(this.#clock, next.atUs) - hrtimeUs()) / 1_000);
    this.#timer = setTimeout(
      () => {
        // A timer that had to be cut short, or that came early, is set again.
        if (this.#stage.nowUs < next.atUs) return this.#arm();
        this.#left = this.#left.slice(1);
        this.#cut(next, next.fromSlot);
      },
      Math.min(Math.max(0, delayMs), DELAY_MS_MAX),
    );
  }

  #cut(cut: ShardPowerCut, fromSlot: number): void {
    const sliceEndsUs = hrtimeUs() + SLICE_US;
    const { backAtUs, untilSlot, isInZone } = cut;
    for (let slot = fromSlot; slot < untilSlot && this.#clock !== undefined; slot++) {
      if (hrtimeUs() > sliceEndsUs) {
        this.#slice = setImmediate(() => this.#cut(cut, slot));
        return;
      }
      if (isInZone?.(slot) === false) continue;
      this.#stage.tell(slot, { kind: "power lost", gotBytes: this.#downloads.gotBytesOf(slot), backAtUs });
    }
    this.#arm();
  }
}
