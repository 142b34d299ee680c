import fc from "fast-check";
import { expect, test } from "vitest";
import { CapClasses } from "../../../../src/drivers/virtual/models/cap-classes.ts";

test("as long as there are at most 256 caps, each has its own class", () => {
  const caps = new Set(Array.from({ length: 256 }, (_, number) => 1_000 + 7 * number));
  const classes = new CapClasses(caps);

  expect(classes.step).toBe(1);
  for (const cap of caps) expect(classes.caps[classes.classOf(cap)]).toBe(cap);
});

test("more of them are rounded to classes 4 % apart, each by at most 2 %", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 1_000, max: 500_000 }), { minLength: 257, maxLength: 300 }),
      (caps) => {
        const classes = new CapClasses(new Set(caps));

        expect(classes.caps.length).toBeLessThanOrEqual(256);
        expect(classes.step).toBeLessThanOrEqual(1.04 + 1e-12);
        for (const cap of caps) {
          const rounded = classes.caps[classes.classOf(cap)] as number;
          // Classes are whole bytes a second.
          expect(Math.max(rounded / cap, cap / rounded)).toBeLessThan(Math.sqrt(1.04) * (1 + 1 / 1_000));
        }
      },
    ),
    { numRuns: 10 },
  );
});

test("caps that lie too far apart for 256 steps of 4 % get wider steps, and the least and greatest stay", () => {
  const classes = new CapClasses(new Set([...Array.from({ length: 300 }, (_, number) => number + 1), 2 ** 40]));

  expect(classes.caps.length).toBeLessThanOrEqual(256);
  expect(classes.step).toBeGreaterThan(1.04);
  expect([classes.caps[0], classes.caps.at(-1)]).toEqual([1, 2 ** 40]);
});
