import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NEVER } from "../../src/base/instant.ts";
import { TimerQueue } from "../../src/base/timer-queue.ts";

const SLOTS = 24;

describe("timer queue", () => {
  test("it agrees with a sorted list, whatever is set, moved, removed and taken", () => {
    const set = fc.record({
      kind: fc.constant("set" as const),
      slot: fc.nat(SLOTS * 3),
      timeUs: fc.oneof({ weight: 5, arbitrary: fc.nat(40) }, { weight: 1, arbitrary: fc.constant(NEVER) }),
    });
    const take = fc.record({ kind: fc.constant("take" as const) });
    fc.assert(
      fc.property(fc.array(fc.oneof({ weight: 3, arbitrary: set }, { weight: 1, arbitrary: take })), (steps) => {
        const queue = new TimerQueue(SLOTS);
        const model = new Map<number, number>();
        for (const step of steps) {
          if (step.kind === "set") {
            queue.set(step.slot, step.timeUs);
            if (step.timeUs === NEVER) model.delete(step.slot);
            else model.set(step.slot, step.timeUs);
          } else if (queue.length > 0) {
            model.delete(queue.peek());
            queue.set(queue.peek(), NEVER);
          }
          const [slot, timeUs] = firstOf(model);

          expect([queue.peek(), queue.nextUs, queue.length]).toEqual([slot, timeUs, model.size]);
        }
        for (let slot = 0; slot <= SLOTS * 3; slot++) expect(queue.timeOf(slot)).toBe(model.get(slot) ?? NEVER);
      }),
      { numRuns: 300 },
    );
  });

  test("equal times come in the order of their slots, however they were set", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(Array.from({ length: 50 }, (_, slot) => slot)), (slots) => {
        const queue = new TimerQueue(4);
        for (const slot of slots) queue.set(slot, 5);

        expect(drained(queue)).toEqual([...slots].sort((a, b) => a - b));
      }),
    );
  });

  test("an empty queue has no slot and no time", () => {
    const queue = new TimerQueue(0);

    expect([queue.peek(), queue.nextUs, queue.length, queue.timeOf(7)]).toEqual([-1, NEVER, 0, NEVER]);
  });

  test("removing what is not there changes nothing", () => {
    const queue = new TimerQueue(2);
    queue.set(1, 9);

    queue.set(0, NEVER);
    queue.set(90, NEVER);

    expect([queue.peek(), queue.length]).toEqual([1, 1]);
  });
});

function firstOf(model: ReadonlyMap<number, number>): [slot: number, timeUs: number] {
  const [first] = [...model].sort(([a, at], [b, bt]) => at - bt || a - b);
  return first ?? [-1, NEVER];
}

function drained(queue: TimerQueue): number[] {
  const slots: number[] = [];
  while (queue.length > 0) {
    slots.push(queue.peek());
    queue.set(queue.peek(), NEVER);
  }
  return slots;
}
