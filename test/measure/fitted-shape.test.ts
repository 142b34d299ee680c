import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { draw } from "../../src/base/random.ts";
import {
  type FittedShape,
  fitShape,
  goodnessOfSamples,
  shapeMean,
  shapeQuantile,
} from "../../src/measure/fitted-shape.ts";

describe("a shape that is fitted to samples", () => {
  test("of a lognormal is that lognormal again, near to its figures", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 100_000 }),
        fc.double({ min: 1.5, max: 8, noNaN: true }),
        fc.nat(999),
        (p50, ratio, seed) => {
          const { shape, goodness } = fitShape(samplesOf({ kind: "lognormal", p50, p95: p50 * ratio }, 4_000, seed));

          expect(goodness.distance).toBeLessThan(0.04);
          expect(Math.abs(shapeQuantile(shape, 0.5) / p50 - 1)).toBeLessThan(0.12);
          expect(Math.abs(shapeQuantile(shape, 0.95) / (p50 * ratio) - 1)).toBeLessThan(0.12);
        },
      ),
      { numRuns: 40, seed: 1 },
    );
  });

  test("of an exponential has its mean", () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 1_000_000 }), fc.nat(999), (mean, seed) => {
        const { shape, goodness } = fitShape(samplesOf({ kind: "exponential", mean }, 4_000, seed));

        expect(goodness.distance).toBeLessThan(0.04);
        expect(Math.abs(shapeMean(shape) / mean - 1)).toBeLessThan(0.1);
      }),
      { numRuns: 40, seed: 2 },
    );
  });

  test("of values that are all alike is that value", () => {
    const samples = Float64Array.from({ length: 500 }, (_, at) => 4_000 + (at % 50));

    expect(fitShape(samples)).toMatchObject({ shape: { kind: "fixed", value: 4_024 }, samples: 500 });
  });

  test("says how badly it fits where the samples have two heaps", () => {
    const samples = Float64Array.from({ length: 1_000 }, (_, at) => (at % 2 === 0 ? 1_000 + (at % 40) : 90_000 + at));

    expect(fitShape(samples).goodness.distance).toBeGreaterThan(0.2);
  });

  test("tells of each percentile by how much the fit is off", () => {
    const measured = Float64Array.from({ length: 1_000 }, (_, at) => at + 1);

    const { distance, errors } = goodnessOfSamples(
      measured.map((value) => value * 1.1),
      measured,
    );

    expect(errors).toEqual({ p50: expect.closeTo(0.1), p95: expect.closeTo(0.1), p99: expect.closeTo(0.1) });
    expect(distance).toBeLessThan(0.11);
    expect(goodnessOfSamples(measured, measured)).toEqual({ distance: 0, errors: { p50: 0, p95: 0, p99: 0 } });
  });
});

function samplesOf(shape: FittedShape, count: number, seed: number): Float64Array {
  return Float64Array.from({ length: count }, (_, at) => shapeQuantile(shape, draw(seed, at, 1, 0)));
}
