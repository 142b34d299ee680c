import fc from "fast-check";
import { expect, test } from "vitest";
import { cohortIndexOf, type CohortSize, nodesOfCohorts } from "../../src/fleet/fleet.ts";
import { smallFleet } from "./small-fleet.ts";

test("nodesOfCohorts divides shares without losing or gaining a node", () => {
  const weights = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(weights, fc.integer({ min: 0, max: 1_000_000 }), (parts, total) => {
      const sum = parts.reduce((a, b) => a + b, 0);
      const sizes = parts.map((part) => ({ share: part / sum }));

      const nodes = nodesOfCohorts(sizes, total);

      expect(nodes.reduce((a, b) => a + b, 0)).toBe(total);
      nodes.forEach((count, index) =>
        expect(Math.abs(count - ((parts[index] ?? 0) / sum) * total)).toBeLessThan(1 + 1e-6),
      );
    }),
  );
});

test.each<[readonly CohortSize[], number, readonly number[]]>([
  [[{ share: 0.8 }, { share: 0.2 }], 2_000, [1_600, 400]],
  [[{ share: 1 / 3 }, { share: 1 / 3 }, { share: 1 / 3 }], 100, [34, 33, 33]],
  [[{ count: 50 }, { share: 1 }], 1_000, [50, 950]],
  [[{ count: 50 }, { share: 1 }], 50, [50, 0]],
  [[{ count: 3 }, { count: 4 }], 7, [3, 4]],
  [[{ share: 0.1 }, { share: 0.2 }, { share: 0.7 }], 1_000, [100, 200, 700]],
])("nodesOfCohorts gives %j of %d nodes %j", (sizes, total, nodes) => {
  expect(nodesOfCohorts(sizes, total)).toEqual(nodes);
});

test("cohortIndexOf finds the cohort of every node, empty cohorts between", () => {
  const fleet = smallFleet([3, 0, 4, 1]);

  const found = Array.from({ length: fleet.nodes }, (_, node) => cohortIndexOf(fleet, node));

  expect(found).toEqual([0, 0, 0, 2, 2, 2, 2, 3]);
});
