/** What a scenario will ask of backend and machine, worked out before a packet is sent: `inspect` prints it. */
import { howMany } from "../base/how-many.ts";
import { SECOND_US } from "../base/instant.ts";
import { seedOf } from "../base/random.ts";
import { FAULT_NAMES, type FaultName } from "../faults/fault-names.ts";
import { approvesAfterUs } from "../fleet/approval.ts";
import { isGone } from "../fleet/fleet-rows.ts";
import { traitsOf } from "../fleet/traits.ts";
import { COMPRESSION_MAX } from "../measure/composed-time.ts";
import {
  busiestFleetSecond,
  type BusiestFleetSecond,
  busiestWallSecond,
  type BusiestWallSecond,
  dialsByTls,
  handshakesOf,
  largestImageBytes,
  slowestDownloadUs,
} from "./busiest-second.ts";
import { type Herd, jobHerds, together, withKnownStarts } from "./herds.ts";
import { imageOfJob } from "./job-images.ts";
import { endsTogether, modelledLoad, type ModelledLoad } from "./modelled-load.ts";
import { reconnectHerds } from "./reconnect-herds.ts";
import type { JobScenario, Scenario } from "./scenario.ts";
import { worstLengthUs } from "./race-free.ts";
import { targetsOf } from "./targets.ts";
import { typicalCompletion, type TypicalCompletion } from "./typical-completion.ts";

export interface ExpectedLoad {
  readonly nodes: number;
  /** Nodes that are a target of any job. */
  readonly targets: number;
  readonly jobs: readonly JobLoad[];
  readonly cohorts: readonly CohortLoad[];
  /** Nodes by zone, most first. */
  readonly zones: readonly ZoneLoad[];
  /** Once the fleet is under way: questions by period. */
  readonly fetchesPerFleetSecond: number;
  readonly fetchesPerWallSecond: number;
  /** Links opened along the ramp. */
  readonly connectsPerWallSecond: number;
  /** If every target of every job draws its image once. */
  readonly downloadBytes: number;
  /** Nodes that start together, earliest first. */
  readonly herds: readonly Herd[];
  readonly busiestFleetSecond: BusiestFleetSecond;
  readonly busiestWallSecond: BusiestWallSecond;
  /** What follows from `model:`; null = it limits nothing of this. */
  readonly modelled: ModelledLoad | null;
  readonly honestSpeed: HonestSpeed;
}

export interface JobLoad {
  readonly name: string;
  /** Project and version of its image. */
  readonly image: string;
  readonly targets: number;
  /** Of these, whose users approve sooner or later; all of them where nobody is asked. */
  readonly approving: number;
  /** Fleet time; null = it is not cancelled. */
  readonly startsUs: number;
  readonly cancelledAtUs: number | null;
  /** When most are done, and when the last may be at worst: fleet time from its start. */
  readonly typical: TypicalCompletion | null;
  readonly worstUs: number;
}

export interface CohortLoad {
  readonly name: string;
  readonly nodes: number;
  /** Nodes that are a target of any job. */
  readonly targets: number;
  readonly zones: readonly ZoneLoad[];
  /** How many nodes drew each fault. */
  readonly faults: readonly { readonly fault: FaultName; readonly nodes: number }[];
  /** Nodes that the run finds in a spell offline (or gone), and those of them whom it does not see back. */
  readonly startsOffline: number;
  readonly awayToTheEnd: number;
  /** Of those, nodes that a fleet file says are gone for good, whatever `offline` is. */
  readonly gone: number;
}

export interface ZoneLoad {
  readonly zone: string;
  readonly nodes: number;
}

export interface HonestSpeed {
  /** The highest clock.speed at which completion is not shaped by the machine that runs the test. */
  readonly speed: number;
  /** What sets the limit. */
  readonly because: string;
}

/** What two cores on loopback serve and draw at once: bytes of images, and full TLS handshakes. Wall time. */
export const BYTES_PER_WALL_SECOND = 100e6;
export const HANDSHAKES_PER_WALL_SECOND = 400;

