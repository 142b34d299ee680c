/** `/v1/admin/nodes`: makes nodes known and gives their secrets. RainMaker registers certificates here. */
import { Hono } from "hono";
import { z } from "zod";
import type { Ledger } from "../ledger.ts";
import { declared } from "./declared.ts";
import { CODES, Failure } from "./failure.ts";
import { optionalText } from "./parameters.ts";

/** Nodes in one enrolment. */
export const NODES_MAX = 10_000;

/** Letters that need no escaping in topics and URLs; RainMaker's ids are 12 to 36 of them. */
export const NODE_ID = /^[A-Za-z0-9._:-]{1,64}$/;

const NodesBody = z.strictObject({
  nodes: z
    .array(
      z.strictObject({
        node_id: z.string().regex(NODE_ID, "must be 1 to 64 letters, digits, dots, colons, hyphens or underscores"),
        project: z.string().max(64),
        fw_version: z.string().max(64),
        type: z.string().max(64).optional(),
        model: z.string().max(64).optional(),
      }),
    )
    .min(1)
    .max(NODES_MAX),
});

const NodeDescription = z.object({
  node_id: z.string(),
  project_name: z.string(),
  fw_version: z.string(),
  type: z.string(),
  model: z.string(),
});

const ENROL = declared({
  about: "Makes nodes known, or brings what is known of them up to date; answers their secrets in the same order.",
  body: NodesBody,
  answer: z.object({ status: z.literal("success"), secrets: z.array(z.string()) }),
});

const FIND = declared({
  about: "Says how many nodes there are, or what is known of one.",
  query: { node_id: optionalText("Only this node.") },
  answer: z.object({
    nodes: z.array(z.string()).optional(),
    node_info: z.array(NodeDescription).optional(),
    total: z.int(),
  }),
});

export function nodesApi(ledger: Ledger): Hono {
  const api = new Hono();

  api.post("/", ENROL, async (context) => {
    const { nodes } = await ENROL.body(context);
    const secrets = nodes.map((node) =>
      ledger.enrol({
        id: node.node_id,
        project: node.project,
        version: node.fw_version,
        // Firmware fills both with the project's name.
        type: node.type ?? node.project,
        model: node.model ?? node.project,
      }),
    );
    await ledger.settled();
    return context.json({ status: "success", secrets });
  });

  api.get("/", FIND, (context) => {
    const { node_id: id } = FIND.query(context);
    if (id === undefined) return context.json({ total: ledger.rules.nodeCount });
    const node = ledger.nodeOf(id);
    if (node === undefined)
      throw new Failure(404, CODES.nodesUnknown, `node_id: node ${id.slice(0, 64)} does not exist.`);
    const { project, version, type, model } = ledger.rules.fieldsOf(node);
    const info = { node_id: id, project_name: project, fw_version: version, type, model };
    return context.json({ nodes: [id], node_info: [info], total: 1 });
  });

  return api;
}
