/** Groups of nodes, and how nodes are named by their numbers. */
import * as z from "zod";
import { COHORT_NAME, NODES_MAX } from "./cohort-schema.ts";
import { block, optional, required, wholeNumber } from "./value-schemas.ts";

const NODE_RANGE_EXPECTED = 'must be a node\'s number from 0, or a range such as "10-19"';

const NODE_RANGE = z.union(
  [
    wholeNumber(0, NODES_MAX - 1).transform((node): [number, number] => [node, node]),
    z
      .string()
      .regex(/^\d{1,8}-\d{1,8}$/, { error: NODE_RANGE_EXPECTED })
      .transform((range, context): [number, number] => {
        const [first = 0, last = 0] = range.split("-").map(Number);
        if (first > last) context.addIssue({ code: "custom", message: NODE_RANGE_EXPECTED });
        return [first, last];
      }),
  ],
  { error: NODE_RANGE_EXPECTED },
);

/** `[0, 5, "10-19"]` */
export const NODE_RANGES = z
  .array(NODE_RANGE, { error: "must be a list of node numbers and ranges" })
  .min(1, { error: "must name at least one node" })
  .max(10_000, { error: "must be at most 10000 entries" });

/** Names of cohorts or groups. */
export function names(what: string, lengthMax: number) {
  return z
    .array(COHORT_NAME, { error: `must be a list of ${what}s` })
    .min(1, { error: `must name at least one ${what}` })
    .max(lengthMax, { error: `must be at most ${lengthMax} ${what}s` });
}

const GROUPS_MAX = 200;
/** What RainMaker's node_group takes, so that a run is not refused what its plan did. */
const SUB_GROUPS_MAX = 100;
const GROUP_NAME_EXPECTED = "must be a name of letters, digits, - and _, 2 to 40 long, such as north";
const GROUP_NAME = z
  .string({ error: GROUP_NAME_EXPECTED })
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{1,39}$/, { error: GROUP_NAME_EXPECTED });

const GROUP = block(
  {
    name: required(GROUP_NAME, "Its name, unique among the groups: at least two letters, digits, - and _."),
    cohorts: optional(names("cohort", 200), "All nodes of these cohorts."),
    nodes: optional(NODE_RANGES, 'Nodes by number: [0, 5, "10-19"].'),
    groups: optional(
      names("group", SUB_GROUPS_MAX),
      "Its sub-groups: a job for the group is for their nodes too. A group is a sub-group of one at most.",
    ),
  },
  "name, and nodes, cohorts or groups",
);

export const GROUPS = z
  .array(GROUP, { error: "must be a list of groups" })
  .max(GROUPS_MAX, { error: `must be at most ${GROUPS_MAX} groups` });
