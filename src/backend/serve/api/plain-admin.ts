/**
 * `/admin`: the plain operator API beside `/poll`, for a team that knows no RainMaker: nodes, images, the manifests
 * that nodes poll, and what is on record. The same books and rules stand behind it.
 */
import { Hono } from "hono";
import { z } from "zod";
import { addImage, IMAGE_BYTES_MAX } from "./images.ts";
import { readNumber } from "./failure.ts";
import { cancelJob, findJob, makeJob, TARGETS_MAX } from "./job-creation.ts";
import type { JobCreationOptions } from "./job-creation.ts";
import { NODE_ID, NODES_MAX } from "./nodes.ts";
import { readBody, readBytes } from "./request-body.ts";
import { timeLimitsToMetadata } from "./time-limits.ts";

/** Statuses in one answer. */
const STATUSES_PAGE = 1_000;

const NodesBody = z.strictObject({
  nodes: z
    .array(
      z.object({
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

export interface PlainAdminOptions extends JobCreationOptions {
  readonly allCounters: () => Readonly<Record<string, number>>;
}

export function plainAdminApi(options: PlainAdminOptions): Hono {
  const { ledger } = options;
  const api = new Hono();

  api.post("/nodes", async (context) => {
    const { nodes } = await readBody(context, NodesBody);
    const secrets = nodes.map((node) => ledger.enrol(node));
    await ledger.settled();
    return context.json({ secrets });
  });

  api.put("/images/:name", async (context) => {
    const image = addImage(ledger, {
      name: context.req.param("name"),
      version: context.req.query("version"),
      project: context.req.query("project"),
      bytes: await readBytes(context, IMAGE_BYTES_MAX),
      fields: { name: "name", version: "version" },
    });
    await ledger.settled();
    return context.json({ image: image.id });
  });

  api.put("/manifests/:name", async (context) => {
    const body = await readBody(context, ManifestBody);
    const wish = {
      name: context.req.param("name"),
      imageId: body.image,
      nodes: body.targets,
      isForcePush: false,
      priority: body.priority,
      timeoutSeconds: undefined,
      metadata: timeLimitsToMetadata(body),
    };
    const job = await makeJob(options, wish, { name: "name", image: "image", nodes: "targets" });
    return context.json({ job: job.id });
  });

  api.delete("/manifests/:job", async (context) => {
    await cancelJob(ledger, findJob(ledger, context.req.param("job"), "job"), "job");
    return context.body(null, 204);
  });

  api.get("/manifests/:job/statuses", (context) => {
    const job = findJob(ledger, context.req.param("job"), "job");
    const from = readNumber(context, "from", 0, Number.MAX_SAFE_INTEGER);
    const statuses: Record<string, unknown>[] = [];
    for (const node of ledger.rules.targetsOf(job.number, from)) {
      if (statuses.length === STATUSES_PAGE) return context.json({ statuses, next: node });
      const { belief, text } = ledger.recordOf(job, node);
      statuses.push({ node: ledger.idOfNode(node), status: belief, info: text });
    }
    return context.json({ statuses });
  });

  api.get("/counters", (context) => context.json(options.allCounters()));

  return api;
}
