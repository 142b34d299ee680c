import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FewTimers } from "../../src/base/few-timers.ts";
import { NEVER } from "../../src/base/instant.ts";
import { TimerQueue } from "../../src/base/timer-queue.ts";

describe("a few timers", () => {
  const slots = fc.integer({ min: 0, max: 40 });
  const sets = fc.record({ slot: slots, timeUs: fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant(NEVER)) });

  test("agree with the timer queue, whatever is set, moved, removed and taken", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(sets, fc.constant("take" as const)), { maxLength: 120 }), (steps) => {
        const [few, model] = [new FewTimers(), new TimerQueue(41)];
        for (const step of steps) {
          const { slot, timeUs } = step === "take" ? { slot: model.peek(), timeUs: NEVER } : step;
          if (slot >= 0) for (const queue of [few, model]) queue.set(slot, timeUs);
          expect([few.length, few.nextUs, few.peek()]).toEqual([model.length, model.nextUs, model.peek()]);
        }
      }),
    );
  });

  test("of one time come in the order that they are given", () => {
    const backwards = new FewTimers((slot, other) => slot < other);
    for (const slot of [4, 9, 2]) backwards.set(slot, 7);
    expect(backwards.peek()).toBe(9);
  });

  test("are handed out with their times, and forgotten", () => {
    const few = new FewTimers();
    few.set(3, 30);
    few.set(5, 10);
    const handed: number[][] = [];
    few.drain((slot, timeUs) => handed.push([slot, timeUs]));

    expect(handed.toSorted(([a = 0], [b = 0]) => a - b)).toEqual([
      [3, 30],
      [5, 10],
    ]);
    expect([few.length, few.peek(), few.nextUs]).toEqual([0, -1, NEVER]);
  });
});
