/** `/v1/admin/node_group`: groups of nodes, with sub-groups, and dynamic ones whose members follow from conditions. */
import { Hono } from "hono";
import { z } from "zod";
import type { DynamicTargets, NodeNumber } from "../../rules/job-plan.ts";
import { conditionsText } from "../groups.ts";
import type { LedgerGroup } from "../groups.ts";
import type { Ledger } from "../ledger.ts";
import { declared } from "./declared.ts";
import { CODES, Failure } from "./failure.ts";
import { numberNodes } from "./job-targets.ts";
import { describeNode, NodeDescription } from "./nodes.ts";
import { flag, optionalText, pageStart, text, wholeNumber } from "./parameters.ts";

/** RainMaker's limits, of nodes in one call and of sub-groups in one group. */
const NODES_AT_ONCE_MAX = 100;
const SUB_GROUPS_MAX = 100;

const Nodes = z.array(z.string()).min(1, "must name at least one node").max(NODES_AT_ONCE_MAX);
const condition = z.string().min(1).max(64).optional();

const GroupBody = z.strictObject({
  group_name: z.string().min(2).max(256),
  parent_group_id: z.string().optional(),
  type: z.string().max(64).optional(),
  description: z.string().max(500).optional(),
  nodes: Nodes.optional(),
  node_type: condition,
  node_model: condition,
  node_fw_version: condition,
});

const ChangeBody = z.strictObject({
  operation: z.enum(["ADD", "REMOVE"]).optional(),
  nodes: Nodes.optional(),
  regroup: z.boolean().optional().describe("Computes the members of a dynamic group anew."),
});

const GroupFields = {
  group_id: z.string(),
  group_name: z.string(),
  parent_group_id: z.string().optional(),
  type: z.string(),
  description: z.string(),
  group_query: z.string().optional().describe("The conditions of a dynamic group."),
  total: z.int().describe("Nodes in the group itself."),
  nodes: z.array(z.string()).optional().describe("Only where one group is asked for."),
  node_details: z.array(NodeDescription).optional(),
};

const Group = z.object({ ...GroupFields, sub_groups: z.array(z.object(GroupFields)).optional() });

const Success = z.literal("success");

const CREATE = declared({
  about: "Makes a group of named nodes, or of those that match conditions at this moment.",
  body: GroupBody,
  answer: z.object({ status: Success, group_id: z.string() }),
});

const CHANGE = declared({
  about: "Adds nodes to a group, takes them out, or computes the members of a dynamic one anew.",
  query: { group_id: text("The group.") },
  body: ChangeBody,
  answer: z.object({ status: Success, description: z.string() }),
});

const LIST = declared({
  about: "Lists groups page by page; one that is asked for by id or name with its nodes.",
  query: {
    group_id: optionalText("Only this group."),
    group_name: optionalText("Only groups of this name."),
    node_details: flag("With what is known of each node."),
    sub_groups: flag("With the groups right below each."),
    num_records: wholeNumber(100, 1000, "Groups in the answer, at most."),
    start_id: pageStart(),
  },
  answer: z.object({ groups: z.array(Group), total: z.int(), next_id: z.string().optional() }),
});

const DROP = declared({
  about: "Takes a group away. Jobs that were made for it keep their targets.",
  query: { group_id: text("The group.") },
  answer: z.object({ status: Success, description: z.string() }),
});

export function nodeGroupsApi(ledger: Ledger, isOnline: (nodeId: string) => boolean): Hono {
  const api = new Hono();

  api.post("/", CREATE, async (context) => {
    const group = makeGroup(ledger, await CREATE.body(context));
    await ledger.settled();
    return context.json({ status: "success", group_id: group.id });
  });

  api.put("/", CHANGE, async (context) => {
    const group = findGroup(ledger, CHANGE.query(context).group_id);
    changeGroup(ledger, group, await CHANGE.body(context));
    await ledger.settled();
    return context.json({ status: "success", description: `${group.members.size} nodes` });
  });

  api.get("/", LIST, (context) => {
    const query = LIST.query(context);
    const { group_id: id, group_name: name, num_records: count, start_id: from } = query;
    const known = id === undefined ? ledger.groups.all : [findGroup(ledger, id)];
    const found = known.filter((group) => name === undefined || group.name === name);
    const isOne = id !== undefined || name !== undefined;
    const groups = found.slice(from, from + count).map((group) => {
      const described = describeGroup(ledger, group, isOne);
      const details = [...group.members].map((node) => describeNode(ledger, isOnline, node));
      const subs = ledger.groups.subGroupsOf(group).map((sub) => describeGroup(ledger, sub, isOne));
      return {
        ...described,
        ...(query.node_details && isOne ? { node_details: details } : {}),
        ...(query.sub_groups ? { sub_groups: subs } : {}),
      };
    });
    const next = from + count < found.length ? { next_id: String(from + count) } : {};
    return context.json({ groups, total: found.length, ...next });
  });

  api.delete("/", DROP, async (context) => {
    const group = findGroup(ledger, DROP.query(context).group_id);
    const below = ledger.groups.subGroupsOf(group).length;
    if (below > 0) {
      throw new Failure(400, CODES.badBody, `group_id: group ${group.id} has ${below} sub-groups; delete them first.`);
    }
    ledger.groups.drop(group);
    await ledger.settled();
    return context.json({ status: "success", description: "deleted" });
  });

  return api;
}

