/**
 * Herds that power cuts and outages make: nodes boot together where power comes back, and dial again together where the
 * backend does, as the firmware waits a fixed time and has no jitter. Figures for nodes that are online; who is in an
 * offline spell just then is counted as if not.
 */
import { adapterOf } from "../adapters/adapters.ts";
import { MILLISECOND_US } from "../base/instant.ts";
import type { Cohort } from "../fleet/cohort.ts";
import { mean, quantile } from "../fleet/distribution.ts";
import { throughputsIn } from "../fleet/fleet-rows.ts";
import { cutsOf } from "../fleet/power-cuts.ts";
import type { Generation } from "../node/generation.ts";
import { type Absence, absencesOf } from "./absences.ts";
import { downloadLengthUs } from "./download-length.ts";
import { type Herd, validFromUs } from "./herds.ts";
import { imageOfJob } from "./job-images.ts";
import type { JobScenario, Scenario } from "./scenario.ts";
import { targetsOf } from "./targets.ts";
import { opensInUs } from "./window-opening.ts";

/** Nine tenths of a cohort lie between these: its width, where a trait is drawn. */
const QUICK = 0.05;
const SLOW = 0.95;

/** What the herds of one cohort have in common. `nodesIn`: its nodes in a zone. */
interface Crowd {
  readonly scenario: Scenario;
  readonly cohort: Cohort;
  readonly nodesIn: ReadonlyMap<string, number>;
  /** What most of its nodes run. */
  readonly generation: Generation;
  readonly hasLink: boolean;
}

/** @param nodesByZone of each cohort, in their order */
export function reconnectHerds(scenario: Scenario, nodesByZone: readonly ReadonlyMap<string, number>[]): Herd[] {
  const adapter = adapterOf(scenario.backend.adapter);
  if (adapter === undefined) return [];
  return scenario.fleet.cohorts.flatMap((cohort, number) => {
    const [most] = cohort.runs.generations.toSorted((a, b) => b.weight - a.weight);
    const generation = adapter.generations[most?.value ?? adapter.defaultGeneration];
    if (generation === undefined) return [];
    const nodesIn = nodesByZone[number] ?? new Map<string, number>();
    const crowd = { scenario, cohort, nodesIn, generation, hasLink: adapter.link === "mqtt" };
    return [...powerHerds(crowd), ...outageHerds(crowd)];
  });
}

function powerHerds(crowd: Crowd): Herd[] {
  const { scenario, cohort, nodesIn, generation, hasLink } = crowd;
  const cuts = cutsOf(scenario.fleet, cohort);
  return cuts.flatMap((cut): Herd[] => {
    const bootUs = quantile(cohort.bootUs, QUICK);
    const upUs = cut.atUs + cut.forUs + bootUs;
    if (upUs >= scenario.end.afterUs) return [];
    const dark = [...nodesIn].filter(([zone]) => cut.zones.length === 0 || cut.zones.includes(zone));
    const zones = dark.map(([zone]) => zone);
    const nodes = dark.reduce((sum, [, each]) => sum + each, 0);
    const overUs = quantile(cohort.bootUs, SLOW) - bootUs;
    const herd = (does: Herd["does"], atUs: number): Herd => {
      const sinceJobUs = sinceYoungestJobUs(scenario, atUs);
      return {
        does,
        because: "power is back",
        job: null,
        zones,
        nodes,
        times: 1,
        atUs,
        sinceJobUs,
        overUs,
        isInPlanOnly: false,
      };
    };
    const connects = hasLink ? [herd("connect", upUs)] : [];
    if (cohort.autofetch.kind === "never") return connects;
    const untilUs = Math.min(
      scenario.end.afterUs,
      ...cuts.filter(({ atUs }) => atUs > cut.atUs).map(({ atUs }) => atUs),
    );
    const asksUs = upUs + generation.firstFetchAfterMs * MILLISECOND_US;
    const downloads = scenario.jobs.flatMap((job) => inStep(crowd, job, { ...cut, upUs, asksUs, untilUs }, herd));
    return [...connects, herd("ask", asksUs), ...downloads];
  });
}

/** Boots that follow on a cut: its own instant, when its nodes are up, when they ask first, and for how long they stay in step. */
interface Boots {
  readonly atUs: number;
  readonly upUs: number;
  readonly asksUs: number;
  readonly untilUs: number;
}

