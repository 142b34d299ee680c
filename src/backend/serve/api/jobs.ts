/** `/v1/admin/otajob`: makes, lists, cancels, archives and retriggers jobs, and tells how far each node is. */
import { Hono } from "hono";
import type { Context } from "hono";
import { z } from "zod";
import type { Ledger } from "../ledger.ts";
import type { LedgerJob } from "../ledger-entries.ts";
import { cancelJob, findJob, makeJob } from "./job-creation.ts";
import type { JobCreationOptions } from "./job-creation.ts";
import { describeJob, describeTarget, Job, NodeStatus, summarise, Summary } from "./job-description.ts";
import { codeOfJobIssue, JobBody, JobFlags, readJobWish } from "./job-wish.ts";
import { declared } from "./declared.ts";
import { CODES, Failure } from "./failure.ts";
import { flag, optionalText, pageStart, text, wholeNumber } from "./parameters.ts";

const EndBody = z.strictObject({
  ota_job_id: z.string(),
  archive: z.literal("true").optional().describe("Puts a job away that is over, instead of cancelling it."),
});

const Success = z.literal("success");

const CREATE = declared({
  about: "Makes a job, and pushes its offers where it is told to.",
  query: JobFlags,
  body: JobBody,
  codeOfIssue: codeOfJobIssue,
  answer: z.object({ status: Success, ota_job_id: z.string() }),
});

const END = declared({
  about: "Cancels a job, so that it is served to nobody any more; or archives one that is over.",
  body: EndBody,
  answer: z.object({ status: Success, description: z.string() }),
});

const RETRIGGER = declared({
  about: "Sends the offer of a job once more to the targets that are online and not done with it.",
  body: z.strictObject({ ota_job_id: z.string() }),
  answer: z.object({ status: Success, description: z.string() }),
});

const LIST = declared({
  about: "Lists the jobs with how many nodes are how far, page by page; or gives the one with an id.",
  query: {
    ota_job_id: optionalText("Only this job."),
    ota_job_name: optionalText("Only jobs whose name contains this."),
    ota_image_id: optionalText("Only jobs of this image."),
    archived: flag("Only archived jobs; without it, only the others."),
    all: flag("Archived jobs and the others."),
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

const SUMMARY = declared({
  about: "Tells how many targets of a job are how far.",
  query: { ota_job_id: text("The job.") },
  answer: Summary,
});

const FIELDS = { name: "ota_job_name", image: "ota_image_id", nodes: "nodes" };

export function jobsApi(options: JobCreationOptions): Hono {
  const { ledger } = options;
  const api = new Hono();

  api.post("/", CREATE, async (context) => {
    const wish = readJobWish(CREATE.query(context), await CREATE.body(context));
    const job = await makeJob(options, wish, FIELDS);
    return context.json({ status: "success", ota_job_id: job.id });
  });

  api.put("/", END, async (context) => {
    const { ota_job_id: id, archive } = await END.body(context);
    const job = findJob(ledger, id, "ota_job_id");
    if (archive === undefined) await cancelJob(ledger, job, "ota_job_id");
    else await archiveJob(ledger, job);
    return context.json({ status: "success", description: archive === undefined ? "cancelled" : "archived" });
  });

  api.post("/retrigger", RETRIGGER, async (context) => {
    const job = findJob(ledger, (await RETRIGGER.body(context)).ota_job_id, "ota_job_id");
    const sent = await retriggerJob(options, job);
    return context.json({ status: "success", description: `sent to ${sent} nodes` });
  });

  api.get("/", LIST, (context) => {
    const { ota_job_id: id } = LIST.query(context);
    if (id !== undefined) return context.json(describeJob(ledger, findJob(ledger, id, "ota_job_id")));
    return context.json(listJobs(context, ledger));
  });

  api.get("/status", STATUSES, (context) => {
    const { ota_job_id: id, summary } = STATUSES.query(context);
    const job = findJob(ledger, id, "ota_job_id");
    return context.json(summary ? summarise(ledger, job) : listStatuses(context, ledger, job));
  });

  api.get("/status/summary", SUMMARY, (context) => {
    return context.json(summarise(ledger, findJob(ledger, SUMMARY.query(context).ota_job_id, "ota_job_id")));
  });

  return api;
}

async function archiveJob(ledger: Ledger, job: LedgerJob): Promise<void> {
  if (ledger.stateOf(job) === "active" || job.isArchived) {
    const state = job.isArchived ? "archived already" : "active: cancel it first";
    throw new Failure(404, CODES.jobNotArchivable, `ota_job_id: job ${job.id} is ${state}.`);
  }
  ledger.archive(job, true);
  await ledger.settled();
}

async function retriggerJob({ ledger, isOnline, push }: JobCreationOptions, job: LedgerJob): Promise<number> {
  if (job.trigger === "user-approved") {
    throw new Failure(
      400,
      CODES.retriggerOfApproval,
      `ota_job_id: job ${job.id} waits for users, who start it themselves.`,
    );
  }
  const pushTo = ledger.retriggerJob(job, (node) => isOnline(ledger.idOfNode(node)));
  if (pushTo === undefined) {
    throw new Failure(400, CODES.retriggerOfInactive, `ota_job_id: job ${job.id} is ${ledger.stateOf(job)}.`);
  }
  await ledger.settled();
  for (const node of pushTo) push(ledger.idOfNode(node), job);
  return pushTo.length;
}

function listJobs(context: Context, ledger: Ledger): Record<string, unknown> {
  const query = LIST.query(context);
  const { num_records: count, start_id: from, ota_job_name: name, ota_image_id: imageId } = query;
  const found = ledger.jobs.filter(
    (job) =>
      (query.all || job.isArchived === query.archived) &&
      (name === undefined || job.name.includes(name)) &&
      (imageId === undefined || job.image.id === imageId),
  );
  const jobs = found.slice(from, from + count).map((job) => describeJob(ledger, job));
  return { ota_jobs: jobs, ...(from + count < found.length ? { next_id: String(from + count) } : {}) };
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
