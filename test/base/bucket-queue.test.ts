import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BucketQueue } from "../../src/base/bucket-queue.ts";
import { NEVER } from "../../src/base/instant.ts";
import { TimerQueue } from "../../src/base/timer-queue.ts";

const SLOTS = 40;
const SPAN_US = 1_000;

const SET = fc.record({
  kind: fc.constant("set" as const),
  slot: fc.nat(SLOTS * 3),
  timeUs: fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: -20, max: 3 * SPAN_US }) },
    { weight: 2, arbitrary: fc.nat(8).map((bucket) => bucket * 256) },
    { weight: 1, arbitrary: fc.constant(NEVER) },
  ),
});
const TAKE = fc.record({ kind: fc.constant("take" as const) });
const ASK = fc.record({ kind: fc.constant("ask" as const), nowUs: fc.nat(2 * SPAN_US) });

describe("bucket queue", () => {
  test("it agrees with the timer queue, whatever is set, moved, removed and taken", () => {
    const step = fc.oneof({ weight: 4, arbitrary: SET }, { weight: 2, arbitrary: TAKE }, { weight: 1, arbitrary: ASK });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), fc.constantFrom(1, 9, SLOTS, 4_000), (steps, slots) => {
        const queue = new BucketQueue(slots, SPAN_US);
        const model = new TimerQueue(slots);
        for (const each of steps) {
          if (each.kind === "set") {
            queue.set(each.slot, each.timeUs);
            model.set(each.slot, each.timeUs);
          } else if (each.kind === "ask") expect(queue.isDue(each.nowUs)).toBe(model.nextUs <= each.nowUs);
          else if (model.length > 0) {
            expect([queue.peek(), queue.nextUs]).toEqual([model.peek(), model.nextUs]);
            queue.set(queue.peek(), NEVER);
            model.set(model.peek(), NEVER);
          }
        }
        for (let slot = 0; slot <= SLOTS * 3; slot++) expect(queue.timeOf(slot)).toBe(model.timeOf(slot));
        for (; model.length > 0; model.set(model.peek(), NEVER)) {
          expect([queue.peek(), queue.nextUs]).toEqual([model.peek(), model.nextUs]);
          queue.set(queue.peek(), NEVER);
        }
        expect([queue.peek(), queue.nextUs]).toEqual([-1, NEVER]);
      }),
      { numRuns: 300 },
    );
  });

  test("what was set behind the span comes all the same, in its order", () => {
    const queue = new BucketQueue(100, SPAN_US);
    const slots = [4, 1, 7, 2, 9];
    slots.forEach((slot, place) => queue.set(slot, SPAN_US * (10 - place)));

    const taken = slots.map(() => {
      const slot = queue.peek();
      queue.set(slot, NEVER);
      return slot;
    });

    expect(taken).toEqual(slots.toReversed());
  });
});