/** Nodes that booted together ask in step from then on, so that they hear of a job together, hours later too. */
function inStep(
  crowd: Crowd,
  job: JobScenario,
  { atUs, upUs, asksUs, untilUs }: Boots,
  herdAt: (does: Herd["does"], atUs: number) => Herd,
): Herd[] {
  const { scenario, cohort } = crowd;
  if (!isAsked(job)) return [];
  const { autofetch } = cohort;
  const validUs = validFromUs(scenario, job);
  const everyUs = autofetch.kind === "periodic" ? autofetch.everyUs : Infinity;
  // Its period counts from the start of its agent, as does the wait for its first question.
  const rounds = asksUs >= job.startsUs ? 0 : Math.ceil((job.startsUs - upUs) / everyUs);
  const hearsUs = rounds === 0 ? asksUs : upUs + rounds * everyUs;
  const isOver = job.cancelAfterUs !== undefined && hearsUs >= job.startsUs + job.cancelAfterUs;
  if (!Number.isFinite(hearsUs) || hearsUs >= untilUs || isOver || hearsUs < validUs) return [];
  const herd = herdAt("download", hearsUs);
  const zones = openZones(crowd, job, herd.zones, hearsUs);
  const nodes = nodesOf(crowd, zones);
  const anew = 1 - heardShare(cohort, job, atUs);
  const jitterUs = autofetch.kind === "periodic" && rounds > 0 ? autofetch.jitterUs : 0;
  return [
    {
      ...herd,
      job: job.name,
      zones,
      nodes: Math.round(nodes * targetShare(scenario, job, cohort) * anew),
      sinceJobUs: hearsUs - job.startsUs,
      overUs: herd.overUs + jitterUs,
    },
  ];
}

/** Whoever finds the window shut waits for it, in its zone's own herd. */
function openZones({ scenario }: Crowd, job: JobScenario, zones: readonly string[], atUs: number): readonly string[] {
  return zones.filter((zone) => (opensInUs(scenario, job, zone, atUs) ?? atUs) === atUs);
}

function nodesOf({ nodesIn }: Crowd, zones: readonly string[]): number {
  return zones.reduce((sum, zone) => sum + (nodesIn.get(zone) ?? 0), 0);
}

function outageHerds(crowd: Crowd): Herd[] {
  return absencesOf(crowd.scenario).flatMap((absence) =>
    absence.effect === "killed" ? killHerds(crowd, absence) : stopHerds(crowd, absence),
  );
}

function killHerds(crowd: Crowd, { of, atUs, forUs, isOfModel, speed, isInPlanOnly, isInRunOnly }: Absence): Herd[] {
  const { scenario, cohort, generation, hasLink, nodesIn } = crowd;
  const zones = [...nodesIn.keys()];
  const herd = (does: Herd["does"], because: Herd["because"], usOfHerd: number): Herd => {
    const sinceJobUs = sinceYoungestJobUs(scenario, usOfHerd);
    return {
      does,
      because,
      job: null,
      zones,
      nodes: cohort.nodes,
      times: 1,
      atUs: usOfHerd,
      sinceJobUs,
      overUs: 0,
      isInPlanOnly,
      ...(isInRunOnly && { isInRunOnly }),
    };
  };
  // The client's own wait, wall time as the absence is.
  const redialUs = generation.redialMs * MILLISECOND_US * speed;
  const dials = Math.ceil(forUs / redialUs);
  const backUs = atUs + dials * redialUs;
  const herds: Herd[] = [];
  // Each refused dial takes a round trip more, which differs from node to node: they drift apart by at most a wait.
  const tripUs = quantile(cohort.latencyUs, SLOW) - quantile(cohort.latencyUs, QUICK);
  if (of !== "cdn" && hasLink && backUs < scenario.end.afterUs)
    herds.push({ ...herd("connect", "backend is back", backUs), overUs: Math.min(redialUs, dials * 2 * tripUs) });
  if (of === "broker") return herds;
  for (const job of scenario.jobs) {
    const nodes = Math.round(downloadingAt(crowd, job, atUs));
    const sinceJobUs = atUs - job.startsUs;
    // Attempts on one offer are back to back, and a server that is away refuses each at once.
    const times = generation.attemptsMax - 1;
    // At that instant a run is where a plan is.
    if (times > 0 && !isInRunOnly)
      herds.push({
        ...herd("download", "backend goes away", atUs),
        job: job.name,
        nodes,
        times,
        sinceJobUs,
        isInPlanOnly: isOfModel,
      });
    const asksUs = asksAgainUs(generation, of === "cdn" ? atUs : atUs + forUs, atUs);
    if (asksUs === undefined || asksUs >= scenario.end.afterUs) continue;
    const after = { job: job.name, nodes, sinceJobUs: asksUs - job.startsUs };
    herds.push({ ...herd("ask", "backend is back", asksUs), ...after });
    herds.push({ ...herd("download", "backend is back", asksUs), ...after });
  }
  return herds;
}

