import fc from "fast-check";
import { expect, test } from "vitest";
import { SECOND_US } from "../../../../src/base/instant.ts";
import { RateGate } from "../../../../src/drivers/virtual/models/rate-gate.ts";

test("a gate lets one through after the other at its rate, and the first at once", () => {
  const gate = new RateGate(4, 1, Infinity);

  expect([0, 0, 0, 2 * SECOND_US].map((atUs) => gate.arrive(atUs))).toEqual([0, 250_000, 500_000, 2 * SECOND_US]);
});

test("after a quiet moment a burst passes at once, and is earned anew at the rate", () => {
  const gate = new RateGate(2, 3, Infinity);

  const first = Array.from({ length: 5 }, () => gate.arrive(10 * SECOND_US));
  const later = Array.from({ length: 3 }, () => gate.arrive(12 * SECOND_US));

  expect(first.map((us) => (us ?? 0) - 10 * SECOND_US)).toEqual([0, 0, 0, 500_000, 1_000_000]);
  // Five took 2.5 s worth of tokens, so at 12 s two of three are back.
  expect(later.map((us) => (us ?? 0) - 12 * SECOND_US)).toEqual([0, 0, 500_000]);
});

test("who finds the line full is refused, and the next finds room as soon as one has passed", () => {
  const gate = new RateGate(1, 1, 2);

  expect([0, 0, 0, 0, SECOND_US].map((atUs) => gate.arrive(atUs))).toEqual([
    0,
    SECOND_US,
    2 * SECOND_US,
    undefined,
    3 * SECOND_US,
  ]);
  expect(gate.counts).toEqual({ passed: 4, refused: 1, lost: 0 });
});

test("after a reset nobody waits", () => {
  const gate = new RateGate(1, 1, 10);
  for (let i = 0; i < 5; i++) gate.arrive(0);

  gate.reset(SECOND_US / 2);

  expect(gate.counts.lost).toBe(4);
  expect(gate.arrive(SECOND_US / 2)).toBe(SECOND_US / 2);
});

test("no span lets more through than its burst and what the rate gives, and nobody waits without need", () => {
  const gaps = fc.array(fc.nat(2_000_000), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(gaps, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 5 }), (given, perSecond, burst) => {
      const gate = new RateGate(perSecond, burst, Infinity);
      let nowUs = 0;
      const passes = given.map((gap) => ({ atUs: (nowUs += gap), passUs: gate.arrive(nowUs) ?? Number.NaN }));
      let tokens = burst;
      let tokensAtUs = 0;

      for (const { atUs, passUs } of passes) {
        // A bucket that is filled while time goes by, and never beyond its size.
        const whenUs = Math.max(atUs, tokensAtUs);
        const there = Math.min(burst, tokens + ((whenUs - tokensAtUs) * perSecond) / SECOND_US);
        const expected = there >= 1 - 1e-9 ? whenUs : whenUs + ((1 - there) * SECOND_US) / perSecond;
        expect(Math.abs(passUs - expected)).toBeLessThan(0.01);
        tokens = Math.max(0, Math.min(burst, tokens + ((expected - tokensAtUs) * perSecond) / SECOND_US) - 1);
        tokensAtUs = expected;
      }
    }),
  );
});

test("whose wait a reset cut has used nothing of the rate", () => {
  const gate = new RateGate(2, 1, 10);
  // Their turns are at 0, 0.5, 1, 1.5 and 2 s.
  for (let k = 0; k < 5; k++) gate.arrive(0);
  gate.reset(1.1 * SECOND_US);

  expect(gate.counts).toEqual({ passed: 5, refused: 0, lost: 2 });
  expect(gate.usedBy(3 * SECOND_US)).toBeCloseTo(0.5);
});
