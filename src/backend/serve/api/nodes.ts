/** `/v1/admin/nodes`: makes nodes known and gives their secrets. RainMaker registers certificates here. */
import { Hono } from "hono";
import { z } from "zod";
import type { Ledger } from "../ledger.ts";
import { CODES, Failure } from "./failure.ts";
import { readBody } from "./request-body.ts";

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
      }),
    )
    .min(1)
    .max(NODES_MAX),
});

export function nodesApi(ledger: Ledger): Hono {
  const api = new Hono();

  api.post("/", async (context) => {
    const { nodes } = await readBody(context, NodesBody);
    const secrets = nodes.map((node) =>
      ledger.enrol({ id: node.node_id, project: node.project, version: node.fw_version }),
    );
    await ledger.settled();
    return context.json({ status: "success", secrets });
  });

  api.get("/", (context) => {
    const id = context.req.query("node_id");
    if (id === undefined) return context.json({ total: ledger.rules.nodeCount });
    const node = ledger.nodeOf(id);
    if (node === undefined)
      throw new Failure(404, CODES.nodesUnknown, `node_id: node ${id.slice(0, 64)} does not exist.`);
    const info = { node_id: id, project_name: ledger.rules.projectOf(node), fw_version: ledger.rules.versionOf(node) };
    return context.json({ nodes: [id], node_info: [info], total: 1 });
  });

  return api;
}
