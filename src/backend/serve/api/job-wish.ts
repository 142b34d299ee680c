/**
 * What RainMaker's API takes to make a job, and which combinations it refuses with which number.
 * Source: published API of the cloud, createotajob. The embedded backend takes more nodes than RainMaker's 100.
 */
import { z } from "zod";
import type { JobTrigger } from "../../rules/job-plan.ts";
import { CODES, Failure } from "./failure.ts";
import type { JobWish } from "./job-creation.ts";
import { GROUPS_MAX, TARGETS_MAX } from "./job-targets.ts";
import { flag } from "./parameters.ts";

/** 30 days. */
const TIMEOUT_SECONDS_MAX = 2_592_000;
const NEVER = "must be false, as this backend does not serve such jobs";
const NOT_SERVED = "Not served: must be false.";

const condition = z.string().min(1).max(64).optional();

export const JobBody = z.strictObject({
  ota_job_name: z.string().min(1).max(256),
  ota_image_id: z.string(),
  nodes: z.array(z.string()).min(1, "must name at least one node").max(TARGETS_MAX).optional(),
  groups: z
    .array(z.string())
    .min(1, "must name at least one group")
    .max(GROUPS_MAX)
    .optional()
    .describe("Ids of groups, with all below them; FFFF-FFFF = every node."),
  node_type: condition,
  node_model: condition,
  node_fw_version: condition,
  description: z.string().max(1000).optional(),
  priority: z.int().min(1).max(10).optional().describe("1 is served first, 10 last; 5 where none is given."),
  timeout: z.int().min(1).max(TIMEOUT_SECONDS_MAX).optional().describe("Seconds until the job expires."),
  metadata: z.record(z.string(), z.unknown()).optional(),
});

export const JobFlags = {
  force_push: flag("Sends the offer to every target that is online at this moment."),
  user_approval: flag("Holds the job back from each node until its user has approved."),
  continuous: flag("Takes in nodes that come to match later; jobs with conditions always do."),
  notify: flag(NOT_SERVED),
  network_serialised: flag(NOT_SERVED),
};

type Flags = { readonly [name in keyof typeof JobFlags]: boolean };

/** RainMaker's number for a mistake in a job's body. */
export function codeOfJobIssue({ path: [field], code }: z.core.$ZodIssue): number | undefined {
  if (field === "priority") return CODES.priorityOutside;
  if (field === "timeout") return CODES.timeoutOutside;
  if (code === "too_small" && (field === "nodes" || field === "groups")) return CODES.noTargets;
  if (code === "too_big" && field === "nodes") return CODES.tooManyNodes;
  if (code === "too_big" && field === "groups") return CODES.tooManyGroups;
  return undefined;
}

/** The wish of a body and its flags; a `Failure` names what does not go together. */
export function readJobWish(flags: Flags, body: z.output<typeof JobBody>): JobWish {
  const { node_type: type, node_model: model, node_fw_version: version } = body;
  const isDynamic = type !== undefined || model !== undefined || version !== undefined;
  refuseCombinations(flags, body.timeout !== undefined, isDynamic);
  return {
    name: body.ota_job_name,
    imageId: body.ota_image_id,
    description: body.description ?? "",
    targets: { nodes: body.nodes, groups: body.groups, dynamic: isDynamic ? { type, model, version } : undefined },
    trigger: triggerOf(flags),
    priority: body.priority,
    timeoutSeconds: body.timeout,
    metadata: body.metadata,
  };
}

function refuseCombinations(flags: Flags, hasTimeout: boolean, isDynamic: boolean): void {
  if (flags.user_approval && flags.force_push) {
    throw new Failure(400, CODES.badBody, "user_approval: a job that users approve cannot be pushed with force_push.");
  }
  if (flags.user_approval && hasTimeout) {
    throw new Failure(400, CODES.timeoutOfApproval, "timeout: a job that users approve cannot have one.");
  }
  if (flags.notify && !flags.user_approval) {
    throw new Failure(400, CODES.notifyWithoutApproval, `notify: ${NEVER}.`);
  }
  if (flags.continuous && !isDynamic) {
    throw new Failure(
      400,
      CODES.badBody,
      "continuous: goes with node_type, node_model or node_fw_version; other jobs are never continuous here.",
    );
  }
  for (const name of ["notify", "network_serialised"] as const) {
    if (flags[name]) throw new Failure(400, CODES.badBody, `${name}: ${NEVER}.`);
  }
}

function triggerOf(flags: Flags): JobTrigger {
  if (flags.user_approval) return "user-approved";
  return flags.force_push ? "force-push" : "default";
}
