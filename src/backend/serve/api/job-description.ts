/** How the API tells what a job is and how far its targets are. */
import { z } from "zod";
import { RECORDED_BELIEFS } from "../../../base/belief.ts";
import type { NodeNumber } from "../../rules/job-plan.ts";
import { conditionsText } from "../groups.ts";
import type { Ledger } from "../ledger.ts";
import type { LedgerJob } from "../ledger-entries.ts";

/** Ids of targets that the description of a job shows; the statuses have them all. */
const NODES_SHOWN_MAX = 100;

export const Job = z.object({
  ota_job_id: z.string(),
  ota_job_name: z.string(),
  ota_image_id: z.string(),
  description: z.string(),
  status: z.enum(["active", "finished", "cancelled", "expired"]),
  archived: z.boolean(),
  nodes: z.array(z.string()).optional().describe(`The first ${NODES_SHOWN_MAX} targets of a job that names nodes.`),
  groups: z.array(z.string()).optional(),
  group_query: z.string().optional().describe("The conditions of a dynamic job."),
  priority: z.int(),
  force_push: z.boolean(),
  user_approval: z.boolean(),
  continuous: z.boolean(),
  metadata: z.record(z.string(), z.unknown()).optional(),
  triggered_timestamp: z.int(),
  expiry_timestamp_num: z.int().optional(),
  total_node_count: z.int(),
  triggered_count: z.int(),
  started_count: z.int(),
  in_progress_count: z.int(),
  delayed_count: z.int(),
  rejected_count: z.int(),
  success_count: z.int(),
  failed_count: z.int(),
  completed_count: z.int(),
});

export const Summary = z.object({
  triggered: z.int(),
  started: z.int(),
  in_progress: z.int(),
  rejected: z.int(),
  delayed: z.int(),
  success: z.int(),
  failed: z.int(),
  total: z.int(),
});

export const NodeStatus = z.object({
  node_id: z.string(),
  status: z.enum(RECORDED_BELIEFS),
  timestamp: z.int(),
  additional_info: z.string(),
  ts_source: z.enum(["NODE", "CLOUD"]),
});

export function describeJob(ledger: Ledger, job: LedgerJob): z.output<typeof Job> {
  const counts = ledger.rules.counts(job.number);
  const { dynamic, groups, targets, timeoutMs } = job;
  return {
    ota_job_id: job.id,
    ota_job_name: job.name,
    ota_image_id: job.image.id,
    description: job.description,
    status: ledger.stateOf(job),
    archived: job.isArchived,
    ...(groups.length > 0 || dynamic !== undefined
      ? {}
      : { nodes: targets.slice(0, NODES_SHOWN_MAX).map((node) => ledger.idOfNode(node)) }),
    ...(groups.length === 0 ? {} : { groups: [...groups] }),
    ...(dynamic === undefined ? {} : { group_query: conditionsText(dynamic) }),
    priority: job.priority,
    force_push: job.trigger === "force-push",
    user_approval: job.trigger === "user-approved",
    continuous: dynamic !== undefined,
    ...(job.metadata === "" ? {} : { metadata: JSON.parse(job.metadata) as Record<string, unknown> }),
    triggered_timestamp: Math.floor(job.createdAtMs / 1000),
    ...(timeoutMs === undefined ? {} : { expiry_timestamp_num: Math.floor((job.createdAtMs + timeoutMs) / 1000) }),
    total_node_count: counts.total,
    triggered_count: counts.triggered,
    started_count: counts.started,
    in_progress_count: counts["in-progress"],
    delayed_count: counts.delayed,
    rejected_count: counts.rejected,
    success_count: counts.success,
    failed_count: counts.failed,
    completed_count: ledger.rules.doneCount(job.number),
  };
}

export function summarise(ledger: Ledger, job: LedgerJob): z.output<typeof Summary> {
  const { triggered, started, rejected, delayed, success, failed, total, ...rest } = ledger.rules.counts(job.number);
  return { triggered, started, in_progress: rest["in-progress"], rejected, delayed, success, failed, total };
}

export function describeTarget(ledger: Ledger, job: LedgerJob, node: NodeNumber): z.output<typeof NodeStatus> {
  const { belief, text, atSeconds, isNodeTime } = ledger.recordOf(job, node);
  return {
    node_id: ledger.idOfNode(node),
    status: belief,
    timestamp: atSeconds,
    // The cloud's own text where the node has said nothing since it was sent the URL.
    additional_info: belief === "started" && text === "" ? "OTA URL Sent to Node" : text,
    ts_source: isNodeTime ? "NODE" : "CLOUD",
  };
}
