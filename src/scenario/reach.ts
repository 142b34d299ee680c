/** Whether anybody can hear of a job, and may start it, before the run ends. */
import { DAY_US, SECOND_US } from "../base/instant.ts";
import type { Mistake } from "../base/user-error.ts";
import type { Cohort } from "../fleet/cohort.ts";
import { nodeRuleOf } from "../fleet/node-zone.ts";
import { localMinuteAt, parsePosixZone } from "../node/posix-zone.ts";
import type { Places } from "./mistakes.ts";
import type { JobScenario, Scenario } from "./scenario.ts";
import { targetsIn } from "./targets.ts";
import { DURATION, WINDOW } from "./units.ts";

export function reachMistakes(scenario: Scenario, places: Places): Mistake[] {
  return scenario.jobs.flatMap((job, index): Mistake[] => {
    const at = ["jobs", index];
    const targeted = targetedCohorts(scenario, job);
    if (targeted.length === 0) {
      const runs = [
        ...new Set(scenario.fleet.cohorts.map((cohort) => `${cohort.runs.project} ${cohort.runs.version}`)),
      ];
      return [
        {
          ...places.of([...at, "targets"]),
          seen: "match no node at all",
          expected: `nodes run ${runs.slice(0, 8).join(", ")}`,
        },
      ];
    }
    if (!targeted.some((cohort) => canHear(scenario, job, cohort))) {
      return [
        {
          ...places.of([...at, "trigger"]),
          seen: `reaches nobody: no target can ever hear of the job ${job.name}`,
          expected: hearingAdvice(scenario),
        },
      ];
    }
    if (!targeted.some((cohort) => cohort.zones.some(({ value }) => canStartIn(scenario, job, value)))) {
      const window = printedWindow(job);
      const expected = `no zone of the targets has these hours within ${DURATION.print(scenario.end.afterUs)} from clock.start and the validity`;
      return [{ ...places.of([...at, "window"]), seen: `opens for nobody: ${window} never comes`, expected }];
    }
    return [];
  });
}

/** Cohorts, and zones, that the job does not reach while others are reached. */
export function reachWarnings(scenario: Scenario, places: Places): Mistake[] {
  return scenario.jobs.flatMap((job, index) => {
    const targeted = targetedCohorts(scenario, job);
    const deaf = targeted.filter((cohort) => !canHear(scenario, job, cohort)).map(({ name }) => name);
    const zones = [...new Set(targeted.flatMap((cohort) => cohort.zones.map(({ value }) => value)))];
    const shut = zones.filter((zone) => !canStartIn(scenario, job, zone));
    const same = targeted.filter(
      ({ runs }) => runs.version === scenario.image.version && runs.project === scenario.image.project,
    );
    const warnings: Mistake[] = [];
    const warn = (key: string, seen: string, expected: string): void => {
      warnings.push({ ...places.of(["jobs", index, key]), seen, expected });
    };
    if (deaf.length > 0)
      warn("trigger", `cohorts that can never hear of the job: ${deaf.join(", ")}`, hearingAdvice(scenario));
    if (shut.length > 0)
      warn(
        "window",
        `zones in which ${printedWindow(job)} never comes: ${shut.join(", ")}`,
        "their nodes will not be done",
      );
    if (same.length > 0)
      warn(
        "targets",
        `cohorts that run version ${scenario.image.version} already: ${same.map(({ name }) => name).join(", ")}`,
        "nodes refuse the version that they run",
      );
    return warnings;
  });
}

/** Whether the nodes of a cohort ask, or are told, before the run ends. Whoever boots asks after its boot. */
function canHear(scenario: Scenario, job: JobScenario, { autofetch, powerCuts }: Cohort): boolean {
  if (job.trigger === "force-push") return true;
  switch (autofetch.kind) {
    case "never":
      return false;
    case "after boot":
      return (
        scenario.fleet.begins === "booting" || powerCuts.some(({ atUs, forUs }) => atUs + forUs < scenario.end.afterUs)
      );
    case "periodic":
      return (
        scenario.fleet.begins === "booting" ||
        autofetch.phase === "uniform" ||
        autofetch.everyUs * (1 - autofetch.phase) <= scenario.end.afterUs
      );
  }
}

function hearingAdvice({ fleet }: Scenario): string {
  const booting = fleet.begins === "running" ? ", let the fleet begin booting (fleet.begins)" : "";
  return `running nodes ask only by their period: give them one (autofetch: { every: 6h }) that comes round before end.after${booting}, or push the job (trigger: force-push)`;
}

function targetedCohorts({ fleet }: Scenario, job: JobScenario): Cohort[] {
  return fleet.cohorts.filter((cohort) => targetsIn(job.targets, cohort) > 0);
}

function printedWindow({ window }: JobScenario): string {
  return window?.startMinute === undefined || window.endMinute === undefined
    ? "a time to start"
    : `the window ${WINDOW.print({ startMinute: window.startMinute, endMinute: window.endMinute })}`;
}

/** Two days hold every window whole, also one that a change of the clocks swallows on the first of them. */
const SURE_US = 2 * DAY_US + 3_600 * SECOND_US;

/** Whether a window is open at some minute of the run and of the job's validity. */
function canStartIn(scenario: Scenario, { window, validity }: JobScenario, zone: string): boolean {
  const startSeconds = scenario.clock.startUtcMs / 1000;
  const from = Math.max(startSeconds, validity?.startSeconds ?? -Infinity);
  const until = Math.min(startSeconds + scenario.end.afterUs / SECOND_US, validity?.endSeconds ?? Infinity);
  if (until < from) return false;
  if (window === undefined || (until - from) * SECOND_US >= SURE_US) return true;
  const { startMinute, endMinute } = window;
  const posix = parsePosixZone(nodeRuleOf(scenario.backend.adapter, zone));
  if (startMinute === undefined || endMinute === undefined || posix === undefined) return true;
  for (let seconds = from; seconds <= until; seconds += 60) {
    const minute = localMinuteAt(posix, seconds);
    const isOpen =
      startMinute <= endMinute
        ? minute >= startMinute && minute <= endMinute
        : minute >= startMinute || minute <= endMinute;
    if (isOpen) return true;
  }
  return false;
}
