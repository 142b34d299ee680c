/**
 * Whether every run of a scenario gives each node the same outcome and final version, live or in virtual time: only
 * then may two runs be compared node by node. Not so where the end may cut nodes off in the middle of things.
 */
import { HOUR_US, MINUTE_US, SECOND_US } from "../base/instant.ts";
import type { Cohort } from "../fleet/cohort.ts";
import { mean, quantile } from "../fleet/distribution.ts";
import { throughputsIn, zonesIn } from "../fleet/fleet-rows.ts";
import { downloadLengthUs } from "./download-length.ts";
import { imageOfJob, imagesOf } from "./job-images.ts";
import { APPROVAL_RETRY_US } from "./job-timeline.ts";
import type { JobScenario, Scenario } from "./scenario.ts";
import { secondOffers, timersApart } from "./second-offers.ts";
import { targetsOf } from "./targets.ts";
import { opensInUs, windowLengthUs } from "./window-opening.ts";
import { DURATION, SHARE } from "./units.ts";

export interface RaceFreedom {
  readonly raceFree: boolean;
  /** Why not; empty if it is. */
  readonly reasons: readonly string[];
  /** Of these, nodes that ask again just before their reboot, with their figures. */
  readonly secondOffers: readonly SecondOfferRisk[];
}

/** Share of a cohort's nodes, 0 to 1, that ask again in the time before the reboot into a job's image. */
export interface SecondOfferRisk {
  readonly cohort: string;
  readonly job: string;
  readonly share: number;
  readonly rebootUs: number;
  /** As it stands among the reasons. */
  readonly reason: string;
}

export function isRaceFree(scenario: Scenario): RaceFreedom {
  const lengths = new Map(scenario.jobs.map((job) => [job, worstLengthUs(scenario, job)]));
  const secondOffers: SecondOfferRisk[] = [];
  const reasons = scenario.jobs.flatMap((job) => {
    const lengthUs = lengths.get(job) ?? 0;
    const endUs = job.startsUs + lengthUs;
    const printed = DURATION.print(Math.ceil(lengthUs / MINUTE_US) * MINUTE_US);
    const found: string[] = [];
    if (endUs > scenario.end.afterUs)
      found.push(
        `end.after ${DURATION.print(scenario.end.afterUs)} may come before job ${job.name} is done, which at worst takes about ${printed}`,
      );
    const endSeconds = job.validity?.endSeconds;
    const validForUs = endSeconds === undefined ? Infinity : endSeconds * SECOND_US - scenario.clock.startUtcMs * 1000;
    if (endUs > validForUs)
      found.push(`the validity of job ${job.name} may end before it is done, which at worst takes about ${printed}`);
    if (job.timeoutUs !== undefined && lengthUs > job.timeoutUs)
      found.push(`the timeout of job ${job.name} may come before it is done, which at worst takes about ${printed}`);
    if (job.cancelAfterUs !== undefined && lengthUs > job.cancelAfterUs)
      found.push(
        `job ${job.name} is cancelled after ${DURATION.print(job.cancelAfterUs)}, before it is done, which at worst takes about ${printed}: whose download has begun by then is chance`,
      );
    const asking = secondOfferReasons(scenario, job);
    secondOffers.push(...asking.risks);
    return [...found, ...asking.reasons];
  });
  reasons.push(...rivalries(scenario, lengths));
  for (const { version, defects = [] } of imagesOf(scenario)) {
    if (defects.some(({ afterUs }) => afterUs > 0))
      reasons.push(`image ${version} crashes when it has run for a while, wherever its nodes are by then`);
  }
  for (const { name, powerCuts } of scenario.fleet.cohorts) {
    if (powerCuts.length > 0) reasons.push(`power goes for cohort ${name} wherever its nodes are in an update`);
  }
  for (const { kind, name } of scenario.backend.faults) {
    if (kind === "outage")
      reasons.push(`backend.faults.${name} takes the backend away wherever its nodes are in an update`);
    else if (!name.endsWith("-latency"))
      reasons.push(`backend.faults.${name} strikes what comes just then: how often a node asks and speaks is chance`);
  }
  for (const { name, rollout } of scenario.jobs) {
    if (rollout?.stop !== undefined)
      reasons.push(
        `the stop rule of job ${name} fires between two statuses: whose download has begun by then is chance`,
      );
  }
  if (scenario.timeline !== undefined)
    reasons.push("the timeline acts in mid-rollout, wherever nodes are in an update just then");
  if (scenario.selftest?.workerDiesAtMs !== undefined)
    reasons.push("selftest.worker-dies ends nodes at an instant of wall time");
  return { raceFree: reasons.length === 0, reasons, secondOffers };
}

/** Fewer nodes than this are expected to be hit: then none is, most likely. */
const NODES_MIN = 0.5;

/** Nodes that may ask again between the end of their update and the reboot. */
function secondOfferReasons(
  scenario: Scenario,
  job: JobScenario,
): { readonly reasons: readonly string[]; readonly risks: readonly SecondOfferRisk[] } {
  const targets = targetsOf(scenario, job);
  const risks: SecondOfferRisk[] = [];
  const reasons = scenario.fleet.cohorts.flatMap((cohort) => {
    const nodes = targets.countIn(cohort);
    const { share, rebootUs } = secondOffers(scenario, job, cohort);
    const percent = SHARE.print(Number(share.toPrecision(2)));
    const why = job.window === undefined ? "" : ", most by timers that they set for its window";
    const asking = `about ${percent} of the nodes of cohort ${cohort.name} ask again in the ${DURATION.print(rebootUs)} between "applied" and the reboot into job ${job.name}${why}: they begin a second update, and a slot that it is still writing then does not boot (plans come within a factor of 1.5 of this figure, and by chance)`;
    const apart = nodes === 0 ? undefined : timersApart(scenario, job, cohort);
    const isRisk = nodes * share >= NODES_MIN;
    if (isRisk) risks.push({ cohort: cohort.name, job: job.name, share, rebootUs, reason: asking });
    return [
      ...(isRisk ? [asking] : []),
      ...(apart === undefined
        ? []
        : [
            `nodes of cohort ${cohort.name} hear of job ${job.name} up to ${apart.times} times before its window opens, and each time set a timer for it: at clock.speed ${scenario.clock.speed} answers that take 50 ms more or less set them ${DURATION.print(Math.round(apart.apartUs))} apart, so that a second update may begin before the reboot of the first`,
          ]),
    ];
  });
  return { reasons, risks };
}

