import { expect, test } from "vitest";
import { DAY_US, HOUR_US } from "../../src/base/instant.ts";
import { type ApprovalHabit, approvesAfterUs } from "../../src/fleet/approval.ts";

const HABIT: ApprovalHabit = {
  share: 0.75,
  delayUs: { kind: "exponential", mean: HOUR_US },
  forgetful: 0,
  reminderUs: { kind: "fixed", value: DAY_US },
};
const NODES = 20_000;

test("the share of users who ever approve is as asked, at either end too", () => {
  expect(approving(HABIT).length / NODES).toBeCloseTo(0.75, 2);
  expect(approving({ ...HABIT, share: 0 })).toEqual([]);
  expect(approving({ ...HABIT, share: 1 })).toHaveLength(NODES);
});

test("the delay follows its law", () => {
  const delays = approving(HABIT).sort((a, b) => a - b);

  expect(delays[Math.floor(delays.length / 2)]! / HOUR_US).toBeCloseTo(Math.LN2, 1);
  expect(delays.every((us) => Number.isInteger(us) && us >= 0)).toBe(true);
});

test("forgetful users approve so long after they would have, and the others as before", () => {
  const before = after(HABIT);
  const forgetful = after({ ...HABIT, forgetful: 0.5 });

  const differences = before.flatMap((us, node) => (us === undefined ? [] : [forgetful[node]! - us]));
  expect(new Set(differences)).toEqual(new Set([0, DAY_US]));
  expect(differences.filter((us) => us > 0).length / differences.length).toBeCloseTo(0.5, 1);
});

test("a user who never approves one job may approve another, and no other draw moves", () => {
  const first = after(HABIT, 0);
  const second = after(HABIT, 1);

  expect(first.some((us, node) => us === undefined && second[node] !== undefined)).toBe(true);
  expect(
    after({ ...HABIT, share: 1 }, 0).filter((us, node) => first[node] !== undefined && us !== first[node]),
  ).toEqual([]);
});

function after(habit: ApprovalHabit, job = 0): (number | undefined)[] {
  return Array.from({ length: NODES }, (_, node) => approvesAfterUs(habit, 7, node, job));
}

function approving(habit: ApprovalHabit): number[] {
  return after(habit).filter((us): us is number => us !== undefined);
}
