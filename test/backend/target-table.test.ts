import fc from "fast-check";
import { expect, test } from "vitest";
import { TargetTable } from "../../src/backend/rules/target-table.ts";

test("the targets of a job are those that were named, in whatever order and form, close together or far apart", () => {
  const node = fc.oneof(fc.nat(40), fc.nat(1_000_000));
  const run = fc
    .tuple(node, fc.nat(30))
    .map(([first, more]) => Array.from({ length: more + 1 }, (_, at) => first + at));
  const named = fc
    .array(fc.oneof(run, fc.array(node, { maxLength: 5 })), { maxLength: 8 })
    .map((parts) => parts.flat());

  fc.assert(
    fc.property(named, fc.boolean(), (nodes, isOpen) => {
      const wanted = [...new Set(nodes)].toSorted((a, b) => a - b);
      const from = isOpen ? 0 : undefined;

      for (const given of [nodes, new Set(nodes), nodes.values(), Uint32Array.from(nodes)]) {
        const table = new TargetTable(given, 0, from);
        expect([...table.targets()]).toEqual(wanted);
        expect(table.total).toBe(wanted.length);
      }
    }),
    { numRuns: 60, seed: 11 },
  );
});

test("few targets over a wide range lie close together, unless others may come later", () => {
  const nodes = Uint32Array.of(9, 900_000, 4);

  expect(new TargetTable(nodes, 0, undefined).isSparse).toBe(true);
  expect(new TargetTable(nodes, 0, 0).isSparse).toBe(false);
  expect(new TargetTable(Uint32Array.of(9, 8, 7), 0, undefined).isSparse).toBe(false);
});
