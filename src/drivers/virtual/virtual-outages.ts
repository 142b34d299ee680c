/**
 * When the modelled backend is away: killed, so that links break and dials are refused, or standing still, so that
 * whatever reaches it waits. All of it is known before the run begins: misbehaviour of the scenario's backend, and
 * outages of its model, which may be of the broker or of the images alone. In a plan wall time passes as fleet time does.
 */
import type { InstantUs } from "../../base/instant.ts";
import type { BackendFaultName } from "../../faults/backend/backend-fault-names.ts";
import type { FaultCount } from "../../faults/backend/fault-draws.ts";
import type { outagesOf } from "../../scenario/outages.ts";
import type { ModelOutage, OutageSide } from "../../scenario/server-model.ts";

/** From the first instant of an outage to the one behind it. */
export interface Outage {
  /** Undefined = stated by the model. */
  readonly fault: BackendFaultName | undefined;
  readonly effect: "killed" | "stands still";
  readonly of: OutageSide;
  readonly fromUs: InstantUs;
  readonly untilUs: InstantUs;
}

/** Who is asked for: the broker with questions and statuses, or the images. */
export type ServerSide = "broker" | "cdn";

export class VirtualOutages {
  /** By their begin; none overlaps another of the same side. */
  readonly all: readonly Outage[];
  readonly counts = new Map<BackendFaultName, FaultCount>();
  readonly #brokerKills: readonly Outage[];
  readonly #cdnKills: readonly Outage[];
  readonly #stops: readonly Outage[];
  /** The operator's own way in is away with everything only. */
  readonly #whole: readonly Outage[];

  constructor(plans: ReturnType<typeof outagesOf>, model: readonly ModelOutage[]) {
    let freeUs = 0;
    const misbehaviour = plans
      .toSorted((a, b) => a.atUs - b.atUs)
      .map(({ name, atUs, forMs }): Outage => {
        // One that would begin within another begins behind it, as the process has it.
        const fromUs = Math.max(atUs, freeUs);
        freeUs = fromUs + Math.round(forMs * 1_000);
        return { fault: name, effect: name === "stop" ? "stands still" : "killed", of: "all", fromUs, untilUs: freeUs };
      });
    const modelled = model.map(({ of, atUs, forUs }): Outage => {
      return { fault: undefined, effect: "killed", of, fromUs: atUs, untilUs: atUs + forUs };
    });
    this.all = [...misbehaviour, ...modelled].toSorted((a, b) => a.fromUs - b.fromUs);
    for (const { fault } of misbehaviour)
      if (fault !== undefined) this.counts.set(fault, { drawn: (this.counts.get(fault)?.drawn ?? 0) + 1, fired: 0 });
    const kills = this.all.filter(({ effect }) => effect === "killed");
    this.#brokerKills = kills.filter(({ of }) => of !== "cdn");
    this.#cdnKills = kills.filter(({ of }) => of !== "broker");
    this.#stops = this.all.filter(({ effect }) => effect === "stands still");
    this.#whole = this.all.filter(({ of }) => of === "all");
  }

  /** An outage has begun. */
  begun({ fault }: Outage): void {
    if (fault === undefined) return;
    const { drawn, fired } = this.counts.get(fault) ?? { drawn: 1, fired: 0 };
    this.counts.set(fault, { drawn, fired: fired + 1 });
  }

  /** Whether nobody listens. */
  isDead(side: ServerSide, atUs: InstantUs): boolean {
    // Asked for each message, and mostly there is none: a loop costs nothing then, a call of a function would.
    for (const { fromUs, untilUs } of this.#killsOf(side)) if (fromUs <= atUs && atUs < untilUs) return true;
    return false;
  }

  /** The outage of the model in which nobody listens at an instant, and everything is refused until its end. */
  modelledAt(side: ServerSide, atUs: InstantUs): Outage | undefined {
    return this.#killsOf(side).find(
      ({ fault, fromUs, untilUs }) =>
        fault === undefined &&
        fromUs <= atUs &&
        atUs < untilUs &&
        !this.#stops.some((stop) => stop.fromUs < untilUs && fromUs < stop.untilUs),
    );
  }

  /** Whether what was sent at one instant and arrives at another meets no process, or another than it was sent to. */
  isLost(sentAtUs: InstantUs, arrivesAtUs: InstantUs): boolean {
    if (this.isDead("broker", arrivesAtUs)) return true;
    for (const { fromUs } of this.#brokerKills) if (sentAtUs < fromUs && fromUs <= arrivesAtUs) return true;
    return false;
  }

  #killsOf(side: ServerSide): readonly Outage[] {
    return side === "broker" ? this.#brokerKills : this.#cdnKills;
  }

  /** The first instant from this one on at which the whole of it is there and goes on. */
  presentAtUs(atUs: InstantUs): InstantUs {
    return this.#whole.reduce((us, { fromUs, untilUs }) => (fromUs <= us && us < untilUs ? untilUs : us), atUs);
  }

  /** When the backend takes up what reaches it at this instant, or gives out what is ready then. */
  servedAtUs(atUs: InstantUs): InstantUs {
    for (const { fromUs, untilUs } of this.#stops) if (fromUs <= atUs && atUs < untilUs) return untilUs;
    return atUs;
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
