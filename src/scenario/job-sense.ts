/** Whether jobs and groups make sense, as far as the text alone tells. */
import { nearestWord } from "../base/nearest-word.ts";
import type { AdapterFacts, DraftCohort } from "./draft.ts";
import type { Refuse } from "./refuse.ts";
import { rolloutMistakes } from "./rollout-sense.ts";
import type { GivenScenario } from "./schema.ts";
import { DURATION, INSTANT } from "./units.ts";

/** The embedded backend takes 16,384 with the window and the validity that are put beside it. */
const METADATA_CHARACTERS_MAX = 16_000;

type Path = readonly PropertyKey[];
type GivenJob = GivenScenario["jobs"][number];

/** Keys of the metadata by which RainMaker's firmware knows a window and a validity. */
const RESERVED = { download_window: "window", validity: "validity" };

export function jobMistakes(
  given: GivenScenario,
  cohorts: readonly DraftCohort[],
  adapter: AdapterFacts,
  refuse: Refuse,
): void {
  given.jobs.forEach((job, index) => {
    const at = ["jobs", index];
    if (given.jobs.findIndex(({ name }) => name === job.name) < index)
      refuse([...at, "name"], "must be unique: another job has this name");
    lackMistakes(job, adapter, at, refuse);
    timeMistakes(given, job, at, refuse);
    approvalMistakes(job, at, refuse);
    targetMistakes(given, job.targets, cohorts, at, refuse);
    const nodes = cohorts.reduce((sum, cohort) => sum + cohort.nodes, 0);
    rolloutMistakes(job, namesOf(cohorts), nodes, adapter, at, refuse);
    const length = JSON.stringify(job.metadata ?? {}).length;
    if (length > METADATA_CHARACTERS_MAX)
      refuse(
        [...at, "metadata"],
        `must be at most ${METADATA_CHARACTERS_MAX} characters of JSON: an offer carries it`,
        `has ${length} characters`,
      );
    for (const [key, instead] of Object.entries(RESERVED)) {
      if (job.metadata !== undefined && Object.hasOwn(job.metadata, key))
        refuse(
          [...at, "metadata", key],
          `must be left out: the firmware reads it as the job's ${instead}; say it there`,
        );
    }
  });
}

function lackMistakes(job: GivenJob, { kind, can }: AdapterFacts, at: Path, refuse: Refuse): void {
  const lacks = (isAsked: boolean, canDo: boolean, key: string): void => {
    if (isAsked && !canDo) refuse([...at, key], `the adapter ${kind} cannot do this: leave it out`);
  };
  const { trigger, targets } = job;
  lacks(trigger === "force-push", can.forcePush, "trigger");
  lacks(isApproved(job), can.userApproval, "trigger");
  lacks(typeof targets === "object" && targets.dynamic !== undefined, can.dynamicTargets, "targets");
  lacks(job.window !== undefined, can.window, "window");
  lacks(job.validity !== undefined, can.validity, "validity");
  lacks(job.priority !== undefined, can.priority, "priority");
  lacks(job.timeout !== undefined, can.timeout, "timeout");
  lacks(job.cancel !== undefined, can.cancel, "cancel");
}

function timeMistakes({ clock, end }: GivenScenario, job: GivenJob, at: Path, refuse: Refuse): void {
  const isByTimeline = job.starts === "by timeline";
  const startsUs = job.starts === "by timeline" ? 0 : (job.starts ?? 0);
  if (isByTimeline && job.timeout !== undefined)
    refuse([...at, "timeout"], "must be left out with starts: by timeline; let the timeline cancel the job");
  const endsSeconds = clock.start + end.after / 1e6;
  const { from, until } = job.validity ?? {};
  if (startsUs >= end.after)
    refuse([...at, "starts"], `must be earlier than the end of the run, ${DURATION.print(end.after)} from its begin`);
  else if (job.cancel !== undefined && startsUs + job.cancel >= end.after)
    refuse(
      [...at, "cancel"],
      `must be earlier than the end of the run, ${DURATION.print(end.after - startsUs)} from the job's start`,
    );
  if (from !== undefined && until !== undefined && from >= until)
    refuse([...at, "validity", "until"], "must be later than from");
  else if (until !== undefined && until <= clock.start)
    refuse(
      [...at, "validity", "until"],
      `must be later than clock.start, ${INSTANT.print(clock.start)}: nobody could do the job`,
    );
  else if (until !== undefined && until <= clock.start + startsUs / 1e6)
    refuse([...at, "validity", "until"], "must be later than the job's start: nobody could do the job");
  else if (from !== undefined && from >= endsSeconds)
    refuse(
      [...at, "validity", "from"],
      `must be earlier than the end of the run, ${INSTANT.print(Math.floor(endsSeconds))}`,
    );
}

