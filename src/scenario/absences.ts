/** When the backend is away, by its faults, the timeline and the model, as nodes of a plan and of a run have it. */
import { MILLISECOND_US } from "../base/instant.ts";
import { outagesOf } from "./outages.ts";
import type { Scenario } from "./scenario.ts";
import type { OutageSide } from "./server-model.ts";

/** One time that the backend, or a side of it, is away. Fleet time. */
export interface Absence {
  readonly of: OutageSide;
  readonly effect: "killed" | "stands still";
  readonly atUs: number;
  readonly forUs: number;
  /** Of `model:`, and not of what befalls a run too. */
  readonly isOfModel: boolean;
  /** Microseconds of fleet time in one of wall time. */
  readonly speed: number;
  readonly isInPlanOnly: boolean;
  readonly isInRunOnly?: true;
}

/** Those that begin before the end. What a run does counts wall time, so at its clock's speed it lasts so much longer for its nodes; a plan's speed is 1. */
export function absencesOf(scenario: Scenario): readonly Absence[] {
  const { speed } = scenario.clock;
  const ofBackend = outagesOf(scenario).flatMap(({ name, atUs, forMs }): Absence[] => {
    const forUs = forMs * MILLISECOND_US;
    const outage = { of: "all", effect: name === "stop" ? "stands still" : "killed", atUs, forUs } as const;
    const planned = { ...outage, isOfModel: false, speed: 1, isInPlanOnly: speed !== 1 };
    const live = { ...planned, forUs: forUs * speed, speed, isInPlanOnly: false, isInRunOnly: true } as const;
    return speed === 1 ? [planned] : [planned, live];
  });
  const ofModel = (scenario.model?.outages ?? []).map((outage): Absence => {
    return { ...outage, effect: "killed", isOfModel: true, speed: 1, isInPlanOnly: true };
  });
  return [...ofBackend, ...ofModel].filter(({ atUs }) => atUs < scenario.end.afterUs);
}
