/** Nodes that do the same thing at the same moment: what a herd is, and those that jobs call by pushes and hours. */
import { MINUTE_US, SECOND_US } from "../base/instant.ts";
import type { JobScenario, Scenario } from "./scenario.ts";
import { targetsOf } from "./targets.ts";
import { opensInUs } from "./window-opening.ts";

/** Nodes that are let go at one instant, as all else is as it should be. */
export interface Herd {
  readonly does: "connect" | "ask" | "download";
  readonly because: HerdCause;
  /** Name of the job that they download for; null = for none in particular. */
  readonly job: string | null;
  readonly zones: readonly string[];
  readonly nodes: number;
  /** How often each does it within `overUs`: attempts that follow on each other. */
  readonly times: number;
  /** Fleet time, and how long after the start of its job: of the youngest that has begun, where it is for none. */
  readonly atUs: number;
  /** Null = no job has begun. */
  readonly sinceJobUs: number | null;
  /** Fleet time over which its nodes start. */
  readonly overUs: number;
  /** What comes of `model:` is the plan's alone: a run has real servers. */
  readonly isInPlanOnly: boolean;
  /** A run's alone: what it does counts wall time, which at its clock's speed is longer for nodes than in a plan. */
  readonly isInRunOnly?: true;
  /** Its job starts when a condition of the timeline holds, nobody knows when: its times are as if at the earliest. */
  readonly isOnceStarted?: true;
}

export type HerdCause =
  | "push"
  | "window"
  | "validity"
  | "power is back"
  | "backend goes away"
  | "backend is back"
  /** Downloads that share a line end at once, and their nodes reboot. */
  | "shared egress";

/** RainMaker's firmware sleeps whole minutes to the opening, plus 5 s: a zone's nodes come back within a minute. */
const WINDOW_SPREAD_US = MINUTE_US;
/** It sleeps to the second where a validity begins. */
const VALIDITY_SPREAD_US = SECOND_US;

/** Those who have heard of the job by then wait, and start together; the others start when they ask. */
export function jobHerds(scenario: Scenario, job: JobScenario, targetsByZone: ReadonlyMap<string, number>): Herd[] {
  const { startsUs, startsBy } = job;
  const startUnknown = startsBy === undefined ? {} : ({ isOnceStarted: true } as const);
  const validInUs = validFromUs(scenario, job);
  const herds = new Map<number, { zones: string[]; nodes: number; overUs: number; because: HerdCause }>();
  for (const [zone, nodes] of targetsByZone) {
    const openInUs = opensInUs(scenario, job, zone, validInUs);
    const atUs = openInUs ?? validInUs;
    // At once: those who need not wait come as they ask, and only a push calls them all together.
    if (atUs === startsUs && job.trigger !== "force-push") continue;
    const [because, overUs]: [HerdCause, number] =
      openInUs !== undefined && openInUs > validInUs
        ? ["window", WINDOW_SPREAD_US]
        : atUs === startsUs
          ? ["push", 0]
          : ["validity", VALIDITY_SPREAD_US];
    const herd = herds.get(atUs) ?? { zones: [], nodes: 0, overUs, because };
    herd.zones.push(zone);
    herd.nodes += Math.round(nodes * shareThatHeard(scenario, job, atUs - startsUs));
    herds.set(atUs, herd);
  }
  return [...herds].map(([atUs, herd]) => {
    return {
      does: "download",
      job: job.name,
      times: 1,
      atUs,
      sinceJobUs: atUs - startsUs,
      isInPlanOnly: false,
      ...herd,
      ...startUnknown,
    };
  });
}

/** The jobs with the instants at which the timeline starts them, where it has instants and no conditions. */
export function withKnownStarts({ jobs, timeline }: Scenario): readonly JobScenario[] {
  return jobs.map((job) => {
    if (job.startsBy === undefined) return job;
    const starts = (timeline ?? []).flatMap(({ atUs, acts }) =>
      atUs !== undefined && acts.some((act) => act.kind === "start" && act.job === job.name) ? [atUs] : [],
    );
    if (starts.length === 0) return job;
    return { ...job, startsBy: undefined, startsUs: Math.max(job.startsUs, Math.min(...starts)) };
  });
}

/** Fleet time from which a job may be done: its start, or where its validity begins later. */
export function validFromUs({ clock }: Scenario, { startsUs, validity }: JobScenario): number {
  const startSeconds = clock.startUtcMs / 1000;
  return Math.max(startsUs, ((validity?.startSeconds ?? startSeconds) - startSeconds) * SECOND_US);
}

/** Share of the targets that have heard of a job by so long after its start, 0 to 1. */
function shareThatHeard(scenario: Scenario, job: JobScenario, afterUs: number): number {
  if (job.trigger === "force-push") return 1;
  // Who approves before the hour comes is among them: at most all who ever do.
  if (job.approval !== undefined) return job.approval.share;
  const wanted = targetsOf(scenario, job);
  let targets = 0;
  let asked = 0;
  for (const cohort of scenario.fleet.cohorts) {
    const { autofetch } = cohort;
    const share = autofetch.kind === "periodic" ? Math.min(1, afterUs / autofetch.everyUs) : 1;
    const inCohort = wanted.countIn(cohort);
    targets += inCohort;
    asked += inCohort * share;
  }
  return targets === 0 ? 0 : asked / targets;
}

/** Herds of several cohorts that come at one instant, for one reason, are one. The earliest first, none empty. */
export function together(herds: readonly Herd[]): Herd[] {
  const byMoment = new Map<string, Herd>();
  for (const herd of herds) {
    if (herd.nodes === 0) continue;
    const { does, because, job, times, atUs, overUs, isInPlanOnly, isInRunOnly, isOnceStarted } = herd;
    const key = JSON.stringify([does, because, job, times, atUs, overUs, isInPlanOnly, isInRunOnly, isOnceStarted]);
    const other = byMoment.get(key);
    byMoment.set(
      key,
      other === undefined
        ? herd
        : { ...other, nodes: other.nodes + herd.nodes, zones: [...new Set([...other.zones, ...herd.zones])] },
    );
  }
  return [...byMoment.values()].toSorted((a, b) => a.atUs - b.atUs);
}

/** Nodes that do it in the busiest second of fleet time, and each time that they do. */
export function perFleetSecond({ nodes, times, overUs }: Herd): number {
  return (nodes * times) / Math.max(1, overUs / SECOND_US);
}