function approvalMistakes(job: GivenJob, at: Path, refuse: Refuse): void {
  if (!isApproved(job)) return;
  if (job.timeout !== undefined)
    refuse([...at, "timeout"], "must be left out: a job that users approve has no timeout (RainMaker's code 105056)");
  if (typeof job.targets === "object" && job.targets.dynamic !== undefined)
    refuse(
      [...at, "targets"],
      "must not be dynamic: when a user is asked would hang on when the node comes to match; name nodes, cohorts or groups",
      "are dynamic, for a job that users approve",
    );
}

function isApproved({ trigger }: GivenJob): boolean {
  return trigger === "user-approved" || typeof trigger === "object";
}

function targetMistakes(
  given: GivenScenario,
  targets: GivenJob["targets"],
  cohorts: readonly DraftCohort[],
  at: Path,
  refuse: Refuse,
): void {
  if (typeof targets !== "object") return;
  unknownNames(targets.cohorts, namesOf(cohorts), "cohorts", [...at, "targets", "cohorts"], refuse);
  unknownNames(targets.groups, namesOf(given.fleet?.groups), "groups", [...at, "targets", "groups"], refuse);
  numberMistakes(targets.nodes, cohorts, [...at, "targets", "nodes"], refuse);
  for (const kind of ["where", "dynamic"] as const) {
    const conditions = targets[kind];
    if (conditions === undefined || Object.values(conditions).some((value) => value !== undefined)) continue;
    const keys = kind === "where" ? "project, version or both" : "type, model, version or several of them";
    refuse([...at, "targets", kind], `must have ${keys}`, "has no condition");
  }
}

/** Mistakes in `fleet.groups`. */
export function groupMistakes(given: GivenScenario, cohorts: readonly DraftCohort[], refuse: Refuse): void {
  const groups = given.fleet?.groups ?? [];
  groups.forEach((group, index) => {
    const at = ["fleet", "groups", index];
    if (groups.findIndex(({ name }) => name === group.name) < index)
      refuse([...at, "name"], "must be unique: another group has this name");
    if (group.cohorts === undefined && group.nodes === undefined && group.groups === undefined)
      refuse(at, "must have nodes, cohorts or groups", "has no members");
    unknownNames(group.cohorts, namesOf(cohorts), "cohorts", [...at, "cohorts"], refuse);
    unknownNames(group.groups, namesOf(groups), "groups", [...at, "groups"], refuse);
    numberMistakes(group.nodes, cohorts, [...at, "nodes"], refuse);
    group.groups?.forEach((name, place) => {
      const parents = groups.filter((other) => other.groups?.includes(name));
      if (parents[0] !== group)
        refuse([...at, "groups", place], `must be a sub-group of one group only: ${parents[0]?.name ?? ""} has it`);
      else if (leadsBack(given, name, group.name)) refuse([...at, "groups", place], "must not lead back to this group");
    });
  });
}

/** Whether a group is, or is above, another. */
function leadsBack(given: GivenScenario, from: string, to: string): boolean {
  const groups = given.fleet?.groups ?? [];
  const seen = new Set<string>();
  const visit = (name: string): boolean => {
    if (name === to) return true;
    if (seen.has(name)) return false;
    seen.add(name);
    return groups.some((group) => group.name === name && (group.groups ?? []).some(visit));
  };
  return visit(from);
}

function namesOf(named: readonly { readonly name: string }[] | undefined): readonly string[] {
  return (named ?? []).map(({ name }) => name);
}

function unknownNames(
  asked: readonly string[] | undefined,
  known: readonly string[],
  what: string,
  at: Path,
  refuse: Refuse,
): void {
  asked?.forEach((name, index) => {
    if (known.includes(name)) return;
    const nearest = nearestWord(name, known);
    const there = known.length === 0 ? `there are no ${what}` : `${what} are ${known.join(", ")}`;
    refuse([...at, index], `${nearest === undefined ? "" : `did you mean ${nearest}? `}${there}`);
  });
}

function numberMistakes(
  ranges: readonly (readonly [number, number])[] | undefined,
  cohorts: readonly DraftCohort[],
  at: Path,
  refuse: Refuse,
): void {
  const nodes = cohorts.reduce((sum, cohort) => sum + cohort.nodes, 0);
  ranges?.forEach(([, last], index) => {
    // A fleet of unknown size has been complained of already.
    if (nodes > 0 && last >= nodes) refuse([...at, index], `the last node has the number ${nodes - 1}`);
  });
}
