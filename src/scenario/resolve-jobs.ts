/** The jobs and groups of a scenario, filled in. */
import { assert } from "../base/assert.ts";
import type { ApprovalHabit } from "../fleet/approval.ts";
import { APPROVAL_DEFAULTS } from "./defaults.ts";
import { TRIGGER } from "./job-schema.ts";
import { rolloutOf } from "./rollout-schema.ts";
import type { GroupScenario, ImageFacts, ImagePlan, JobScenario, Targets } from "./scenario.ts";
import type { GivenScenario } from "./schema.ts";
import { earliestStartUs } from "./timeline-schema.ts";

type GivenJob = GivenScenario["jobs"][number];

/** One job. `image`: the scenario's, which the job's own follows where it says nothing. */
export function jobOf(
  job: GivenJob,
  image: ImagePlan,
  facts: ReadonlyMap<string, ImageFacts>,
  timeline: GivenScenario["timeline"],
): JobScenario {
  const { from, until } = job.validity ?? {};
  return {
    name: job.name,
    image: imageOf(job, image, facts),
    targets: targetsOf(job.targets),
    trigger: typeof job.trigger === "object" ? "user-approved" : (job.trigger ?? "default"),
    approval: approvalOf(job.trigger),
    window: job.window,
    validity: from === undefined && until === undefined ? undefined : { startSeconds: from, endSeconds: until },
    metadata: job.metadata ?? {},
    priority: job.priority,
    timeoutUs: job.timeout,
    startsUs: job.starts === "by timeline" ? earliestStartUs(job.name, timeline) : (job.starts ?? 0),
    startsBy: job.starts === "by timeline" ? "timeline" : undefined,
    cancelAfterUs: job.cancel,
    rollout: rolloutOf(job.rollout),
  };
}

function imageOf(
  { image: own }: GivenJob,
  scenarios: ImagePlan,
  facts: ReadonlyMap<string, ImageFacts>,
): ImagePlan | undefined {
  if (own === undefined) return undefined;
  if (own.file !== undefined) {
    const known = facts.get(own.file);
    assert(known !== undefined, "the header of an image file is read before its scenario is resolved");
    const { project, version, chip, secureVersion, sizeBytes, defects } = known;
    return { from: "file", path: own.file, project, version, chip, secureVersion, sizeBytes, ...defectsOf(defects) };
  }
  const { project, version, chip, secureVersion, size, defects } = own.make ?? {};
  return {
    from: "make",
    project: project ?? scenarios.project,
    version: version ?? scenarios.version,
    chip: chip ?? scenarios.chip,
    secureVersion: secureVersion ?? scenarios.secureVersion,
    sizeBytes: size ?? scenarios.sizeBytes,
    // Those of the scenario's image are its own: a hotfix is free of them unless it says otherwise.
    ...defectsOf(defects),
  };
}

/** An image without defects says nothing of them. */
export function defectsOf(defects: ImageFacts["defects"]): Pick<ImageFacts, "defects"> {
  return defects === undefined || defects.length === 0 ? {} : { defects };
}

function targetsOf(targets: GivenJob["targets"]): Targets {
  if (typeof targets !== "object") return { kind: "all" };
  if (targets.nodes !== undefined) return { kind: "nodes", ranges: targets.nodes };
  if (targets.cohorts !== undefined) return { kind: "cohorts", names: targets.cohorts };
  if (targets.groups !== undefined) return { kind: "groups", names: targets.groups };
  if (targets.dynamic !== undefined) {
    const { type, model, version } = targets.dynamic;
    return { kind: "dynamic", type, model, version };
  }
  return { kind: "where", project: targets.where?.project, version: targets.where?.version };
}

function approvalOf(trigger: GivenJob["trigger"]): ApprovalHabit | undefined {
  if (trigger === undefined || trigger === "default" || trigger === "force-push") return undefined;
  const own = trigger === "user-approved" ? {} : trigger["user-approved"];
  const { share, delay, forgetful, reminder } = { ...habitByDefault(), ...own };
  assert(
    share !== undefined && delay !== undefined && forgetful !== undefined && reminder !== undefined,
    "every part of an approval has a default",
  );
  return { share, delayUs: delay, forgetful, reminderUs: reminder };
}

function habitByDefault() {
  const trigger = TRIGGER.parse({ "user-approved": structuredClone(APPROVAL_DEFAULTS) });
  assert(typeof trigger === "object", "the default of an approval is an approval");
  return trigger["user-approved"];
}

/** Groups in an order in which each comes before its sub-groups, as an operator has to make them. */
export function groupsOf({ fleet }: GivenScenario): readonly GroupScenario[] {
  const given = fleet?.groups ?? [];
  const groups = given.map(({ name, cohorts, nodes }): GroupScenario => ({
    name,
    parent: given.find((other) => other.groups?.includes(name))?.name,
    cohorts: cohorts ?? [],
    ranges: nodes ?? [],
  }));
  const below = (parent: string | undefined): readonly GroupScenario[] =>
    groups.filter((group) => group.parent === parent).flatMap((group) => [group, ...below(group.name)]);
  return below(undefined);
}
