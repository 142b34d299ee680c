/** What of a job is allowed and most likely not meant: cohorts and zones that it does not reach, images refused. */
import type { Mistake } from "../base/user-error.ts";
import type { Cohort } from "../fleet/cohort.ts";
import { runsIn, zonesIn } from "../fleet/fleet-rows.ts";
import { canHear, hearingAdvice } from "./hearing.ts";
import { NO_ROOM, noRoomText } from "./image-room.ts";
import { imageOfJob } from "./job-images.ts";
import type { Places } from "./mistakes.ts";
import { canStartIn, printedWindow, targetedCohorts } from "./reach.ts";
import type { JobScenario, Scenario } from "./scenario.ts";
import { countRunning, targetsOf } from "./targets.ts";

type Warn = (key: string, seen: string, expected: string) => void;

export function reachWarnings(scenario: Scenario, places: Places, canPush: boolean): Mistake[] {
  return scenario.jobs.flatMap((job, index) => {
    const warnings: Mistake[] = [];
    const warn: Warn = (key, seen, expected) =>
      void warnings.push({ ...places.of(["jobs", index, key]), seen, expected });
    const targeted = targetedCohorts(scenario, job);
    const deaf = targeted.filter((cohort) => !canHear(scenario, job, cohort));
    if (deaf.length > 0)
      warn(
        "trigger",
        `cohorts that can never hear of the job: ${namesOf(deaf)}`,
        hearingAdvice(scenario, job, canPush),
      );
    const zones = [...new Set(targeted.flatMap(zonesIn))];
    const shut = zones.filter((zone) => !canStartIn(scenario, job, zone));
    if (shut.length > 0)
      warn(
        "window",
        `zones in which ${printedWindow(job)} never comes: ${shut.join(", ")}`,
        "their nodes will not be done",
      );
    warnOfRefusals(scenario, job, targeted, warn);
    const noRoom = noRoomText(scenario, job);
    if (noRoom !== undefined) warn("image", noRoom, NO_ROOM);
    warnOfDefects(scenario, job, targeted, warn);
    warnOfOtherJobs(scenario, job, index, warn);
    return warnings;
  });
}

/** What the nodes' own checks will say no to. */
function warnOfRefusals(scenario: Scenario, job: JobScenario, targeted: readonly Cohort[], warn: Warn): void {
  const image = imageOfJob(scenario, job);
  const targets = targetsOf(scenario, job);
  const inCohorts = (isIn: (runs: Cohort["runs"]) => boolean): readonly Cohort[] =>
    targeted.filter((cohort) => countRunning(targets, cohort, isIn) > 0);
  const same = inCohorts(
    ({ version, project, checks }) => checks.version && version === image.version && project === image.project,
  );
  if (same.length > 0)
    warn(
      "targets",
      `cohorts that run version ${image.version} already: ${namesOf(same)}`,
      "nodes refuse the version that they run",
    );
  const otherChip = inCohorts(({ chip }) => chip !== image.chip);
  if (otherChip.length > 0)
    warn(
      "targets",
      `cohorts of another chip than the image's, ${image.chip}: ${otherChip.map(({ name, runs }) => `${name} (${runs.chip})`).join(", ")}`,
      "nodes refuse an image of another chip",
    );
  const tooNew = inCohorts(({ secureVersion }) => secureVersion > image.secureVersion);
  if (tooNew.length > 0)
    warn(
      "targets",
      `cohorts whose secure version is above the image's, ${image.secureVersion}: ${tooNew.map(({ name, runs }) => `${name} (${runs.secureVersion})`).join(", ")}`,
      "nodes refuse it, and with that check skipped their bootloader does not boot it",
    );
}

/** A rehearsal of something that strikes nobody would pass. */
function warnOfDefects(scenario: Scenario, job: JobScenario, targeted: readonly Cohort[], warn: Warn): void {
  const known = [
    ...new Set(targeted.flatMap(runsIn).flatMap(({ hardware }) => (hardware ?? []).map(({ value }) => value))),
  ];
  const named = (imageOfJob(scenario, job).defects ?? []).flatMap(({ hardware }) => hardware ?? []);
  const missing = [...new Set(named)].filter((hardware) => !known.includes(hardware));
  if (missing.length === 0) return;
  const has = known.length === 0 ? "say it with runs: { hardware: rev-b }" : `its targets have ${known.join(", ")}`;
  warn("image", `has defects for hardware that no target of the job has: ${missing.join(", ")}`, has);
}

function warnOfOtherJobs(scenario: Scenario, job: JobScenario, index: number, warn: Warn): void {
  const targets = targetsOf(scenario, job);
  const { project, version } = imageOfJob(scenario, job);
  const checking = scenario.fleet.cohorts.filter(({ runs }) => runs.checks.version);
  const twins = scenario.jobs.slice(0, index).filter((other) => {
    const image = imageOfJob(scenario, other);
    if (image.project !== project || image.version !== version) return false;
    return checking.some((cohort) => targets.sharesNodesWith(targetsOf(scenario, other), cohort));
  });
  if (twins.length > 0)
    warn(
      "image",
      `is version ${version}, which ${twins.map(({ name }) => name).join(", ")} installs on some of the same nodes`,
      "nodes refuse the version that they run: give the job an image of its own, such as image: { make: { version: 3.0.0 } }",
    );
  const { kind } = job.targets;
  if (kind !== "dynamic" || job.targets.version === undefined) return;
  const wanted = job.targets.version;
  const movers = scenario.jobs.filter(
    (other) =>
      other !== job &&
      other.startsUs <= job.startsUs &&
      imageOfJob(scenario, other).version !== wanted &&
      scenario.fleet.cohorts.some(
        (cohort) =>
          runsIn(cohort).some(({ version: runs }) => runs === wanted) &&
          targets.sharesNodesWith(targetsOf(scenario, other), cohort),
      ),
  );
  if (movers.length > 0)
    warn(
      "targets",
      `are nodes of version ${wanted}, and ${movers.map(({ name }) => name).join(", ")} moves some of them to another`,
      "those it moves first never match, and count as targets that were never offered the job",
    );
}

function namesOf(cohorts: readonly Cohort[]): string {
  return cohorts.map(({ name }) => name).join(", ");
}