/** Counts by the traits themselves, so the figures are exact for the seed: a million nodes take a few seconds. */
export function expectedLoad(given: Scenario): ExpectedLoad {
  const scenario = { ...given, jobs: withKnownStarts(given) };
  const { fleet, clock } = scenario;
  const { cohorts, zones, jobs, targetsByZone } = census(scenario);
  const targets = cohorts.reduce((sum, cohort) => sum + cohort.targets, 0);
  const fetchesPerFleetSecond = fleet.cohorts.reduce(
    (sum, { nodes, autofetch }) => sum + (autofetch.kind === "periodic" ? (nodes / autofetch.everyUs) * SECOND_US : 0),
    0,
  );
  const herds = together([
    ...scenario.jobs.flatMap((job, number) =>
      jobHerds(scenario, job, targetsByZone[number] ?? new Map<string, number>()),
    ),
    ...reconnectHerds(
      scenario,
      cohorts.map(({ zones: ofCohort }) => new Map(ofCohort.map(({ zone, nodes }) => [zone, nodes]))),
    ),
    ...endsTogether(scenario, cohorts),
  ]);
  const downloadBytes = scenario.jobs.reduce(
    (sum, job, number) => sum + (jobs[number]?.targets ?? 0) * imageOfJob(scenario, job).sizeBytes,
    0,
  );
  return {
    nodes: fleet.nodes,
    targets,
    jobs,
    cohorts,
    zones,
    fetchesPerFleetSecond,
    fetchesPerWallSecond: fetchesPerFleetSecond * clock.speed,
    connectsPerWallSecond: fleet.nodes / Math.max(1, fleet.connectOverMs / 1000),
    downloadBytes,
    herds,
    busiestFleetSecond: busiestFleetSecond(scenario, herds, fetchesPerFleetSecond, targets),
    busiestWallSecond: busiestWallSecond(scenario, herds, fetchesPerFleetSecond),
    modelled: modelledLoad(scenario, downloadBytes),
    honestSpeed: highestHonestSpeed(scenario, herds, targets, fetchesPerFleetSecond),
  };
}

interface Census {
  readonly cohorts: readonly CohortLoad[];
  readonly zones: readonly ZoneLoad[];
  readonly jobs: readonly JobLoad[];
  /** By job. */
  readonly targetsByZone: readonly ReadonlyMap<string, number>[];
}

function census(scenario: Scenario): Census {
  const { fleet } = scenario;
  const seed = seedOf(scenario.seed);
  const allZones = new Map<string, number>();
  const tallies = scenario.jobs.map((job) => ({
    targets: targetsOf(scenario, job),
    byZone: new Map<string, number>(),
  }));
  const cohorts = fleet.cohorts.map((cohort): CohortLoad => {
    const zones = new Map<string, number>();
    const faults = FAULT_NAMES.map(() => 0);
    let targets = 0;
    let startsOffline = 0;
    let awayToTheEnd = 0;
    let gone = 0;
    for (let node = cohort.firstNode; node < cohort.firstNode + cohort.nodes; node += 1) {
      const traits = traitsOf(fleet, seed, node);
      count(zones, traits.zone);
      count(allZones, traits.zone);
      if (traits.startsOfflineForUs > 0) startsOffline += 1;
      if (traits.startsOfflineForUs >= scenario.end.afterUs) awayToTheEnd += 1;
      if (isGone(cohort, node)) gone += 1;
      for (let fault = 0; fault < faults.length; fault += 1)
        if ((traits.faults & (1 << fault)) !== 0) faults[fault] = (faults[fault] ?? 0) + 1;
      const wanted = tallies.filter((tally) => tally.targets.has(node));
      if (wanted.length > 0) targets += 1;
      for (const { byZone } of wanted) count(byZone, traits.zone);
    }
    const hit = FAULT_NAMES.map((fault, number) => ({ fault, nodes: faults[number] ?? 0 })).filter(
      ({ nodes }) => nodes > 0,
    );
    return {
      name: cohort.name,
      nodes: cohort.nodes,
      targets,
      zones: mostFirst(zones),
      faults: hit,
      startsOffline,
      awayToTheEnd,
      gone,
    };
  });
  const jobs = scenario.jobs.map((job, number) => jobLoad(scenario, job, number));
  return { cohorts, zones: mostFirst(allZones), jobs, targetsByZone: tallies.map(({ byZone }) => byZone) };
}

