import { expect, test } from "vitest";
import { Groups } from "../../src/backend/serve/groups.ts";
import { MemoryStore } from "../../src/backend/serve/store/memory-store.ts";

test("a group has the members of all groups below it, however deep they lie, and of no other", () => {
  const groups = new Groups(new MemoryStore());
  const make = (parentId: string | undefined, member: number) =>
    groups.make({ name: "g", type: "", description: "", parentId, conditions: undefined }, [member]);
  const top = make(undefined, 0);
  make(undefined, 1);
  const depth = 20_000;

  let deepest = top;
  for (let level = 0; level < depth; level++) deepest = make(deepest.id, 2 + level);
  make(top.id, 2);

  expect(groups.membersOf(top).size).toBe(1 + depth);
  expect(groups.membersOf(top).has(1)).toBe(false);
  expect([...groups.membersOf(deepest)]).toEqual([1 + depth]);
});
