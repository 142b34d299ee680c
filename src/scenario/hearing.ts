/** Whether the nodes of a cohort ever hear of a job: they are told of it, or ask while it is there. */
import { HOUR_US, MILLISECOND_US, MINUTE_US, SECOND_US } from "../base/instant.ts";
import type { Cohort } from "../fleet/cohort.ts";
import { quantile } from "../fleet/distribution.ts";
import type { JobScenario, Scenario } from "./scenario.ts";
import { targetsOf } from "./targets.ts";
import { DURATION } from "./units.ts";

/** From the start of a node's agent to its first question (esp_rainmaker, OTA_FETCH_DELAY). */
const FIRST_FETCH_US = 5 * SECOND_US;
/** Of a cohort's boots; beyond lie nodes that nobody waits for. */
const SLOW = 0.99;

/** Whether nodes of a cohort are told, or ask, between the job's start and the end of the run. */
export function canHear(scenario: Scenario, job: JobScenario, cohort: Cohort): boolean {
  // An approval sends the offer, as a push does.
  if (job.trigger !== "default" || asksByPeriod(scenario, job, cohort)) return true;
  if (cohort.autofetch.kind === "never") return false;
  if (bootsLate(scenario, job, cohort)) return true;
  // Whoever has installed another job's image boots, and asks then.
  return scenario.jobs.some(
    (other) =>
      other !== job &&
      targetsOf(scenario, other).countIn(cohort) > 0 &&
      (other.trigger !== "default" || asksByPeriod(scenario, other, cohort) || bootsLate(scenario, other, cohort)),
  );
}

function asksByPeriod({ end }: Scenario, { startsUs }: JobScenario, { autofetch }: Cohort): boolean {
  if (autofetch.kind !== "periodic") return false;
  if (typeof autofetch.phase !== "number") return true;
  const firstUs = autofetch.everyUs * (1 - autofetch.phase);
  const rounds = Math.max(0, Math.ceil((startsUs - firstUs) / autofetch.everyUs));
  return firstUs + rounds * autofetch.everyUs <= end.afterUs;
}

/** Whether a node boots so that its first question comes when the job is there. */
function bootsLate({ fleet, clock, end }: Scenario, { startsUs }: JobScenario, { bootUs, powerCuts }: Cohort): boolean {
  const asksUs = FIRST_FETCH_US + quantile(bootUs, SLOW);
  const rampUs = fleet.connectOverMs * MILLISECOND_US * clock.speed;
  const isInRamp = fleet.begins === "booting" && rampUs + asksUs >= startsUs;
  const isAfterCut = powerCuts.some(({ atUs, forUs }) => {
    const backUs = atUs + forUs;
    return backUs < end.afterUs && backUs + asksUs >= startsUs;
  });
  return isInRamp || isAfterCut;
}

/** Periods to propose: the firmware counts whole hours, and short runs need shorter ones. */
const PERIODS_US = [6 * HOUR_US, HOUR_US, 10 * MINUTE_US, MINUTE_US];

/** What to write so that somebody hears of a job, ready to be copied. */
export function hearingAdvice({ fleet, end }: Scenario, { startsUs }: JobScenario, canPush: boolean): string {
  const everyUs = PERIODS_US.find((periodUs) => periodUs <= end.afterUs - startsUs);
  const autofetch = everyUs === undefined ? undefined : `autofetch: { every: ${DURATION.print(everyUs)} }`;
  const [only] = fleet.cohorts;
  const isNameless = fleet.cohorts.length === 1 && only?.name === "nodes";
  const period =
    autofetch === undefined
      ? []
      : [isNameless ? `"fleet: { cohorts: [{ name: nodes, ${autofetch} }] }"` : `"${autofetch}" in the cohort`];
  const ways = [
    ...period.map((text) => `${text} (nodes ask by a period that comes round before end.after)`),
    ...(fleet.begins === "running" && startsUs === 0
      ? ['"begins: booting" in fleet (they ask after they boot, and then by their period)']
      : []),
    ...(canPush ? ['"trigger: force-push" in the job (they are told)'] : []),
  ];
  return `running nodes ask only by their period, and have none by default: write ${ways.join(", or ")}`;
}
