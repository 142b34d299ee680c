/** Whom a job is for, from the words of a request to the numbers of the rules; every id is checked against the books. */
import type { DynamicTargets, NodeNumber } from "../../rules/job-plan.ts";
import type { Ledger } from "../ledger.ts";
import type { NewJob } from "../ledger-entries.ts";
import { CODES, Failure } from "./failure.ts";

/** RainMaker takes 100; a load test names its whole fleet. */
export const TARGETS_MAX = 1_000_000;
/** RainMaker's limit. */
export const GROUPS_MAX = 10;
/** RainMaker's word for all nodes, in the place of a group's id. */
const ALL_NODES = "FFFF-FFFF";

/** Nodes and groups may be named together; conditions stand alone. */
export interface WishedTargets {
  readonly nodes?: readonly string[] | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly dynamic?: DynamicTargets | undefined;
}

/** The targets as the books take them; a `Failure` names what is wrong. `nodesField`: how the API calls the nodes. */
export function resolveTargets(
  ledger: Ledger,
  { nodes, groups, dynamic }: WishedTargets,
  nodesField: string,
): Pick<NewJob, "targets" | "groups" | "dynamic"> {
  if (dynamic !== undefined) {
    if (nodes === undefined && groups === undefined) return { targets: [], groups: [], dynamic };
    throw new Failure(
      400,
      CODES.mixedTargets,
      "node_type, node_model, node_fw_version: must stand without nodes and groups.",
    );
  }
  if (nodes === undefined && groups === undefined) {
    throw new Failure(400, CODES.noTargets, `${nodesField}: the job has no targets; name nodes, groups or conditions.`);
  }
  const named = numberNodes(ledger, nodes ?? [], nodesField);
  if (groups === undefined) return { targets: named, groups: [], dynamic: undefined };
  const targets = new Set(named);
  for (const id of groups) for (const node of membersOf(ledger, id)) targets.add(node);
  if (targets.size === 0) {
    throw new Failure(400, CODES.noTargets, `groups: ${groups.join(", ").slice(0, 200)} have no members.`);
  }
  return { targets: [...targets], groups, dynamic: undefined };
}

/** The numbers of nodes by their ids; a `Failure` names those that are not known. */
export function numberNodes(ledger: Ledger, ids: readonly string[], field: string): NodeNumber[] {
  const unknown: string[] = [];
  let unknownCount = 0;
  const numbers = ids.map((id) => {
    const number = ledger.nodeOf(id);
    if (number === undefined && ++unknownCount <= 3) unknown.push(`"${id.slice(0, 64)}"`);
    return number ?? -1;
  });
  if (unknown.length === 0) return numbers;
  throw new Failure(400, CODES.nodesUnknown, `${field}: ${unknownNodesText(unknown, unknownCount)}.`);
}

/** `node "a" does not exist`, `nodes "a", "b", "c" and 4 more do not exist` */
function unknownNodesText(shown: readonly string[], count: number): string {
  if (count === 1) return `node ${shown.join("")} does not exist`;
  const more = count > shown.length ? ` and ${count - shown.length} more` : "";
  return `nodes ${shown.join(", ")}${more} do not exist`;
}

function membersOf(ledger: Ledger, groupId: string): Iterable<NodeNumber> {
  if (groupId === ALL_NODES) return ledger.rules.nodesMatching({});
  const group = ledger.groups.groupOf(groupId);
  // The published list of numbers has none for this.
  if (group === undefined) {
    throw new Failure(400, CODES.badBody, `groups: group "${groupId.slice(0, 64)}" does not exist.`);
  }
  return ledger.groups.membersOf(group);
}
