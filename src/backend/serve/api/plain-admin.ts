/**
 * `/admin`: the plain operator API beside `/poll`, for a team that knows no RainMaker: nodes, images, the manifests
 * that nodes poll, and what is on record. The same books and rules stand behind it.
 */
import { Hono } from "hono";
import { z } from "zod";
import { RECORDED_BELIEFS } from "../../../base/belief.ts";
import { addImage, IMAGE_BYTES_MAX } from "./images.ts";
import { declared } from "./declared.ts";
import { cancelJob, findJob, makeJob } from "./job-creation.ts";
import type { JobCreationOptions } from "./job-creation.ts";
import { TARGETS_MAX } from "./job-targets.ts";
import { NODE_ID, NODES_MAX } from "./nodes.ts";
import { optionalText, pageStart, text } from "./parameters.ts";
import { readBytes } from "./request-body.ts";
import { timeLimitsToMetadata } from "./time-limits.ts";

/** Statuses in one answer. */
const STATUSES_PAGE = 1_000;

const NodesBody = z.strictObject({
  nodes: z
    .array(
      z.strictObject({
        id: z.string().regex(NODE_ID, "must be 1 to 64 letters, digits, dots, colons, hyphens or underscores"),
        project: z.string().max(64),
        version: z.string().max(64),
      }),
    )
    .min(1)
    .max(NODES_MAX),
});

const bound = z.int().optional();

const ManifestBody = z.strictObject({
  image: z.string(),
  targets: z.array(z.string()).min(1, "must name at least one node").max(TARGETS_MAX),
  priority: z.int().min(1).max(10).optional(),
  window: z.strictObject({ start: bound, end: bound }).optional(),
  validity: z.strictObject({ start: bound, end: bound }).optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
});

const PlainStatus = z.object({ node: z.string(), status: z.enum(RECORDED_BELIEFS), info: z.string() });

/** The backend's counters by name. */
export const COUNTERS = z.record(z.string(), z.number());

const ENROL = declared({
  about: "Makes nodes known, or brings what is known of them up to date; answers their secrets in the same order.",
  body: NodesBody,
  answer: z.object({ secrets: z.array(z.string()) }),
});

const REMOVE = declared({
  about: "Makes nodes unknown; jobs that are over keep what is on record for them.",
  query: { prefix: text("All nodes whose ids begin so: a whole id, or what those of a run begin with.", 64) },
  mayBeEmpty: true,
});

const PUT_IMAGE = declared({
  about: "Takes an image as raw bytes.",
  query: {
    version: text("The version that it brings.", 64),
    project: optionalText("The project that it is of; without it, the one in its header."),
  },
  takesBytes: true,
  answer: z.object({ image: z.string() }),
});

const PUT_MANIFEST = declared({
  about: "Makes a job: what its targets hear when they poll.",
  body: ManifestBody,
  answer: z.object({ job: z.string() }),
});

const WITHDRAW = declared({ about: "Cancels a job: it is served to nobody any more.", mayBeEmpty: true });

const STATUSES = declared({
  about: "Tells how far each target of a job is, page by page.",
  query: { from: pageStart("Where to begin: the next of the page before.") },
  answer: z.object({ statuses: z.array(PlainStatus), next: z.int().optional() }),
});

const GET_COUNTERS = declared({ about: "Gives the backend's own counters.", answer: COUNTERS });

export interface PlainAdminOptions extends JobCreationOptions {
  readonly allCounters: () => Readonly<Record<string, number>>;
}

export function plainAdminApi(options: PlainAdminOptions): Hono {
  const { ledger } = options;
  const api = new Hono();

  api.post("/nodes", ENROL, async (context) => {
    const { nodes } = await ENROL.body(context);
    const secrets = nodes.map((node) => ledger.enrol({ ...node, type: node.project, model: node.project }));
    await ledger.settled();
    return context.json({ secrets });
  });

  api.delete("/nodes", REMOVE, async (context) => {
    ledger.removeNodes(REMOVE.query(context).prefix);
    await ledger.settled();
    return context.body(null, 204);
  });

  api.put("/images/:name", PUT_IMAGE, async (context) => {
    const { version, project } = PUT_IMAGE.query(context);
    const image = addImage(ledger, {
      name: context.req.param("name"),
      version,
      project,
      bytes: await readBytes(context, IMAGE_BYTES_MAX),
      fields: { name: "name", version: "version" },
    });
    await ledger.settled();
    return context.json({ image: image.id });
  });

  api.put("/manifests/:name", PUT_MANIFEST, async (context) => {
    const body = await PUT_MANIFEST.body(context);
    const wish = {
      name: context.req.param("name"),
      imageId: body.image,
      description: "",
      targets: { nodes: body.targets },
      trigger: "default" as const,
      priority: body.priority,
      timeoutSeconds: undefined,
      metadata: timeLimitsToMetadata(body),
    };
    const job = await makeJob(options, wish, { name: "name", image: "image", nodes: "targets" });
    return context.json({ job: job.id });
  });

  api.delete("/manifests/:job", WITHDRAW, async (context) => {
    await cancelJob(ledger, findJob(ledger, context.req.param("job"), "job"), "job");
    return context.body(null, 204);
  });

  api.get("/manifests/:job/statuses", STATUSES, (context) => {
    const job = findJob(ledger, context.req.param("job"), "job");
    const { from } = STATUSES.query(context);
    const statuses: z.output<typeof PlainStatus>[] = [];
    for (const node of ledger.rules.targetsOf(job.number, from)) {
      if (statuses.length === STATUSES_PAGE) return context.json({ statuses, next: node });
      const { belief, text } = ledger.recordOf(job, node);
      statuses.push({ node: ledger.idOfNode(node), status: belief, info: text });
    }
    return context.json({ statuses });
  });

  api.get("/counters", GET_COUNTERS, (context) => context.json(options.allCounters()));

  return api;
}
