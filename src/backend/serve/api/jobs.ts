/** `/v1/admin/otajob`: makes, lists and cancels jobs, and tells how far each node is. */
import { Hono } from "hono";
import type { Context } from "hono";
import { z } from "zod";
import type { Ledger, LedgerJob } from "../ledger.ts";
import { cancelJob, findJob, makeJob, TARGETS_MAX } from "./job-creation.ts";
import type { JobCreationOptions } from "./job-creation.ts";
import { CODES, Failure, readFlag, readNumber } from "./failure.ts";
import { readBody } from "./request-body.ts";

const TIMEOUT_SECONDS_MAX = 2_592_000;
const FLAGS_NOT_SERVED = ["user_approval", "notify", "continuous", "network_serialised"] as const;

const JobBody = z.strictObject({
  ota_job_name: z.string().min(1).max(256),
  ota_image_id: z.string(),
  nodes: z.array(z.string()).min(1, "must name at least one node").max(TARGETS_MAX),
  description: z.string().max(1000).optional(),
  priority: z.int().min(1).max(10).optional(),
  timeout: z.int().min(1).max(TIMEOUT_SECONDS_MAX).optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
});

const CancelBody = z.strictObject({ ota_job_id: z.string() });

export function jobsApi(options: JobCreationOptions): Hono {
  const { ledger } = options;
  const api = new Hono();

  api.post("/", async (context) => {
    const job = await createJob(context, options);
    return context.json({ status: "success", ota_job_id: job.id });
  });

  api.put("/", async (context) => {
    const job = findJob(ledger, (await readBody(context, CancelBody)).ota_job_id, "ota_job_id");
    await cancelJob(ledger, job, "ota_job_id");
    return context.json({ status: "success", description: "cancelled" });
  });

  api.get("/", (context) => {
    const id = context.req.query("ota_job_id");
    if (id !== undefined) return context.json(describeJob(ledger, findJob(ledger, id, "ota_job_id")));
    const count = readNumber(context, "num_records", 100, 1000);
    const from = readNumber(context, "start_id", 0, Number.MAX_SAFE_INTEGER);
    const jobs = ledger.jobs.slice(from, from + count).map((job) => describeJob(ledger, job));
    const next = from + count < ledger.jobs.length ? { next_id: String(from + count) } : {};
    return context.json({ ota_jobs: jobs, ...next });
  });

  api.get("/status", (context) => {
    const job = findJob(ledger, context.req.query("ota_job_id") ?? "", "ota_job_id");
    return context.json(readFlag(context, "summary") ? summarise(ledger, job) : listStatuses(context, ledger, job));
  });

  return api;
}

async function createJob(context: Context, options: JobCreationOptions): Promise<LedgerJob> {
  const isForcePush = readFlag(context, "force_push");
  for (const flag of FLAGS_NOT_SERVED) {
    if (readFlag(context, flag))
      throw new Failure(400, CODES.badBody, `${flag}: this backend does not serve such jobs.`);
  }
  const body = await readBody(context, JobBody);
  const wish = {
    name: body.ota_job_name,
    imageId: body.ota_image_id,
    nodes: body.nodes,
    isForcePush,
    priority: body.priority,
    timeoutSeconds: body.timeout,
    metadata: body.metadata,
  };
  return makeJob(options, wish, { name: "ota_job_name", image: "ota_image_id", nodes: "nodes" });
}

function describeJob(ledger: Ledger, job: LedgerJob): Record<string, unknown> {
  const counts = ledger.rules.counts(job.number);
  return {
    ota_job_id: job.id,
    ota_job_name: job.name,
    ota_image_id: job.image.id,
    status: ledger.stateOf(job),
    priority: job.priority,
    force_push: job.trigger === "force-push",
    ...(job.metadata === "" ? {} : { metadata: JSON.parse(job.metadata) }),
    triggered_timestamp: Math.floor(job.createdAtMs / 1000),
    total_node_count: counts.total,
    triggered_count: counts.triggered,
    started_count: counts.started,
    in_progress_count: counts["in-progress"],
    delayed_count: counts.delayed,
    rejected_count: counts.rejected,
    success_count: counts.success,
    failed_count: counts.failed,
    completed_count: counts.success + counts.rejected,
  };
}

function summarise(ledger: Ledger, job: LedgerJob): Record<string, number> {
  const { triggered, started, rejected, delayed, success, failed, total, ...rest } = ledger.rules.counts(job.number);
  return { triggered, started, in_progress: rest["in-progress"], rejected, delayed, success, failed, total };
}

function listStatuses(context: Context, ledger: Ledger, job: LedgerJob): Record<string, unknown> {
  const only = context.req.query("node_id");
  if (only !== undefined) {
    const node = ledger.nodeOf(only);
    const isTarget = node !== undefined && ledger.rules.beliefOf(job.number, node) !== "none";
    if (!isTarget)
      throw new Failure(404, CODES.nodesUnknown, `node_id: node ${only.slice(0, 64)} is no target of this job.`);
    return { node_ota_status: [describeTarget(ledger, job, node)] };
  }
  const count = readNumber(context, "num_records", 1000, 10_000);
  const from = readNumber(context, "start_id", 0, Number.MAX_SAFE_INTEGER);
  const statuses: Record<string, unknown>[] = [];
  for (const node of ledger.rules.targetsOf(job.number, from)) {
    if (statuses.length === count) return { node_ota_status: statuses, next_id: String(node) };
    statuses.push(describeTarget(ledger, job, node));
  }
  return { node_ota_status: statuses };
}

function describeTarget(ledger: Ledger, job: LedgerJob, node: number): Record<string, unknown> {
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
