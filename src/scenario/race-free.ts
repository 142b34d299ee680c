/**
 * Whether every run of a scenario gives each node the same outcome and final version, live or in virtual time: only
 * then may two runs be compared node by node. Not so where the end may cut nodes off in the middle of things.
 */
import { HOUR_US, MINUTE_US, SECOND_US } from "../base/instant.ts";
import type { Cohort } from "../fleet/cohort.ts";
import { mean, quantile } from "../fleet/distribution.ts";
import type { JobScenario, Scenario } from "./scenario.ts";
import { targetsIn } from "./targets.ts";
import { opensInUs, windowLengthUs } from "./window-opening.ts";
import { DURATION } from "./units.ts";

export interface RaceFreedom {
  readonly raceFree: boolean;
  /** Why not; empty if it is. */
  readonly reasons: readonly string[];
}

export function isRaceFree(scenario: Scenario): RaceFreedom {
  const reasons = scenario.jobs.flatMap((job) => {
    const lengthUs = expectedLengthUs(scenario, job);
    const printed = DURATION.print(Math.ceil(lengthUs / MINUTE_US) * MINUTE_US);
    const found: string[] = [];
    if (lengthUs > scenario.end.afterUs)
      found.push(
        `end.after ${DURATION.print(scenario.end.afterUs)} may come before job ${job.name} is done, which takes about ${printed}`,
      );
    const endSeconds = job.validity?.endSeconds;
    const validForUs = endSeconds === undefined ? Infinity : endSeconds * SECOND_US - scenario.clock.startUtcMs * 1000;
    if (lengthUs > validForUs)
      found.push(`the validity of job ${job.name} may end before it is done, which takes about ${printed}`);
    return found;
  });
  for (const { name, powerCuts } of scenario.fleet.cohorts) {
    if (powerCuts.length > 0) reasons.push(`power goes for cohort ${name} wherever its nodes are in an update`);
  }
  if (scenario.selftest?.workerDiesAtMs !== undefined)
    reasons.push("selftest.worker-dies ends nodes at an instant of wall time");
  return { raceFree: reasons.length === 0, reasons };
}

/** Quantile that stands for "the slowest": beyond it lie nodes that nobody waits for. */
const SLOW = 0.99;

/** Fleet time from the start of a job until all but the odd node are settled. A rough figure, rather too long. */
function expectedLengthUs(scenario: Scenario, job: JobScenario): number {
  const lengths = scenario.fleet.cohorts
    .filter((cohort) => targetsIn(job.targets, cohort) > 0)
    .map((cohort) => cohortLengthUs(scenario, job, cohort));
  return Math.max(0, ...lengths);
}

function cohortLengthUs(scenario: Scenario, job: JobScenario, cohort: Cohort): number {
  const { image, clock, fleet } = scenario;
  const { autofetch, offline } = cohort;
  const bootUs = quantile(cohort.bootUs, SLOW);
  const periodUs = autofetch.kind === "periodic" ? autofetch.everyUs + autofetch.jitterUs : 0;
  const hearsUs =
    (job.trigger === "force-push" ? 0 : periodUs) + (fleet.begins === "booting" ? bootUs + 5 * SECOND_US : 0);
  const offlineUs = offline.kind === "spells" && offline.perDay > 0 ? quantile(offline.lastUs, SLOW) : 0;
  const untilValidUs = Math.max(0, (job.validity?.startSeconds ?? 0) * SECOND_US - clock.startUtcMs * 1000);
  const startsUs = Math.max(
    ...cohort.zones.map(({ value }) => startsInUs(scenario, job, value, hearsUs + offlineUs, untilValidUs)),
  );
  const slowest = Math.min(
    quantile(cohort.throughputBytesPerSecond, 1 - SLOW),
    quantile(cohort.flashBytesPerSecond, 1 - SLOW),
  );
  // Three attempts, and the wait after them before the node asks again.
  const downloadUs = ((3 * image.sizeBytes) / Math.max(1, slowest)) * SECOND_US + 5 * MINUTE_US;
  // Two boots and the wait for the network of an image that is rolled back.
  const rebootsUs = 2 * bootUs + 2 * MINUTE_US;
  return startsUs + downloadUs + rebootsUs;
}

/** When the last node of a zone starts that has heard of the job, and has network again, after so long. */
function startsInUs(scenario: Scenario, job: JobScenario, zone: string, heardUs: number, untilValidUs: number): number {
  const openUs = opensInUs(scenario, job, zone, untilValidUs) ?? untilValidUs;
  // Its nodes come back over a minute. Who misses the window waits a day, and an hour more where clocks change.
  const missesUs = heardUs > openUs + windowLengthUs(job) ? 25 * HOUR_US : 0;
  return Math.max(heardUs, openUs + MINUTE_US) + missesUs;
}

/** Bytes a second of fleet time at which a typical node of a cohort takes an image. */
export function typicalBytesPerSecond(cohort: Cohort): number {
  return Math.max(1, Math.min(mean(cohort.throughputBytesPerSecond), mean(cohort.flashBytesPerSecond)));
}
