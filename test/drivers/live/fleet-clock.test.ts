import fc from "fast-check";
import { expect, test } from "vitest";
import { NEVER } from "../../../src/base/instant.ts";
import {
  fleetEpochMs,
  fleetInstantAt,
  fleetNowUs,
  hrtimeUs,
  hrtimeUsOf,
  wallSpanUs,
} from "../../../src/drivers/live/fleet-clock.ts";

const CLOCK = { originHrtimeUs: 5_000_000, startEpochMs: 1_774_720_800_000, speed: 600 };

test("fleet time stands still until the origin and then runs at its speed", () => {
  expect([0, 4_999_999, 5_000_000, 5_000_001, 6_000_000].map((at) => fleetInstantAt(CLOCK, at))).toEqual([
    0, 0, 0, 600, 600_000_000,
  ]);
});

test("the fleet's date begins at its start and moves with fleet time", () => {
  expect(fleetEpochMs(CLOCK, 0)).toBe(CLOCK.startEpochMs);
  expect(fleetEpochMs(CLOCK, 3_600_000_000)).toBe(CLOCK.startEpochMs + 3_600_000);
});

test("an instant that never comes has no wall time, and a span shrinks by the speed", () => {
  expect(hrtimeUsOf(CLOCK, NEVER)).toBe(Infinity);
  expect(wallSpanUs(CLOCK, 600_000_000)).toBe(1_000_000);
});

test("the wall time of an instant is the first microsecond at which it has been reached, at any speed", () => {
  const speed = fc.double({ min: 0.01, max: 100_000, noNaN: true });
  const origin = fc.integer({ min: 0, max: 10 ** 13 });
  fc.assert(
    fc.property(speed, origin, fc.integer({ min: 1, max: 10 ** 12 }), (fast, originHrtimeUs, instant) => {
      const clock = { originHrtimeUs, startEpochMs: 0, speed: fast };
      const at = hrtimeUsOf(clock, instant);
      expect(fleetInstantAt(clock, at)).toBeGreaterThanOrEqual(instant);
      expect(fleetInstantAt(clock, at - 1)).toBeLessThan(instant);
    }),
  );
});

test("the live reading is a whole number that follows the machine's monotonic clock", () => {
  const before = hrtimeUs();
  const clock = { originHrtimeUs: before - 1_000, startEpochMs: 0, speed: 1 };

  const now = fleetNowUs(clock);

  expect(Number.isInteger(now)).toBe(true);
  expect(now).toBeGreaterThanOrEqual(1_000);
  expect(now).toBeLessThanOrEqual(hrtimeUs() - before + 1_000);
  expect(Math.abs(Number(process.hrtime.bigint() / 1_000n) - hrtimeUs())).toBeLessThan(1_000_000);
});