function jobLoad(scenario: Scenario, job: JobScenario, number: number): JobLoad {
  const { project, version } = imageOfJob(scenario, job);
  const { approval, startsUs, cancelAfterUs } = job;
  const targets = targetsOf(scenario, job);
  const seed = seedOf(scenario.seed);
  let approving = approval === undefined ? targets.size : 0;
  if (approval !== undefined)
    for (const node of targets) if (approvesAfterUs(approval, seed, node, number) !== undefined) approving += 1;
  return {
    name: job.name,
    image: `${project} ${version}`,
    targets: targets.size,
    approving,
    startsUs,
    cancelledAtUs: cancelAfterUs === undefined ? null : startsUs + cancelAfterUs,
    typical: typicalCompletion(scenario, job, number),
    worstUs: worstLengthUs(scenario, job),
  };
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function mostFirst(counts: ReadonlyMap<string, number>): ZoneLoad[] {
  const zones = [...counts].map(([zone, nodes]) => ({ zone, nodes }));
  return zones.sort((a, b) => b.nodes - a.nodes || (a.zone < b.zone ? -1 : 1));
}

/**
 * A herd that is larger than the machine makes its last nodes wait, in wall time, and at speed s a wall second is s
 * fleet seconds. That wait may stretch their completion by a tenth. Where there is no herd, nodes start as they ask.
 */
function highestHonestSpeed(
  scenario: Scenario,
  herds: readonly Herd[],
  targets: number,
  fetchesPerFleetSecond: number,
): HonestSpeed {
  const sizeBytes = largestImageBytes(scenario);
  const downloadUs = slowestDownloadUs(scenario);
  const handshakes = dialsByTls(scenario.backend) ? 2 : 1;
  const wallSecondsOf = (nodes: number): number =>
    Math.max((nodes * handshakes) / HANDSHAKES_PER_WALL_SECOND, (nodes * sizeBytes) / BYTES_PER_WALL_SECOND);
  // Whoever goes on where the backend went away has its bytes, and a herd that meets no job shapes no completion.
  const shaping = herds.filter(
    (herd) =>
      !herd.isInPlanOnly &&
      herd.sinceJobUs !== null &&
      herd.because !== "backend goes away" &&
      handshakesOf(scenario, herd) > 0,
  );
  const limits = shaping.map((herd): HonestSpeed => {
    const { does, nodes, zones, overUs } = herd;
    const isDownload = does === "download";
    const ownUs = isDownload ? Math.max(overUs, downloadUs) : overUs;
    const slackUs = (COMPRESSION_MAX - 1) * ((herd.sinceJobUs ?? 0) + downloadUs) + ownUs;
    const verb = isDownload ? ["node starts", "nodes start"] : ["node dials", "nodes dial"];
    return {
      speed: slackUs / SECOND_US / (isDownload ? wallSecondsOf(nodes) : nodes / HANDSHAKES_PER_WALL_SECOND),
      because: `${howMany(nodes, verb[0] ?? "", verb[1])} together in ${zones.slice(0, 3).join(", ")}${zones.length > 3 ? ", ..." : ""}`,
    };
  });
  const startsPerFleetSecond = Math.min(fetchesPerFleetSecond, targets);
  if (startsPerFleetSecond > 0)
    limits.push({
      speed: 1 / wallSecondsOf(startsPerFleetSecond),
      because: "nodes start as they ask, by their period",
    });
  const least = limits.sort((a, b) => a.speed - b.speed)[0] ?? { speed: Infinity, because: "nothing is limited" };
  return { speed: Math.max(1, Math.min(100_000, Math.floor(least.speed))), because: least.because };
}
