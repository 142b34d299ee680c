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

  test("herds of hundreds within one bucket come in their order, whatever moves while they pass", () => {
    const WEEK_US = 604_800_000_000;
    const instant = fc.oneof(
      { weight: 6, arbitrary: fc.nat(60).map((us) => 300_000_000_000 + us) },
      { weight: 3, arbitrary: fc.nat(2_000_000).map((us) => 300_000_000_000 + us) },
      { weight: 1, arbitrary: fc.nat(WEEK_US) },
    );
    const herd = fc.array(instant, { minLength: 300, maxLength: 400 });
    const moves = fc.array(fc.record({ slot: fc.nat(420), byUs: fc.oneof(fc.nat(40), fc.nat(9_000_000)) }));
    fc.assert(
      fc.property(herd, moves, (times, steps) => {
        const queue = new BucketQueue(times.length, WEEK_US);
        const model = new TimerQueue(times.length);
        const set = (slot: number, timeUs: number): void => {
          queue.set(slot, timeUs);
          model.set(slot, timeUs);
        };
        times.forEach((timeUs, slot) => set(slot, timeUs));
        for (let step = 0; model.length > 0; step++) {
          const nowUs = model.nextUs;
          expect([queue.peek(), queue.nextUs]).toEqual([model.peek(), nowUs]);
          const move = steps[step];
          // Away, and back to where it stood: its old place in a list counts again.
          if (move !== undefined)
            for (const byUs of [move.byUs, 5 * move.byUs, move.byUs]) set(move.slot, nowUs + byUs);
          set(model.peek(), NEVER);
        }
        expect([queue.peek(), queue.nextUs]).toEqual([-1, NEVER]);
      }),
      { numRuns: 60 },
    );
  });

  test("whoever asks hears of the slots that are due next, once each", () => {
    const queue = new BucketQueue(1_000, SPAN_US);
    const heard: number[] = [];
    queue.onOpened = (slots, count) => heard.push(...slots.subarray(0, count));
    const slots = Array.from({ length: 500 }, (_, slot) => slot);
    for (const slot of slots) queue.set(slot, 100 + 2 * (slot % 100));

    for (let slot = queue.peek(); slot !== -1; slot = queue.peek()) {
      expect(heard).toContain(slot);
      queue.set(slot, NEVER);
    }

    expect(heard.toSorted((a, b) => a - b)).toEqual(slots);
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