/** When nodes whose attempts all failed at an instant ask again and are heard: their retries go on in step. */
function asksAgainUs(generation: Generation, heardFromUs: number, failedUs: number): number | undefined {
  const { refetchAfterMs, unsentRetryDelaysMs: delays } = generation;
  if (refetchAfterMs === undefined) return undefined;
  let askUs = failedUs + refetchAfterMs * MILLISECOND_US;
  for (let retry = 0; askUs < heardFromUs; retry++) {
    const delayMs = delays[Math.min(retry, delays.length - 1)];
    if (delayMs === undefined || delayMs <= 0) return undefined;
    askUs += delayMs * MILLISECOND_US;
  }
  return askUs;
}

/** Links stay, and whatever was asked in the meantime is answered at once. */
function stopHerds(crowd: Crowd, { atUs, forUs, isInPlanOnly, isInRunOnly }: Absence): Herd[] {
  const { scenario, cohort, nodesIn } = crowd;
  const { autofetch } = cohort;
  if (autofetch.kind !== "periodic") return [];
  const { everyUs } = autofetch;
  const backUs = atUs + forUs;
  return scenario.jobs
    .filter((job) => isAsked(job) && job.startsUs <= atUs && validFromUs(scenario, job) <= backUs)
    .map((job): Herd => {
      const anew = Math.min(forUs / everyUs, 1 - heardShare(cohort, job, atUs));
      const zones = openZones(crowd, job, [...nodesIn.keys()], backUs);
      const nodes = Math.round(nodesOf(crowd, zones) * targetShare(scenario, job, cohort) * anew);
      const sinceJobUs = backUs - job.startsUs;
      return {
        does: "download",
        because: "backend is back",
        job: job.name,
        zones,
        nodes,
        times: 1,
        atUs: backUs,
        sinceJobUs,
        overUs: 0,
        isInPlanOnly,
        ...(isInRunOnly && { isInRunOnly }),
      };
    });
}

/** Jobs that nodes hear of by asking, and whose start is known. */
function isAsked({ trigger, startsBy }: JobScenario): boolean {
  return trigger === "default" && startsBy === undefined;
}

/** Share of a cohort's targets that have asked since a job's start, 0 to 1. */
function heardShare({ autofetch }: Cohort, { startsUs }: JobScenario, byUs: number): number {
  return autofetch.kind === "periodic" ? Math.min(1, Math.max(0, byUs - startsUs) / autofetch.everyUs) : 0;
}

/** Share of a cohort's nodes that are targets of a job, 0 to 1. */
function targetShare(scenario: Scenario, job: JobScenario, cohort: Cohort): number {
  return cohort.nodes === 0 ? 0 : targetsOf(scenario, job).countIn(cohort) / cohort.nodes;
}

/** Nodes of a cohort that are drawing a job's image at an instant, on average. */
function downloadingAt({ scenario, cohort, nodesIn }: Crowd, job: JobScenario, atUs: number): number {
  const targets = targetsOf(scenario, job).countIn(cohort);
  const lengthUs = meanDownloadUs(cohort, imageOfJob(scenario, job).sizeBytes);
  const sinceUs = atUs - job.startsUs;
  if (sinceUs <= 0 || job.startsBy !== undefined) return 0;
  if (job.trigger === "force-push") return sinceUs < lengthUs ? targets : 0;
  const { autofetch } = cohort;
  if (job.trigger !== "default" || autofetch.kind !== "periodic") return 0;
  const isShut = [...nodesIn.keys()].every((zone) => (opensInUs(scenario, job, zone, atUs) ?? atUs) > atUs);
  if (isShut || sinceUs > autofetch.everyUs + lengthUs) return 0;
  return (targets * Math.min(lengthUs, sinceUs)) / autofetch.everyUs;
}

/** Over the nodes of a cohort; slow links count by how long they take. */
function meanDownloadUs(cohort: Cohort, sizeBytes: number): number {
  const flash = mean(cohort.flashBytesPerSecond);
  const links = throughputsIn(cohort);
  const steps = 20;
  const lengths = links.flatMap((link) =>
    Array.from({ length: steps }, (_, step) =>
      downloadLengthUs(sizeBytes, [flash, quantile(link, (step + 0.5) / steps)]),
    ),
  );
  return lengths.reduce((sum, us) => sum + us, 0) / Math.max(1, lengths.length);
}

/** Null where no job has begun by then. */
function sinceYoungestJobUs({ jobs }: Scenario, atUs: number): number | null {
  const sinceUs = jobs.filter(({ startsBy }) => startsBy === undefined).map(({ startsUs }) => atUs - startsUs);
  const begun = sinceUs.filter((us) => us >= 0);
  return begun.length === 0 ? null : Math.min(...begun);
}
