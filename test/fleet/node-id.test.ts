import fc from "fast-check";
import { expect, test } from "vitest";
import { NODE_ID, nodeIdOf, nodeOfId } from "../../src/fleet/node-id.ts";

test("nodeIdOf gives ids of 12 to 36 plain characters that lead back to the node", () => {
  const prefix = fc.stringMatching(/^[A-Za-z0-9_-]{4,28}$/);
  fc.assert(
    fc.property(prefix, fc.integer({ min: 0, max: 2 ** 32 - 1 }), (runPrefix, node) => {
      const id = nodeIdOf(runPrefix, node);

      expect(id).toMatch(NODE_ID);
      expect(nodeOfId(runPrefix, id)).toBe(node);
    }),
  );
});

test("nodeOfId knows no id of another run", () => {
  expect(nodeOfId("run1", nodeIdOf("run2", 5))).toBeUndefined();
  expect(nodeOfId("run1", "run1zzzzzzzz")).toBeUndefined();
});

test("nodeIdOf with a prefix that is too short, too long or not plain is a broken invariant", () => {
  for (const prefix of ["abc", "a".repeat(29), "a/b#"]) expect(() => nodeIdOf(prefix, 1)).toThrow("is a node id");
});
