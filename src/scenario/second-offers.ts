/**
 * Offers between the end of an update and its reboot. The firmware takes one then, as its update is over, and the
 * second update runs until the reset: a slot that it has only half written does not boot, and the node rolls back.
 * Source: esp_rainmaker src/ota, run in the node-vectors.
 */
import { adapterOf } from "../adapters/adapters.ts";
import { MILLISECOND_US } from "../base/instant.ts";
import type { Cohort } from "../fleet/cohort.ts";
import { quantile } from "../fleet/distribution.ts";
import { throughputsIn } from "../fleet/fleet-rows.ts";
import { downloadLengthUs } from "./download-length.ts";
import { imageOfJob } from "./job-images.ts";
import type { JobScenario, Scenario } from "./scenario.ts";
import { opensInUs } from "./window-opening.ts";
import { atAnyMomentOf, offersByTimers, POINTS } from "./window-timers.ts";

/** Beyond these quantiles lie nodes that nobody waits for. */
const QUICK = 0.01;
const SLOW = 0.99;

/**
 * How many of a cohort's nodes, as a share, ask again before the reboot, and so shortly before it that they have not
 * written the slot whole again by then; and how long that wait is. A rough figure.
 */
export function secondOffers(
  scenario: Scenario,
  job: JobScenario,
  cohort: Cohort,
): { readonly share: number; readonly rebootUs: number } {
  const rebootUs = rebootAfterUs(scenario, cohort);
  const { autofetch } = cohort;
  if (autofetch.kind !== "periodic") return { share: 0, rebootUs };
  const { everyUs, jitterUs } = autofetch;
  const isAsked = job.trigger === "default" && job.window === undefined && job.validity?.startSeconds === undefined;
  // Whoever begins when the operator, the user or the window says so may ask at any moment of its period.
  if (!isAsked) {
    const atQuick = (quick: number): number => downloadUs(scenario, job, cohort, quick);
    const share =
      job.window === undefined
        ? (job.approval?.share ?? 1) * atAnyMomentOf(everyUs, POINTS.map(atQuick), rebootUs)
        : offersByTimers(scenario, job, cohort, atQuick, rebootUs);
    return { share: Math.min(1, share), rebootUs };
  }
  const shortestUs = downloadUs(scenario, job, cohort, SLOW);
  const longestUs = downloadUs(scenario, job, cohort, QUICK) + rebootUs + jitterUs;
  // Whoever begins by asking asks again whole periods later.
  const hits = Math.floor(longestUs / everyUs) - Math.ceil(Math.max(1, shortestUs) / everyUs) + 1;
  const share = hits <= 0 ? 0 : Math.min(1, (hits * rebootUs) / Math.max(1, longestUs - shortestUs));
  return { share, rebootUs };
}

/** What the answers of a backend on a busy machine differ by, wall time: a rough figure. */
const ANSWERS_APART_US = 50 * MILLISECOND_US;

/**
 * Whoever hears of a job several times before its window opens sets a timer each time, all for the same moment. In
 * real time they ring together, and so they do in a plan. Under a compressed clock each is off by what its answer took
 * times the speed: further than an update lasts, a later one brings a second offer when the first update is over.
 * Undefined where that cannot be.
 */
export function timersApart(
  scenario: Scenario,
  job: JobScenario,
  cohort: Cohort,
): { readonly times: number; readonly apartUs: number } | undefined {
  const { autofetch } = cohort;
  if (autofetch.kind !== "periodic" || job.window === undefined) return undefined;
  const opensUs = Math.max(...cohort.zones.map(({ value }) => opensInUs(scenario, job, value, job.startsUs) ?? 0));
  const heard = Math.ceil((opensUs - job.startsUs) / autofetch.everyUs);
  const times = heard + (job.trigger === "default" ? 0 : 1);
  const apartUs = ANSWERS_APART_US * scenario.clock.speed;
  return heard > 0 && times > 1 && apartUs > downloadUs(scenario, job, cohort, QUICK) ? { times, apartUs } : undefined;
}

/** The longest wait of the cohort's generations between an update and its reboot. */
export function rebootAfterUs({ backend }: Scenario, { runs }: Cohort): number {
  const known = adapterOf(backend.adapter)?.generations ?? {};
  return Math.max(0, ...runs.generations.map(({ value }) => (known[value]?.rebootAfterMs ?? 0) * 1_000));
}

function downloadUs(scenario: Scenario, job: JobScenario, cohort: Cohort, quick: number): number {
  // Of several classes of links the one that makes the question widest: a rough figure stays on the careful side.
  const links = throughputsIn(cohort).map((throughput) => quantile(throughput, quick));
  const link = quick < 0.5 ? Math.min(...links) : Math.max(...links);
  return downloadLengthUs(imageOfJob(scenario, job).sizeBytes, [link, quantile(cohort.flashBytesPerSecond, quick)]);
}
