import fc from "fast-check";
import { expect, test } from "vitest";
import { shardRange } from "../../src/fleet/shard.ts";

test("shards lie side by side, cover the fleet, and differ by at most one node", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000_000 }), fc.integer({ min: 1, max: 64 }), (nodes, n) => {
      const ranges = Array.from({ length: n }, (_, k) => shardRange(nodes, { k, n }));

      expect(ranges[0]?.first).toBe(0);
      expect(ranges.at(-1)?.end).toBe(nodes);
      ranges.slice(1).forEach((range, index) => expect(range.first).toBe(ranges[index]?.end));
      const sizes = ranges.map(({ first, end }) => end - first);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }),
  );
});

test("a shard that does not exist is a broken invariant", () => {
  expect(() => shardRange(10, { k: 2, n: 2 })).toThrow("shard 2 of 2");
});
