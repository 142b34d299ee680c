import fc from "fast-check";
import { expect, test } from "vitest";
import { common, countWithin, joined } from "../../src/scenario/node-ranges.ts";
import { membersOf, targetsOf } from "../../src/scenario/targets.ts";
import { scenarioOf } from "./reading.ts";

const TEXT = `
name: fleet
clock: { start: 2026-03-10T12:00:00Z }
nodes: 100
fleet:
  cohorts:
    - { name: homes, nodes: 60, autofetch: { every: 6h }, runs: { version: 1.0.0, type: heating, model: t1 } }
    - { name: shops, nodes: 40, like: homes, runs: { version: 1.1.0, model: t2 } }
  groups:
    - { name: north, nodes: [0, "5-9"], groups: [coast, hills] }
    - { name: coast, nodes: ["8-12"] }
    - { name: hills, cohorts: [shops] }
jobs: [JOBS]
end: { after: 72h }
`;

test("a group's members are its own and those of its sub-groups, each once", () => {
  const scenario = withJobs("{ name: a }");

  expect([...membersOf(scenario, "north", false)]).toEqual([0, 5, 6, 7, 8, 9]);
  expect(membersOf(scenario, "north", true).size).toBe(9 + 40);
  expect(targets(scenario)).toHaveLength(100);
});

test("groups come before their sub-groups, as they have to be made", () => {
  const { groups } = withJobs("{ name: a }");

  expect(groups.map(({ name, parent }) => [name, parent])).toEqual([
    ["north", undefined],
    ["coast", "north"],
    ["hills", "north"],
  ]);
});

test("a job for groups is for the members of all of them", () => {
  expect(targets(withJobs("{ name: a, targets: { groups: [coast] } }"))).toEqual([8, 9, 10, 11, 12]);
  expect(targets(withJobs("{ name: a, targets: { groups: [hills, coast] } }"))).toHaveLength(45);
});

test.each([
  ["{ type: heating }", 100],
  ["{ model: t2 }", 40],
  ["{ model: t2, version: 1.1.0 }", 40],
  ["{ type: heating, version: 1.0.0 }", 60],
])("dynamic targets %s are the %d nodes that match all of it at the start", (dynamic, expected) => {
  expect(targets(withJobs(`{ name: a, targets: { dynamic: ${dynamic} } }`))).toHaveLength(expected);
});

test("dynamic targets by version are also those who come to run it by another job, and no others", () => {
  const scenario = withJobs(
    "{ name: first, targets: { nodes: [1, 2, 70] } }",
    "{ name: second, image: { make: { version: 3.0.0 } }, targets: { dynamic: { version: 2.0.0 } } }",
    "{ name: third, image: { make: { version: 4.0.0 } }, targets: { dynamic: { version: 3.0.0, model: t2 } } }",
  );

  expect(targets(scenario, 1)).toEqual([1, 2, 70]);
  expect(targets(scenario, 2)).toEqual([70]);
});

test("two dynamic jobs that install each other's version are for those who run either at the start", () => {
  const scenario = withJobs(
    "{ name: up, image: { make: { version: 1.1.0 } }, targets: { dynamic: { version: 1.0.0 } } }",
    "{ name: down, image: { make: { version: 1.0.0 } }, targets: { dynamic: { version: 1.1.0 } } }",
  );

  expect(targets(scenario, 0)).toHaveLength(100);
  expect(targets(scenario, 1)).toHaveLength(100);
});

const RANGES = fc.array(
  fc.tuple(fc.nat(40), fc.nat(10)).map(([first, more]) => [first, first + more] as const),
  { maxLength: 8 },
);

test("ranges join, meet and count as sets of nodes do", () => {
  fc.assert(
    fc.property(RANGES, RANGES, fc.nat(50), fc.nat(50), (some, others, first, last) => {
      const [a, b] = [setOf(some), setOf(others)];

      expect(listed(joined(some))).toEqual([...a].sort((x, y) => x - y));
      expect(listed(common(joined(some), joined(others)))).toEqual(
        [...a].filter((n) => b.has(n)).sort((x, y) => x - y),
      );
      expect(countWithin(joined(some), first, last)).toBe([...a].filter((n) => n >= first && n <= last).length);
    }),
  );
});

function withJobs(...jobs: readonly string[]) {
  return scenarioOf(TEXT.replace("JOBS", jobs.join(", ")));
}

function targets(scenario: ReturnType<typeof scenarioOf>, job = 0): number[] {
  return [...targetsOf(scenario, scenario.jobs[job]!)];
}

function listed(ranges: readonly (readonly [number, number])[]): number[] {
  return ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, more) => first + more));
}

function setOf(ranges: readonly (readonly [number, number])[]): Set<number> {
  return new Set(listed(ranges));
}
