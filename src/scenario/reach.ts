/** Whether anybody can hear of a job, and may start it, before the run ends. */
import { DAY_US, SECOND_US } from "../base/instant.ts";
import type { Mistake } from "../base/user-error.ts";
import type { Cohort } from "../fleet/cohort.ts";
import { runsIn, zonesIn } from "../fleet/fleet-rows.ts";
import { nodeRuleOf } from "../fleet/node-zone.ts";
import { localMinuteAt, parsePosixZone } from "../node/posix-zone.ts";
import { canHear, hearingAdvice } from "./hearing.ts";
import type { Places } from "./mistakes.ts";
import type { JobScenario, Scenario } from "./scenario.ts";
import { targetsOf } from "./targets.ts";
import { DURATION, WINDOW } from "./units.ts";

/** @param canPush whether the backend can tell nodes unasked */
export function reachMistakes(scenario: Scenario, places: Places, canPush: boolean): Mistake[] {
  return scenario.jobs.flatMap((job, index): Mistake[] => {
    const at = ["jobs", index];
    const targeted = targetedCohorts(scenario, job);
    if (targeted.length === 0) {
      const runs = [
        ...new Set(
          scenario.fleet.cohorts.flatMap((cohort) =>
            runsIn(cohort).map(({ project, version }) => `${project} ${version}`),
          ),
        ),
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
          expected: hearingAdvice(scenario, job, canPush),
        },
      ];
    }
    if (!targeted.some((cohort) => zonesIn(cohort).some((zone) => canStartIn(scenario, job, zone)))) {
      const window = printedWindow(job);
      const expected = `no zone of the targets has these hours within ${DURATION.print(scenario.end.afterUs)} from clock.start and the validity`;
      return [{ ...places.of([...at, "window"]), seen: `opens for nobody: ${window} never comes`, expected }];
    }
    return [];
  });
}

/** Cohorts that have at least one target of a job. */
export function targetedCohorts(scenario: Scenario, job: JobScenario): Cohort[] {
  const targets = targetsOf(scenario, job);
  return scenario.fleet.cohorts.filter((cohort) => targets.countIn(cohort) > 0);
}

/** For a person: `the window 02:00-04:30`. */
export function printedWindow({ window }: JobScenario): string {
  return window?.startMinute === undefined || window.endMinute === undefined
    ? "a time to start"
    : `the window ${WINDOW.print({ startMinute: window.startMinute, endMinute: window.endMinute })}`;
}

/** Two days hold every window whole, also one that a change of the clocks swallows on the first of them. */
const SURE_US = 2 * DAY_US + 3_600 * SECOND_US;

/** Whether a window is open at some minute between the job's start and the end of the run, and of its validity. */
export function canStartIn(scenario: Scenario, { window, validity, startsUs }: JobScenario, zone: string): boolean {
  const startSeconds = scenario.clock.startUtcMs / 1000;
  const from = Math.max(startSeconds + startsUs / SECOND_US, validity?.startSeconds ?? -Infinity);
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
