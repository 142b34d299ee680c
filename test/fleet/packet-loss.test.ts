import { expect, test } from "vitest";
import { lossLimit } from "../../src/fleet/packet-loss.ts";

test("loss bounds a connection by the inverse of its root, and of the round trip", () => {
  // 1,440 bytes / 40 ms * sqrt(1.5 / 0.02)
  expect(lossLimit(0.02, 40_000)).toBeCloseTo(36_000 * Math.sqrt(75), 6);
  expect(lossLimit(0.08, 40_000)).toBeCloseTo(lossLimit(0.02, 40_000) / 2, 6);
  expect(lossLimit(0.02, 80_000)).toBeCloseTo(lossLimit(0.02, 40_000) / 2, 6);
});

test("where nothing is lost, or a round trip takes no time, nothing is bounded", () => {
  expect(lossLimit(0, 40_000)).toBe(Infinity);
  expect(lossLimit(0.02, 0)).toBe(Infinity);
});
