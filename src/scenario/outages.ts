/** What befalls the run by its timeline and its backend's faults, and is known before it begins. */
import type { BackendFaultPlan } from "../faults/backend/backend-fault.ts";
import type { Distribution } from "../fleet/distribution.ts";
import type { FleetPowerCut } from "../fleet/fleet.ts";
import type { Scenario } from "./scenario.ts";
import type { TimelineRule } from "./timeline.ts";

type OutagePlan = Extract<BackendFaultPlan<Distribution>, { readonly kind: "outage" }>;

/** When the backend is to be away, by its faults and by the timeline. */
export function outagesOf({ backend, timeline }: Pick<Scenario, "backend" | "timeline">): readonly OutagePlan[] {
  const ofTimeline = (timeline ?? []).flatMap(({ atUs, acts }) =>
    acts.flatMap((act): OutagePlan[] =>
      atUs !== undefined && (act.kind === "restart" || act.kind === "stop")
        ? [{ kind: "outage", name: act.kind, atUs, forMs: act.forMs }]
        : [],
    ),
  );
  return [...backend.faults.flatMap((plan) => (plan.kind === "outage" ? [plan] : [])), ...ofTimeline];
}

/** The timeline's power cuts, as the fleet has them. */
export function powerCutsOfTimeline(timeline: readonly TimelineRule[]): readonly FleetPowerCut[] {
  return timeline.flatMap(({ atUs, acts }) =>
    acts.flatMap((act) =>
      atUs !== undefined && act.kind === "powerCut"
        ? [{ atUs, forUs: act.forUs, cohorts: act.cohorts, zones: act.zones }]
        : [],
    ),
  );
}
