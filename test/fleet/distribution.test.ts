import fc from "fast-check";
import { expect, test } from "vitest";
import { type Distribution, mean, quantile, residual } from "../../src/fleet/distribution.ts";
import { inverseNormal } from "../../src/base/inverse-normal.ts";

const positive = fc.double({ min: 0.001, max: 1e9, noNaN: true });
const inside = fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true });
const anyDistribution: fc.Arbitrary<Distribution> = fc.oneof(
  positive.map((value): Distribution => ({ kind: "fixed", value })),
  fc
    .tuple(positive, positive)
    .map(([a, b]): Distribution => ({ kind: "uniform", min: Math.min(a, b), max: Math.max(a, b) })),
  fc
    .tuple(positive, fc.double({ min: 1.01, max: 1000, noNaN: true }))
    .map(([p50, factor]): Distribution => ({ kind: "lognormal", p50, p95: p50 * factor })),
  positive.map((value): Distribution => ({ kind: "exponential", mean: value })),
  fc.tuple(positive, positive).map(([value, sd]): Distribution => ({ kind: "normal", mean: value, sd })),
);

test("quantile never falls as the draw grows", () => {
  fc.assert(
    fc.property(anyDistribution, inside, inside, (distribution, u, v) => {
      expect(quantile(distribution, Math.min(u, v))).toBeLessThanOrEqual(quantile(distribution, Math.max(u, v)));
    }),
  );
});

test("quantile is never below 0", () => {
  fc.assert(fc.property(anyDistribution, inside, (distribution, u) => quantile(distribution, u) >= 0));
});

test("quantile of a lognormal meets its p50 and p95", () => {
  fc.assert(
    fc.property(positive, fc.double({ min: 1.01, max: 1000, noNaN: true }), (p50, factor) => {
      const distribution: Distribution = { kind: "lognormal", p50, p95: p50 * factor };

      expect(quantile(distribution, 0.5) / p50).toBeCloseTo(1, 12);
      expect(quantile(distribution, 0.95) / (p50 * factor)).toBeCloseTo(1, 12);
    }),
  );
});

test.each<[Distribution, number]>([
  [{ kind: "fixed", value: 7 }, 7],
  [{ kind: "uniform", min: 2, max: 4 }, 3],
  [{ kind: "exponential", mean: 10 }, 10],
  [{ kind: "normal", mean: 100, sd: 5 }, 100],
  [{ kind: "lognormal", p50: 30, p95: 120 }, 30 * Math.exp((Math.log(4) / 1.6448536269514722) ** 2 / 2)],
])("mean of $kind is the average of its quantiles", (distribution, expected) => {
  const draws = 20_000;
  let sum = 0;
  for (let i = 0; i < draws; i += 1) sum += quantile(distribution, (i + 0.5) / draws);

  expect(mean(distribution)).toBeCloseTo(expected, 9);
  expect(sum / draws / expected).toBeCloseTo(1, 2);
});

test.each<Distribution>([
  { kind: "uniform", min: 2, max: 4 },
  { kind: "lognormal", p50: 30, p95: 60 },
  { kind: "exponential", mean: 10 },
  { kind: "fixed", value: 8 },
])("residual of a spell found under way lasts E[x²] / 2 E[x] on average: $kind", (distribution) => {
  const steps = 400;
  let square = 0;
  let plain = 0;
  let left = 0;
  for (let i = 0; i < steps; i += 1) {
    const value = quantile(distribution, (i + 0.5) / steps);
    square += value * value;
    plain += value;
    for (let j = 0; j < 20; j += 1) left += residual(distribution, (i + 0.5) / steps, (j + 0.5) / 20) / 20;
  }

  expect(left / steps / (square / plain / 2)).toBeCloseTo(1, 1);
});

test.each([
  // NIST and R: qnorm.
  [0.5, 0],
  [0.975, 1.959963984540054],
  [0.95, 1.6448536269514722],
  [0.001, -3.090232306167813],
  [1e-12, -7.034483825301132],
])("inverseNormal of %d is %d", (u, z) => {
  expect(inverseNormal(u)).toBeCloseTo(z, 9);
});
