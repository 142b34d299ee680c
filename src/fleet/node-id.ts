/** Ids of nodes on the wire, and the prefix of a run by which its nodes can be found and removed again. */
import { assert } from "../base/assert.ts";

/** Hexadecimal digits of the index: enough for every fleet, and a width that never changes. */
const INDEX_DIGITS = 8;

/** Where the id is the MQTT client id and a part of topics, this is all that every kind of backend takes. */
export const NODE_ID = /^[A-Za-z0-9_-]{12,36}$/;

/** The id of a node. `runPrefix`: 4 to 28 letters, digits, - and _, the same for all nodes of a run. */
export function nodeIdOf(runPrefix: string, node: number): string {
  return nodeIdsOf(runPrefix)(node);
}

/** The same for many nodes of a run, whose prefix is looked at once. */
export function nodeIdsOf(runPrefix: string): (node: number) => string {
  const isPrefix = NODE_ID.test(runPrefix + "0".repeat(INDEX_DIGITS));
  return (node) => {
    const id = runPrefix + node.toString(16).padStart(INDEX_DIGITS, "0");
    const isId = isPrefix && node >>> 0 === node;
    assert(isId, "it is a node id", id);
    return id;
  };
}

/** The node's index; undefined for an id of another run, or of none. */
export function nodeOfId(runPrefix: string, id: string): number | undefined {
  const digits = id.startsWith(runPrefix) ? id.slice(runPrefix.length) : "";
  return /^[0-9a-f]{8}$/.test(digits) ? Number.parseInt(digits, 16) : undefined;
}