/** Jobs that may be at work on one node at the same time: which of them it hears of first hangs on moments. */
function rivalries(scenario: Scenario, lengths: ReadonlyMap<JobScenario, number>): string[] {
  const { jobs, fleet } = scenario;
  return jobs.flatMap((job, index) =>
    jobs.slice(index + 1).flatMap((other) => {
      const [first, second] = job.startsUs <= other.startsUs ? [job, other] : [other, job];
      if (second.startsUs >= first.startsUs + (lengths.get(first) ?? 0)) return [];
      const targets = targetsOf(scenario, job);
      const others = targetsOf(scenario, other);
      return fleet.cohorts.some((cohort) => targets.sharesNodesWith(others, cohort))
        ? [
            `jobs ${job.name} and ${other.name} are for some of the same nodes at the same time: which comes first is chance`,
          ]
        : [];
    }),
  );
}

/** Quantile that stands for "the slowest": beyond it lie nodes that nobody waits for. */
const SLOW = 0.99;

/**
 * Fleet time from the start of a job until all but the odd node are settled, at worst: the slowest hundredth of links,
 * boots and spells offline, one after the other. A rough figure, rather too long.
 */
export function worstLengthUs(scenario: Scenario, job: JobScenario): number {
  const targets = targetsOf(scenario, job);
  const lengths = scenario.fleet.cohorts
    .filter((cohort) => targets.countIn(cohort) > 0)
    .map((cohort) => cohortLengthUs(scenario, job, cohort));
  return Math.max(0, ...lengths);
}

function cohortLengthUs(scenario: Scenario, job: JobScenario, cohort: Cohort): number {
  const { clock, fleet } = scenario;
  const image = imageOfJob(scenario, job);
  const { autofetch, offline } = cohort;
  const bootUs = quantile(cohort.bootUs, SLOW);
  const periodUs = autofetch.kind === "periodic" ? autofetch.everyUs + autofetch.jitterUs : 0;
  const hearsUs =
    (job.trigger === "default" ? periodUs : slowestApprovalUs(job)) +
    (fleet.begins === "booting" && job.startsUs === 0 ? bootUs + 5 * SECOND_US : 0);
  const offlineUs = offline.kind === "spells" && offline.perDay > 0 ? quantile(offline.lastUs, SLOW) : 0;
  const validInUs = (job.validity?.startSeconds ?? 0) * SECOND_US - clock.startUtcMs * 1000;
  const untilValidUs = Math.max(0, validInUs - job.startsUs);
  const startsUs = Math.max(
    ...zonesIn(cohort).map((zone) => startsInUs(scenario, job, zone, hearsUs + offlineUs, untilValidUs)),
  );
  const slowest = [
    ...throughputsIn(cohort).map((throughput) => quantile(throughput, 1 - SLOW)),
    quantile(cohort.flashBytesPerSecond, 1 - SLOW),
  ];
  // Three attempts, and the wait after them before the node asks again.
  const ownUs = downloadLengthUs(3 * image.sizeBytes, slowest) + 5 * MINUTE_US;
  // A plan's nodes share the egress: the last has its image when all bytes have been sent.
  const egress = scenario.model?.cdn?.egressBytesPerSecond ?? Infinity;
  const sharedUs = ((targetsOf(scenario, job).size * image.sizeBytes) / egress) * SECOND_US;
  const downloadUs = Math.max(ownUs, sharedUs);
  // Two boots and the wait for the network of an image that is rolled back.
  const rebootsUs = 2 * bootUs + 2 * MINUTE_US;
  return startsUs + downloadUs + rebootsUs;
}

/** 0 where nobody is asked. An approval that finds its node offline is tried again an hour later. */
function slowestApprovalUs({ approval }: JobScenario): number {
  if (approval === undefined) return 0;
  const reminderUs = approval.forgetful > 0 ? quantile(approval.reminderUs, SLOW) : 0;
  return quantile(approval.delayUs, SLOW) + reminderUs + APPROVAL_RETRY_US;
}

/** When the last node of a zone starts that has heard of the job, and has network again, after so long. */
function startsInUs(scenario: Scenario, job: JobScenario, zone: string, heardUs: number, untilValidUs: number): number {
  const opensUs = opensInUs(scenario, job, zone, job.startsUs + untilValidUs);
  const openUs = opensUs === undefined ? untilValidUs : opensUs - job.startsUs;
  // Its nodes come back over a minute. Who misses the window waits a day, and an hour more where clocks change.
  const missesUs = heardUs > openUs + windowLengthUs(job) ? 25 * HOUR_US : 0;
  return Math.max(heardUs, openUs + MINUTE_US) + missesUs;
}

/** Bytes a second of fleet time at which a typical node of a cohort takes an image; of its slowest class of links. */
export function typicalBytesPerSecond(cohort: Cohort): number {
  const links = throughputsIn(cohort).map(mean);
  return Math.max(1, Math.min(...links, mean(cohort.flashBytesPerSecond)));
}
