import fc from "fast-check";
import { expect, test } from "vitest";
import { Groups } from "../../src/backend/serve/groups.ts";
import type { LedgerGroup } from "../../src/backend/serve/groups.ts";
import { MemoryStore } from "../../src/backend/serve/store/memory-store.ts";

const PLAN = { name: "g", type: "", description: "", parentId: undefined, conditions: undefined };

test("a group has the members of all groups below it, in any tree, after any change", () => {
  const tree = fc.array(fc.record({ parent: fc.nat(), members: fc.array(fc.nat(9)), removed: fc.array(fc.nat(9)) }), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(tree, (wishes) => {
      const groups = new Groups(new MemoryStore());
      const made: LedgerGroup[] = [];
      for (const { parent, members, removed } of wishes) {
        const parentId = made.length === 0 || parent % 3 === 0 ? undefined : made[parent % made.length]?.id;
        const group = groups.make({ ...PLAN, parentId }, members);
        groups.remove(group, removed);
        made.push(group);
      }

      for (const group of made) {
        const below = made.filter((other) => isBelow(made, other, group));
        expect(groups.membersOf(group)).toEqual(new Set(below.flatMap(({ members }) => [...members])));
      }
    }),
  );
});

test("a thousand groups, each in the one before, are no burden to a job for the first", () => {
  const groups = new Groups(new MemoryStore());
  let parentId: string | undefined;
  for (let depth = 0; depth < 1_000; depth++) parentId = groups.make({ ...PLAN, parentId }, [depth]).id;

  expect(groups.membersOf(groups.all[0]!).size).toBe(1_000);
});

test("a group that was taken away is no part of its parent any more", () => {
  const groups = new Groups(new MemoryStore());
  const parent = groups.make(PLAN, [1]);
  const kept = groups.make({ ...PLAN, parentId: parent.id }, [2]);
  groups.drop(groups.make({ ...PLAN, parentId: parent.id }, [3]));

  expect(groups.subGroupsOf(parent)).toEqual([kept]);
  expect(groups.membersOf(parent)).toEqual(new Set([1, 2]));
});

/** Whether a group is another one, or stands somewhere below it. */
function isBelow(all: readonly LedgerGroup[], group: LedgerGroup | undefined, top: LedgerGroup): boolean {
  if (group === undefined) return false;
  return (
    group === top ||
    isBelow(
      all,
      all.find(({ id }) => id === group.parentId),
      top,
    )
  );
}
