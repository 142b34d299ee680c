/**
 * What follows from the limits that `model:` states, before anything is planned: how long all bytes and all dials take at
 * the least, and who ends together as they share a line. A run has real servers and none of it.
 */
import { adapterOf } from "../adapters/adapters.ts";
import { MILLISECOND_US, SECOND_US } from "../base/instant.ts";
import { mean, quantile } from "../fleet/distribution.ts";
import type { Herd } from "./herds.ts";
import { imageOfJob } from "./job-images.ts";
import { typicalBytesPerSecond } from "./race-free.ts";
import type { Scenario } from "./scenario.ts";
import { targetsOf } from "./targets.ts";

/** Rates are a fleet second's, durations microseconds of fleet time; null = not limited. */
export interface ModelledLoad {
  readonly egressBytesPerSecond: number | null;
  /** All images to all targets at that rate: no plan is done sooner. */
  readonly allBytesUs: number | null;
  readonly connectsPerSecond: number | null;
  /** Until all nodes are back where they dial at once. */
  readonly allConnectsUs: number | null;
  /** Questions that its servers answer. */
  readonly fetchesPerSecond: number | null;
}

/** @param downloadBytes of all targets of all jobs */
export function modelledLoad({ model, fleet }: Scenario, downloadBytes: number): ModelledLoad | null {
  const { broker, cdn, fetch: answering } = model ?? {};
  const egress = cdn?.egressBytesPerSecond ?? null;
  const connects = broker?.connectsPerSecond ?? null;
  const answerUs = answering === undefined ? 0 : mean(answering.serviceUs);
  const fetches = answering === undefined || answerUs <= 0 ? null : (answering.servers / answerUs) * SECOND_US;
  if (egress === null && connects === null && fetches === null) return null;
  const waiting = Math.max(0, fleet.nodes - (broker?.connectBurst ?? 0));
  return {
    egressBytesPerSecond: egress,
    allBytesUs: egress === null ? null : (downloadBytes / egress) * SECOND_US,
    connectsPerSecond: connects,
    allConnectsUs: connects === null ? null : (waiting / connects) * SECOND_US,
    fetchesPerSecond: fetches,
  };
}

/** Where a line is shared by so many that their own links hardly count, so much longer than alone, all end at once. */
const CROWDED = 3;

/** What is known of a cohort when the run begins. */
interface CohortAtBegin {
  readonly nodes: number;
  readonly startsOffline: number;
  readonly zones: readonly { readonly zone: string }[];
}

/** Nodes that a push sends to one shared line all have the last byte at once, reboot, and dial together. */
export function endsTogether(scenario: Scenario, cohorts: readonly CohortAtBegin[]): Herd[] {
  const { fleet, model, backend, jobs, end } = scenario;
  const egress = model?.cdn?.egressBytesPerSecond;
  const adapter = adapterOf(backend.adapter);
  if (egress === undefined || adapter?.link !== "mqtt") return [];
  return jobs.flatMap((job) => {
    if (job.trigger !== "force-push" || job.startsBy !== undefined) return [];
    if (job.window !== undefined || job.validity !== undefined || job.rollout !== undefined) return [];
    const { sizeBytes } = imageOfJob(scenario, job);
    const pushed = fleet.cohorts.map((cohort, number) => {
      const { nodes = 0, startsOffline = 0 } = cohorts[number] ?? {};
      const online = nodes === 0 ? 0 : 1 - startsOffline / nodes;
      return { cohort, number, nodes: Math.round(targetsOf(scenario, job).countIn(cohort) * online) };
    });
    const drawing = pushed.filter(({ nodes }) => nodes > 0);
    const sharedUs = (drawing.reduce((sum, { nodes }) => sum + nodes, 0) * sizeBytes * SECOND_US) / egress;
    return drawing.flatMap(({ cohort, number, nodes }): Herd[] => {
      if (sharedUs < (CROWDED * sizeBytes * SECOND_US) / typicalBytesPerSecond(cohort)) return [];
      const [generation] = cohort.runs.generations.toSorted((a, b) => b.weight - a.weight);
      const { rebootAfterMs = 0, firstFetchAfterMs = 0 } =
        adapter.generations[generation?.value ?? adapter.defaultGeneration] ?? {};
      const sinceJobUs = sharedUs + rebootAfterMs * MILLISECOND_US + quantile(cohort.bootUs, 0.5);
      if (job.startsUs + sinceJobUs >= end.afterUs) return [];
      const zones = (cohorts[number]?.zones ?? []).map(({ zone }) => zone);
      const overUs = quantile(cohort.bootUs, 0.95) - quantile(cohort.bootUs, 0.05);
      const herd = (does: Herd["does"], afterUs: number): Herd => {
        const since = sinceJobUs + afterUs;
        return {
          does,
          because: "shared egress",
          job: job.name,
          zones,
          nodes,
          times: 1,
          atUs: job.startsUs + since,
          sinceJobUs: since,
          overUs,
          isInPlanOnly: true,
        };
      };
      const asks = cohort.autofetch.kind === "never" ? [] : [herd("ask", firstFetchAfterMs * MILLISECOND_US)];
      return [herd("connect", 0), ...asks];
    });
  });
}
