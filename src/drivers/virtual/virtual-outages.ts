/**
 * When the modelled backend is away: killed, so that links break and dials are refused, or standing still, so that
 * whatever reaches it waits. All of it is known before the run begins. In a plan wall time passes as fleet time does.
 */
import type { InstantUs } from "../../base/instant.ts";
import type { BackendFaultName } from "../../faults/backend/backend-fault-names.ts";
import type { FaultCount } from "../../faults/backend/fault-draws.ts";
import type { outagesOf } from "../../scenario/outages.ts";

/** From the first instant of an outage to the one behind it. */
export interface Outage {
  readonly name: BackendFaultName;
  readonly fromUs: InstantUs;
  readonly untilUs: InstantUs;
}

export class VirtualOutages {
  /** By their begin; none overlaps another. */
  readonly all: readonly Outage[];
  readonly counts = new Map<BackendFaultName, FaultCount>();
  readonly #kills: readonly Outage[];
  readonly #stops: readonly Outage[];

  constructor(plans: ReturnType<typeof outagesOf>) {
    let freeUs = 0;
    this.all = plans
      .toSorted((a, b) => a.atUs - b.atUs)
      .map(({ name, atUs, forMs }) => {
        // One that would begin within another begins behind it, as the process has it.
        const fromUs = Math.max(atUs, freeUs);
        freeUs = fromUs + Math.round(forMs * 1_000);
        return { name, fromUs, untilUs: freeUs };
      });
    for (const { name } of this.all)
      this.counts.set(name, { drawn: (this.counts.get(name)?.drawn ?? 0) + 1, fired: 0 });
    this.#kills = this.all.filter(({ name }) => name === "restart");
    this.#stops = this.all.filter(({ name }) => name === "stop");
  }

  /** An outage has begun. */
  begun({ name }: Outage): void {
    const { drawn, fired } = this.counts.get(name) ?? { drawn: 1, fired: 0 };
    this.counts.set(name, { drawn, fired: fired + 1 });
  }

  /** Whether nobody listens. */
  isDead(atUs: InstantUs): boolean {
    return this.#kills.some(({ fromUs, untilUs }) => fromUs <= atUs && atUs < untilUs);
  }

  /** Whether what was sent at one instant and arrives at another meets no process, or another than it was sent to. */
  isLost(sentAtUs: InstantUs, arrivesAtUs: InstantUs): boolean {
    return this.isDead(arrivesAtUs) || this.#kills.some(({ fromUs }) => sentAtUs < fromUs && fromUs <= arrivesAtUs);
  }

  /** The first instant from this one on at which it is there and goes on. */
  presentAtUs(atUs: InstantUs): InstantUs {
    return this.all.reduce((us, { fromUs, untilUs }) => (fromUs <= us && us < untilUs ? untilUs : us), atUs);
  }

  /** When the backend takes up what reaches it at this instant, or gives out what is ready then. */
  servedAtUs(atUs: InstantUs): InstantUs {
    return this.#stops.find(({ fromUs, untilUs }) => fromUs <= atUs && atUs < untilUs)?.untilUs ?? atUs;
  }

  /** When so much of the backend's time has passed since an instant. */
  afterUs(sinceUs: InstantUs, lengthUs: number): InstantUs {
    let atUs = sinceUs + lengthUs;
    for (const { fromUs, untilUs } of this.#stops) {
      if (untilUs > sinceUs && fromUs < atUs) atUs += untilUs - Math.max(fromUs, sinceUs);
    }
    return atUs;
  }

  /** How much of the backend's time has passed between two instants. */
  betweenUs(sinceUs: InstantUs, untilUs: InstantUs): number {
    const stoodUs = this.#stops.reduce(
      (sum, stop) => sum + Math.max(0, Math.min(stop.untilUs, untilUs) - Math.max(stop.fromUs, sinceUs)),
      0,
    );
    return untilUs - sinceUs - stoodUs;
  }
}
