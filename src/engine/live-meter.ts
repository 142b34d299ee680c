/** The live view of a run: counts of this moment, from the same state as the result. */
import type { FleetClockPlan } from "../scenario/scenario.ts";
import { progressOf } from "../measure/progress.ts";
import type { RunState } from "../measure/run-state.ts";
import { TALLY } from "../measure/timeline-tally.ts";
import type { LiveView } from "./run-options.ts";

/** Warnings that are shown at a time. */
const WARNINGS_SHOWN = 5;
/** Over how much wall time a rate is taken: records come in batches, and a second of a compressed clock is an instant. */
const RATE_SPAN_MS = 5_000;

export class LiveMeter {
  readonly #state: RunState;
  readonly #clock: FleetClockPlan;
  readonly #warnings: string[] = [];
  readonly #fetches: { readonly wallMs: number; readonly count: number }[] = [];

  constructor(state: RunState, clock: FleetClockPlan) {
    this.#state = state;
    this.#clock = clock;
  }

  warn(sentence: string): void {
    this.#warnings.push(sentence);
    if (this.#warnings.length > WARNINGS_SHOWN) this.#warnings.shift();
  }

  view(fleetUs: number, wallMs: number): LiveView {
    const { plan, tally } = this.#state;
    const { targeted, reachable, settled, reachableSettled, byClass, ...progress } = progressOf(this.#state);
    return {
      fleetUs,
      fleetEpochMs: this.#clock.startUtcMs + Math.floor(fleetUs / 1_000),
      wallMs,
      endUs: plan.endUs,
      nodes: plan.nodes,
      online: tally.column(TALLY.online).reduce((sum, change) => sum + change, 0),
      targeted,
      reachable,
      settled,
      reachableSettled,
      byClass,
      connects: progress.connects,
      fetches: progress.fetches,
      fetchesPerSecond: this.#rate(wallMs, progress.fetches),
      offers: progress.offers,
      downloadsInFlight: progress.downloadsInFlight,
      imageBytesReceived: progress.imageBytesReceived,
      statuses: progress.statuses,
      warnings: [...this.#warnings],
    };
  }

  #rate(wallMs: number, count: number): number {
    this.#fetches.push({ wallMs, count });
    while (this.#fetches.length > 2 && wallMs - this.#fetches[1]!.wallMs >= RATE_SPAN_MS) this.#fetches.shift();
    const first = this.#fetches[0]!;
    return wallMs > first.wallMs ? ((count - first.count) / (wallMs - first.wallMs)) * 1_000 : 0;
  }
}
