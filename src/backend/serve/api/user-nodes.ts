/**
 * `/v1/user/nodes`: what the end user of a node sees of updates, and how she approves one. RainMaker gives each user
 * a token of his own; this backend knows no users, and the operator's token speaks for all of them.
 * Source: published API of RainMaker's cloud, user/nodes/ota_update and ota_status.
 */
import { Hono } from "hono";
import { z } from "zod";
import type { NodeNumber } from "../../rules/job-plan.ts";
import type { Ledger } from "../ledger.ts";
import type { LedgerJob } from "../ledger-entries.ts";
import { declared } from "./declared.ts";
import { CODES, Failure } from "./failure.ts";
import type { JobCreationOptions } from "./job-creation.ts";
import { describeTarget } from "./job-description.ts";
import { text } from "./parameters.ts";

const Success = z.literal("success");

const Update = z.object({
  status: Success,
  ota_available: z.literal(true),
  description: z.string(),
  fw_version: z.string(),
  ota_job_id: z.string(),
  file_size: z.int(),
  file_md5: z.string(),
  metadata: z.record(z.string(), z.unknown()).optional(),
});

const NoUpdate = z.object({ status: Success, ota_available: z.literal(false), description: z.string() });

const SEE = declared({
  about: "Tells whether an update of the node waits for its user, and which is the first.",
  query: { node_id: text("The node.") },
  answer: z.union([Update, NoUpdate]),
});

const APPROVE = declared({
  about: "Approves an update: its offer is sent to the node, which must be online.",
  body: z.strictObject({ ota_job_id: z.string(), node_id: z.string() }),
  answer: z.object({ status: Success, description: z.string() }),
});

const STATUS = declared({
  about: "Tells how far the node is with an update.",
  query: { node_id: text("The node."), ota_job_id: text("The job.") },
  answer: z.object({ node_id: z.string(), status: z.string(), additional_info: z.string(), timestamp: z.int() }),
});

export function userNodesApi(options: JobCreationOptions): Hono {
  const { ledger } = options;
  const api = new Hono();

  api.get("/ota_update", SEE, (context) => {
    const job = ledger.jobToApprove(findNode(ledger, SEE.query(context).node_id));
    if (job === undefined) {
      return context.json({ status: "success", ota_available: false, description: "No update waits for the user." });
    }
    return context.json({
      status: "success",
      ota_available: true,
      description: job.description,
      fw_version: job.image.version,
      ota_job_id: job.id,
      file_size: job.image.bytes.length,
      file_md5: job.image.md5,
      ...(job.metadata === "" ? {} : { metadata: JSON.parse(job.metadata) as Record<string, unknown> }),
    });
  });

  api.post("/ota_update", APPROVE, async (context) => {
    const { ota_job_id: jobId, node_id: nodeId } = await APPROVE.body(context);
    await approve(options, jobId, nodeId);
    return context.json({ status: "success", description: "approved" });
  });

  api.get("/ota_status", STATUS, (context) => {
    const { node_id: nodeId, ota_job_id: jobId } = STATUS.query(context);
    const job = ledger.jobOf(jobId);
    const node = findNode(ledger, nodeId);
    if (job === undefined || !isTargetOf(ledger, job, node)) {
      throw new Failure(404, CODES.statusUnknown, `ota_job_id: node ${nodeId.slice(0, 64)} has no status of this job.`);
    }
    const { ts_source: _, ...status } = describeTarget(ledger, job, node);
    return context.json(status);
  });

  return api;
}

/** Whether there is anything to approve comes before whether the node is there: a user who waits must know for what. */
async function approve({ ledger, isOnline, push }: JobCreationOptions, jobId: string, nodeId: string): Promise<void> {
  const job = ledger.jobOf(jobId);
  if (job?.trigger !== "user-approved") {
    throw new Failure(
      400,
      CODES.nothingToApprove,
      `ota_job_id: job "${jobId.slice(0, 64)}" is none that users approve.`,
    );
  }
  const node = findNode(ledger, nodeId);
  if (!isTargetOf(ledger, job, node)) {
    throw new Failure(400, CODES.notItsJob, `node_id: node ${nodeId} is no target of job ${job.id}.`);
  }
  if (!ledger.rules.isWaitingForApproval(job.number, node)) {
    const why = ledger.stateOf(job) === "active" ? "was approved before" : `is ${ledger.stateOf(job)}`;
    throw new Failure(400, CODES.nothingToApprove, `ota_job_id: job ${job.id} ${why}.`);
  }
  if (!isOnline(nodeId)) throw new Failure(400, CODES.nodeOffline, `node_id: node ${nodeId} is offline.`);
  if (!ledger.approve(job, node)) {
    throw new Failure(400, CODES.nothingToApprove, `ota_job_id: job ${job.id} is ${ledger.stateOf(job)}.`);
  }
  await ledger.settled();
  push(nodeId, job);
}

function findNode(ledger: Ledger, id: string): NodeNumber {
  const node = ledger.nodeOf(id);
  if (node !== undefined) return node;
  throw new Failure(404, CODES.nodesUnknown, `node_id: node ${id.slice(0, 64)} does not exist.`);
}

function isTargetOf(ledger: Ledger, job: LedgerJob, node: NodeNumber): boolean {
  return ledger.rules.beliefOf(job.number, node) !== "none";
}