function makeGroup(ledger: Ledger, body: z.output<typeof GroupBody>): LedgerGroup {
  const { node_type: type, node_model: model, node_fw_version: version, parent_group_id: parentId } = body;
  const isDynamic = type !== undefined || model !== undefined || version !== undefined;
  const conditions = isDynamic ? { type, model, version } : undefined;
  if (isDynamic && (body.nodes !== undefined || parentId !== undefined)) {
    throw new Failure(
      400,
      CODES.badBody,
      "node_type, node_model, node_fw_version: must stand without nodes and parent.",
    );
  }
  if (parentId !== undefined) checkParent(ledger, parentId);
  const members = conditions === undefined ? [] : matchingNodes(ledger, conditions);
  return ledger.groups.make(
    { name: body.group_name, type: body.type ?? "", description: body.description ?? "", parentId, conditions },
    body.nodes === undefined ? members : numberNodes(ledger, body.nodes, "nodes"),
  );
}

function checkParent(ledger: Ledger, parentId: string): void {
  const parent = ledger.groups.groupOf(parentId);
  const refuse = (why: string) => new Failure(400, CODES.badBody, `parent_group_id: ${why}.`);
  if (parent === undefined) throw refuse(`group "${parentId.slice(0, 64)}" does not exist`);
  if (parent.conditions !== undefined) throw refuse("a dynamic group has no sub-groups");
  if (ledger.groups.subGroupsOf(parent).length >= SUB_GROUPS_MAX) {
    throw refuse(`group ${parent.id} has ${SUB_GROUPS_MAX} sub-groups, the most it can have`);
  }
}

function changeGroup(ledger: Ledger, group: LedgerGroup, body: z.output<typeof ChangeBody>): void {
  const { operation, nodes, regroup } = body;
  if (group.conditions !== undefined) {
    if (regroup !== true || operation !== undefined || nodes !== undefined) {
      throw new Failure(400, CODES.badBody, "regroup: must be true, and alone: the group is dynamic.");
    }
    return ledger.groups.replace(group, new Set(matchingNodes(ledger, group.conditions)));
  }
  if (regroup !== undefined) throw new Failure(400, CODES.badBody, "regroup: goes with dynamic groups only.");
  if (operation === undefined || nodes === undefined) {
    throw new Failure(400, CODES.badBody, "operation, nodes: must both be there.");
  }
  const numbers = numberNodes(ledger, nodes, "nodes");
  if (operation === "ADD") ledger.groups.add(group, numbers);
  else ledger.groups.remove(group, numbers);
}

function matchingNodes(ledger: Ledger, conditions: DynamicTargets): NodeNumber[] {
  const nodes = [...ledger.rules.nodesMatching(conditions)];
  if (nodes.length > 0) return nodes;
  throw new Failure(400, CODES.nothingMatches, `No node matches ${conditionsText(conditions)}.`);
}

function findGroup(ledger: Ledger, id: string): LedgerGroup {
  const group = ledger.groups.groupOf(id);
  if (group !== undefined) return group;
  throw new Failure(404, CODES.badBody, `group_id: group "${id.slice(0, 64)}" does not exist.`);
}

function describeGroup(ledger: Ledger, group: LedgerGroup, hasNodes: boolean) {
  const { id, name, parentId, type, description, conditions, members } = group;
  return {
    group_id: id,
    group_name: name,
    ...(parentId === undefined ? {} : { parent_group_id: parentId }),
    type,
    description,
    ...(conditions === undefined ? {} : { group_query: conditionsText(conditions) }),
    total: members.size,
    ...(hasNodes ? { nodes: [...members].map((node) => ledger.idOfNode(node)) } : {}),
  };
}
