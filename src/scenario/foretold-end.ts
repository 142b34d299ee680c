/**
 * By when all targets are settled, as a scenario has it before anything happens: who asks when, which window opens when,
 * how long the slowest download takes, and who is lost sight of meanwhile. Only to say how long a plan takes; a rough
 * figure, which counts nothing that goes wrong.
 */
import { DAY_US, MINUTE_US, SECOND_US } from "../base/instant.ts";
import type { Cohort } from "../fleet/cohort.ts";
import { quantile } from "../fleet/distribution.ts";
import { throughputsIn } from "../fleet/fleet-rows.ts";
import { downloadLengthUs } from "./download-length.ts";
import { imageOfJob } from "./job-images.ts";
import type { RolloutPlan } from "./rollout.ts";
import type { JobScenario, Scenario } from "./scenario.ts";
import { rebootAfterUs } from "./second-offers.ts";
import { targetsOf } from "./targets.ts";
import { opensInUs } from "./window-opening.ts";

/** Verifying, rebooting, connecting again, and the last word. */
const AFTER_DOWNLOAD_US = MINUTE_US;

/** Fleet time, at most the run's own end. */
export function settledByUs(scenario: Scenario): number {
  return Math.min(scenario.end.afterUs, Math.max(0, ...scenario.jobs.map((job) => jobSettledByUs(scenario, job))));
}

/** One that the timeline starts counts from the earliest moment at which it can: nobody knows whether it ever does. */
function jobSettledByUs(scenario: Scenario, job: JobScenario): number {
  const targets = targetsOf(scenario, job);
  const fromUs = releasedByUs(job.rollout, targets.size) + job.startsUs;
  const lasts = scenario.fleet.cohorts.flatMap((cohort) => {
    const nodes = targets.countIn(cohort);
    return nodes > 0 ? [doneByUs(scenario, job, cohort, nodes, fromUs)] : [];
  });
  return Math.min(job.startsUs + (job.cancelAfterUs ?? Infinity), Math.max(0, ...lasts));
}

/** From a job's start until its last stage is released, where no rule stops it. */
function releasedByUs(rollout: RolloutPlan | undefined, targets: number): number {
  if (rollout === undefined) return 0;
  const { stages, rate } = rollout;
  const bakesUs = stages.reduce(
    (sum, { bakeUs, approveAfterUs }, place) =>
      place === stages.length - 1 ? sum : sum + bakeUs + (approveAfterUs ?? 0),
    0,
  );
  return bakesUs + (rate === undefined ? 0 : (targets / rate.targets) * rate.perUs);
}

function doneByUs(scenario: Scenario, job: JobScenario, cohort: Cohort, nodes: number, fromUs: number): number {
  const { autofetch, offline } = cohort;
  const opened = (afterUs: number): number =>
    job.window === undefined
      ? afterUs
      : Math.max(...cohort.zones.map(({ value }) => opensInUs(scenario, job, value, afterUs) ?? afterUs));
  const last = 1 - 1 / (nodes + 1);
  const approvedUs = job.approval === undefined ? 0 : quantile(job.approval.delayUs, last);
  // Whoever is pushed the job need not ask for it.
  const asksUs =
    job.trigger === "default" && autofetch.kind === "periodic" ? autofetch.everyUs + autofetch.jitterUs : 0;
  const heardUs = fromUs + approvedUs + asksUs;
  const updateUs = slowestDownloadUs(scenario, job, cohort, nodes, 1 - last) + AFTER_DOWNLOAD_US;
  const doneUs = opened(heardUs) + updateUs;
  if (offline.kind !== "spells") return doneUs;
  // Who goes away in the meantime is waited for: so many do, and the longest of their spells is this.
  const gone = (nodes * offline.perDay * (doneUs - job.startsUs)) / DAY_US;
  if (gone < 1) return doneUs;
  const backUs = (fromUs + doneUs) / 2 + quantile(offline.lastUs, 1 - 1 / (gone + 1));
  return Math.max(doneUs, opened(backUs) + updateUs);
}

/** By the slowest link or flash, or by what all of them share. */
function slowestDownloadUs(scenario: Scenario, job: JobScenario, cohort: Cohort, nodes: number, slow: number): number {
  const { sizeBytes } = imageOfJob(scenario, job);
  const links = throughputsIn(cohort).map((throughput) => quantile(throughput, slow));
  const paces = [Math.min(...links), quantile(cohort.flashBytesPerSecond, slow)];
  const ownUs = downloadLengthUs(sizeBytes, paces);
  const egress = scenario.model?.cdn?.egressBytesPerSecond;
  const sharedUs = egress === undefined ? 0 : ((nodes * sizeBytes) / egress) * SECOND_US;
  return Math.max(ownUs, sharedUs) + rebootAfterUs(scenario, cohort);
}
