import fc from "fast-check";
import { expect, test } from "vitest";
import { countText } from "../../../src/report/count-text.ts";
import { STEPS_MAX, stepsOf, stepText } from "../../../src/report/html/timeline-steps.ts";

test("steps cover every bucket once and are never more than a pointer can tell apart", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 5_000 }), (buckets) => {
      const steps = stepsOf({ buckets });

      expect(steps.length).toBeLessThanOrEqual(STEPS_MAX);
      let next = 0;
      for (const { from, until } of steps) {
        expect(from).toBe(next);
        expect(until).toBeGreaterThan(from);
        next = until;
      }
      expect(next).toBe(buckets);
    }),
  );
});

test("a step tells the range of a level, the mean of events, and the last of a running total", () => {
  const step = { from: 0, until: 3 };

  expect(stepText([1, 5, 3], step, "level", countText)).toBe("1 to 5");
  expect(stepText([4, 4, 4], step, "level", countText)).toBe("4");
  expect(stepText([1, 5, 3], step, "events", countText)).toBe("3");
  expect(stepText([1, 3, 5], step, "total", countText)).toBe("5");
});
