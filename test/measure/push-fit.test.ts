import fc from "fast-check";
import { expect, test } from "vitest";
import { fitPushes } from "../../src/measure/push-fit.ts";

test("a broker's rate is that at which the offers of one job arrived", () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 4_000 }), fc.integer({ min: 1_000, max: 5_000 }), (perSecond, count) => {
      const { fanOut } = fitPushes([evenly(count, perSecond)]);

      expect(fanOut!.perSecond / perSecond).toBeCloseTo(1, 1);
      expect(fanOut!.samples).toBe(count);
    }),
  );
});

test("offers that come one by one later are none of the burst", () => {
  const late = Float64Array.from({ length: 50 }, (_, at) => 60_000_000 + at * 10_000_000);

  const { fanOut } = fitPushes([Float64Array.from([...evenly(1_000, 500), ...late])]);

  expect(fanOut!.perSecond).toBeCloseTo(500, -1);
});

test.each([
  ["nobody was pushed", []],
  ["few were", [evenly(199, 500)]],
  ["they came so fast that buffers took them", [evenly(300, 1_000_000)]],
])("where %s the rate is unknown", (_, pushes) => {
  expect(fitPushes(pushes)).toMatchObject({
    fanOut: undefined,
    noFanOutBecause: expect.stringMatching(/^no job was pushed/),
  });
});

function evenly(count: number, perSecond: number): Float64Array {
  return Float64Array.from({ length: count }, (_, at) => 5_000_000 + (at * 1_000_000) / perSecond);
}
