/** `/v1/admin/nodes`: makes nodes known and gives their secrets. RainMaker registers certificates here. */
import { Hono } from "hono";
import { z } from "zod";
import type { NodeNumber } from "../../rules/job-plan.ts";
import type { Ledger } from "../ledger.ts";
import { declared } from "./declared.ts";
import { CODES, Failure } from "./failure.ts";
import { optionalText, pageStart, text, wholeNumber } from "./parameters.ts";

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

export const NodeDescription = z.object({
  node_id: z.string(),
  project_name: z.string(),
  fw_version: z.string(),
  type: z.string(),
  model: z.string(),
  node_status: z.enum(["online", "offline"]),
});

const ENROL = declared({
  about: "Makes nodes known, or brings what is known of them up to date; answers their secrets in the same order.",
  body: NodesBody,
  answer: z.object({ status: z.literal("success"), secrets: z.array(z.string()) }),
});

const FIND = declared({
  about: "Lists the nodes with what they last said of themselves, page by page; or gives the one with an id.",
  query: {
    node_id: optionalText("Only this node."),
    type: optionalText("Only nodes of this type."),
    model: optionalText("Only nodes of this model; goes with type."),
    fw_version: optionalText("Only nodes with this version; goes with type and model."),
    project_name: optionalText("Only nodes of this project."),
    node_status: z.enum(["online", "offline"], { error: "must be online or offline" }).optional(),
    num_records: wholeNumber(100, 10_000, "Nodes in the answer, at most."),
    start_id: pageStart(),
  },
  answer: z.object({
    nodes: z.array(z.string()),
    node_info: z.array(NodeDescription),
    total: z.int(),
    next_id: z.string().optional(),
  }),
});

const REMOVE = declared({
  about: "Makes nodes unknown, with their groups' memberships; jobs that are over keep what is on record for them.",
  query: { prefix: text("All nodes whose ids begin so: a whole id, or what those of a run begin with.", 64) },
  answer: z.object({ status: z.literal("success"), removed: z.int() }),
});

export function nodesApi(ledger: Ledger, isOnline: (nodeId: string) => boolean): Hono {
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
    const { node_id: id, num_records: count, start_id: from, ...filters } = FIND.query(context);
    if (id !== undefined) {
      const node = ledger.nodeOf(id);
      if (node === undefined)
        throw new Failure(404, CODES.nodesUnknown, `node_id: node ${id.slice(0, 64)} does not exist.`);
      return context.json({ nodes: [id], node_info: [describeNode(ledger, isOnline, node)], total: 1 });
    }
    const found = findNodes(ledger, isOnline, filters);
    const shown = found.slice(from, from + count).map((node) => describeNode(ledger, isOnline, node));
    const next = from + count < found.length ? { next_id: String(from + count) } : {};
    return context.json({ nodes: shown.map(({ node_id }) => node_id), node_info: shown, total: found.length, ...next });
  });

  api.delete("/", REMOVE, async (context) => {
    const removed = ledger.removeNodes(REMOVE.query(context).prefix);
    await ledger.settled();
    return context.json({ status: "success", removed });
  });

  return api;
}

/** What is known of a node, in the API's words. */
export function describeNode(
  ledger: Ledger,
  isOnline: (nodeId: string) => boolean,
  node: NodeNumber,
): z.output<typeof NodeDescription> {
  const id = ledger.idOfNode(node);
  const { project, version, type, model } = ledger.rules.fieldsOf(node);
  const status = isOnline(id) ? "online" : "offline";
  return { node_id: id, project_name: project, fw_version: version, type, model, node_status: status };
}

interface NodeFilters {
  readonly type: string | undefined;
  readonly model: string | undefined;
  readonly fw_version: string | undefined;
  readonly project_name: string | undefined;
  readonly node_status: "online" | "offline" | undefined;
}

function findNodes(ledger: Ledger, isOnline: (nodeId: string) => boolean, filters: NodeFilters): NodeNumber[] {
  const { type, model, fw_version: version, project_name: project, node_status: status } = filters;
  // RainMaker's index is by type, then model, then version.
  if (model !== undefined && type === undefined) throw new Failure(400, CODES.badBody, "model: goes with type only.");
  if (version !== undefined && model === undefined) {
    throw new Failure(400, CODES.badBody, "fw_version: goes with type and model only.");
  }
  const isWanted = (node: NodeNumber) =>
    (project === undefined || ledger.rules.fieldsOf(node).project === project) &&
    (status === undefined || isOnline(ledger.idOfNode(node)) === (status === "online"));
  return [...ledger.rules.nodesMatching({ type, model, version })].filter(isWanted);
}
