/** `/v1/admin/otajob`: makes, lists and cancels jobs, and tells how far each node is. */
import { Hono } from "hono";
import type { Context } from "hono";
import { z } from "zod";
import { RECORDED_BELIEFS } from "../../../base/belief.ts";
import type { Ledger, LedgerJob } from "../ledger.ts";
import { cancelJob, findJob, makeJob, TARGETS_MAX } from "./job-creation.ts";
import type { JobCreationOptions } from "./job-creation.ts";
import { declared } from "./declared.ts";
import { CODES, Failure } from "./failure.ts";
import { flag, optionalText, pageStart, text, wholeNumber } from "./parameters.ts";

const TIMEOUT_SECONDS_MAX = 2_592_000;
const FLAGS_NOT_SERVED = ["user_approval", "notify", "continuous", "network_serialised"] as const;
const NOT_SERVED = "Not served: must be false.";

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

const Job = z.object({
  ota_job_id: z.string(),
  ota_job_name: z.string(),
  ota_image_id: z.string(),
  status: z.enum(["active", "finished", "cancelled", "expired"]),
  priority: z.int(),
  force_push: z.boolean(),
  metadata: z.record(z.string(), z.unknown()).optional(),
  triggered_timestamp: z.int(),
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

const NodeStatus = z.object({
  node_id: z.string(),
  status: z.enum(RECORDED_BELIEFS),
  timestamp: z.int(),
  additional_info: z.string(),
  ts_source: z.enum(["NODE", "CLOUD"]),
});

const Summary = z.object({
  triggered: z.int(),
  started: z.int(),
  in_progress: z.int(),
  rejected: z.int(),
  delayed: z.int(),
  success: z.int(),
  failed: z.int(),
  total: z.int(),
});

const Success = z.literal("success");

const CREATE = declared({
  about: "Makes a job, and pushes its offers where it is told to.",
  query: {
    force_push: flag("Sends the offer to every target that is online at this moment."),
    user_approval: flag(NOT_SERVED),
    notify: flag(NOT_SERVED),
    continuous: flag(NOT_SERVED),
    network_serialised: flag(NOT_SERVED),
  },
  body: JobBody,
  answer: z.object({ status: Success, ota_job_id: z.string() }),
});

const CANCEL = declared({
  about: "Cancels a job: it is served to nobody any more.",
  body: CancelBody,
  answer: z.object({ status: Success, description: z.string() }),
});

const LIST = declared({
  about: "Lists the jobs with how many nodes are how far, page by page; or gives the one with an id.",
  query: {
    ota_job_id: optionalText("Only this job."),
    num_records: wholeNumber(100, 1000, "Jobs in the answer, at most."),
    start_id: pageStart(),
  },
  answer: z.union([Job, z.object({ ota_jobs: z.array(Job), next_id: z.string().optional() })]),
});

const STATUSES = declared({
  about: "Tells how far each target of a job is, page by page; or how many are how far.",
  query: {
    ota_job_id: text("The job."),
    summary: flag("Only the numbers: an answer of the same small size for any fleet, to be asked again and again."),
    node_id: optionalText("Only this node."),
    num_records: wholeNumber(1000, 10_000, "Nodes in the answer, at most."),
    start_id: pageStart(),
  },
  answer: z.union([Summary, z.object({ node_ota_status: z.array(NodeStatus), next_id: z.string().optional() })]),
});

export function jobsApi(options: JobCreationOptions): Hono {
  const { ledger } = options;
  const api = new Hono();

  api.post("/", CREATE, async (context) => {
    const job = await createJob(context, options);
    return context.json({ status: "success", ota_job_id: job.id });
  });

  api.put("/", CANCEL, async (context) => {
    const job = findJob(ledger, (await CANCEL.body(context)).ota_job_id, "ota_job_id");
    await cancelJob(ledger, job, "ota_job_id");
    return context.json({ status: "success", description: "cancelled" });
  });

  api.get("/", LIST, (context) => {
    const { ota_job_id: id, num_records: count, start_id: from } = LIST.query(context);
    if (id !== undefined) return context.json(describeJob(ledger, findJob(ledger, id, "ota_job_id")));
    const jobs = ledger.jobs.slice(from, from + count).map((job) => describeJob(ledger, job));
    const next = from + count < ledger.jobs.length ? { next_id: String(from + count) } : {};
    return context.json({ ota_jobs: jobs, ...next });
  });

  api.get("/status", STATUSES, (context) => {
    const { ota_job_id: id, summary } = STATUSES.query(context);
    const job = findJob(ledger, id, "ota_job_id");
    return context.json(summary ? summarise(ledger, job) : listStatuses(context, ledger, job));
  });

  return api;
}

async function createJob(context: Context, options: JobCreationOptions): Promise<LedgerJob> {
  const flags = CREATE.query(context);
  for (const name of FLAGS_NOT_SERVED) {
    if (flags[name]) throw new Failure(400, CODES.badBody, `${name}: this backend does not serve such jobs.`);
  }
  const body = await CREATE.body(context);
  const wish = {
    name: body.ota_job_name,
    imageId: body.ota_image_id,
    nodes: body.nodes,
    isForcePush: flags.force_push,
    priority: body.priority,
    timeoutSeconds: body.timeout,
    metadata: body.metadata,
  };
  return makeJob(options, wish, { name: "ota_job_name", image: "ota_image_id", nodes: "nodes" });
}

function describeJob(ledger: Ledger, job: LedgerJob): z.output<typeof Job> {
  const counts = ledger.rules.counts(job.number);
  return {
    ota_job_id: job.id,
    ota_job_name: job.name,
    ota_image_id: job.image.id,
    status: ledger.stateOf(job),
    priority: job.priority,
    force_push: job.trigger === "force-push",
    ...(job.metadata === "" ? {} : { metadata: JSON.parse(job.metadata) as Record<string, unknown> }),
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

function summarise(ledger: Ledger, job: LedgerJob): z.output<typeof Summary> {
  const { triggered, started, rejected, delayed, success, failed, total, ...rest } = ledger.rules.counts(job.number);
  return { triggered, started, in_progress: rest["in-progress"], rejected, delayed, success, failed, total };
}

function listStatuses(context: Context, ledger: Ledger, job: LedgerJob): Record<string, unknown> {
  const { node_id: only, num_records: count, start_id: from } = STATUSES.query(context);
  if (only !== undefined) {
    const node = ledger.nodeOf(only);
    const isTarget = node !== undefined && ledger.rules.beliefOf(job.number, node) !== "none";
    if (!isTarget)
      throw new Failure(404, CODES.nodesUnknown, `node_id: node ${only.slice(0, 64)} is no target of this job.`);
    return { node_ota_status: [describeTarget(ledger, job, node)] };
  }
  const statuses: z.output<typeof NodeStatus>[] = [];
  for (const node of ledger.rules.targetsOf(job.number, from)) {
    if (statuses.length === count) return { node_ota_status: statuses, next_id: String(node) };
    statuses.push(describeTarget(ledger, job, node));
  }
  return { node_ota_status: statuses };
}

function describeTarget(ledger: Ledger, job: LedgerJob, node: number): z.output<typeof NodeStatus> {
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
