import { decodeFromCompressedBase64 } from "hdr-histogram-js";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { DAY_US } from "../../src/base/instant.ts";
import { Distribution } from "../../src/measure/distribution.ts";
import { Histogram, nearestRank, readyHistograms, samplesNeeded } from "../../src/measure/histogram.ts";

beforeAll(readyHistograms);

const SHARES = [0.01, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999, 1];

describe("a percentile", () => {
  test.each([1, 2, 3, 10, 20, 99, 100, 101, 1000])("is the nearest rank of 1 to %i", (n) => {
    const histogram = filled(Array.from({ length: n }, (_, index) => index + 1));

    for (const share of SHARES) {
      // The oracle counts: the least value that has at least this share of all at or below it. In ten-thousandths,
      // so that it is whole numbers that are compared.
      let oracle = 1;
      while (oracle * 10_000 < Math.round(share * 10_000) * n) oracle += 1;
      expect(histogram.atRank(nearestRank(share, n))).toBe(oracle);
    }
  });

  test("is within 0.1 % of the sorted list's, whatever the samples", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 60 * DAY_US }), { minLength: 1, maxLength: 300 }), (samples) => {
        const histogram = filled(samples);
        const sorted = samples.toSorted((a, b) => a - b);

        for (const share of SHARES) {
          const exact = sorted[Math.min(sorted.length, Math.ceil(share * sorted.length - 1e-9)) - 1]!;
          const value = histogram.atRank(nearestRank(share, sorted.length));
          expect(Math.abs(value - exact)).toBeLessThanOrEqual(exact * 0.001);
        }
        expect([histogram.min, histogram.max, histogram.count]).toEqual([sorted[0], sorted.at(-1), sorted.length]);
        histogram.destroy();
      }),
      { numRuns: 50 },
    );
  });

  test("that was asked before is another one after a sample or a merge that moves it", () => {
    const histogram = filled([1, 2, 3]);
    const other = filled([1, 1]);
    expect(histogram.atRank(2)).toBe(2);

    histogram.record(1);
    expect(histogram.atRank(2)).toBe(1);
    expect(histogram.atRank(4)).toBe(3);
    expect(histogram.atRank(3)).toBe(2);
    histogram.merge(other);

    expect([1, 2, 3, 4, 5, 6].map((rank) => histogram.atRank(rank))).toEqual([1, 1, 1, 1, 2, 3]);
  });

  test("of too few samples is not said: p50 needs 2, p90 10, p95 20, p99 100, p99.9 1,000", () => {
    expect([0.5, 0.9, 0.95, 0.99, 0.999, 1].map(samplesNeeded)).toEqual([2, 10, 20, 100, 1000, 1]);
    const fifty = new Distribution(filled(Array.from({ length: 50 }, () => 7)), "samples");

    expect(fifty.percentile(0.95)).toBe(7);
    expect(fifty.percentile(0.99)).toBe("too few");
  });

  test("of no samples is no number", () => {
    const empty = new Distribution(new Histogram(), "samples");

    expect(empty.series()).toMatchObject({ count: 0, min: null, max: null, mean: null, p50: "no samples" });
  });

  test("over nodes counts whoever is not done as infinite", () => {
    const ninety = new Distribution(filled(Array.from({ length: 90 }, (_, index) => index + 1)), "targeted", 100);

    expect(ninety.percentile(0.5)).toBe(50);
    expect(ninety.percentile(0.9)).toBe(90);
    expect(ninety.percentile(0.91)).toBe("not reached");
  });
});

describe("a histogram", () => {
  test("keeps every power of ten to 85 days, and one more and less, within 0.1 %", () => {
    for (let power = 1; power <= 85 * DAY_US; power *= 10) {
      for (const value of [power - 1, power, power + 1]) {
        const histogram = filled([0, value, value, 100 * DAY_US]);
        expect(Math.abs(histogram.atRank(2) - value)).toBeLessThanOrEqual(value * 0.001);
        histogram.destroy();
      }
    }
  });

  test("counts what is no whole number from 0, and what is beyond its range, and takes neither", () => {
    const histogram = filled([Number.NaN, -1, 1.7, Infinity, -Infinity, 116 * DAY_US, 5]);

    expect(histogram.count).toBe(1);
    expect(histogram.badSamples).toBe(5);
    expect(histogram.outOfRange).toBe(1);
  });

  test("holds ten million equal samples: p50 is exact, and so is their sum", () => {
    const histogram = new Histogram();
    for (let sample = 0; sample < 10_000_000; sample++) histogram.record(DAY_US);
    histogram.record(1);

    expect(histogram.atRank(nearestRank(0.5, histogram.count))).toBeGreaterThan(DAY_US * 0.999);
    expect(histogram.bucketCount).toBe(10_000_001);
    // 10^7 * 86,400,000,000 + 1 is beyond 2^53; only two limbs still know the 1.
    const without = new Histogram();
    for (let sample = 0; sample < 10_000_000; sample++) without.record(DAY_US);
    expect(histogram.sum.equals(without.sum)).toBe(false);
    without.record(1);
    expect(histogram.sum.equals(without.sum)).toBe(true);
  });

  test.each([2, 7, 64])("merges over %i parts in any order into the same histogram", (parts) => {
    const samples = Array.from({ length: 20_000 }, (_, index) => (index * 7_919) % 1_000_003);
    const whole = filled(samples);
    const split = Array.from({ length: parts }, (_, part) => filled(samples.filter((_, at) => at % parts === part)));

    const forward = new Histogram();
    for (const part of split) forward.merge(part);
    const backward = new Histogram();
    for (const part of split.toReversed()) backward.merge(part);

    for (const merged of [forward, backward]) {
      expect(new Distribution(merged, "samples").series()).toEqual(new Distribution(whole, "samples").series());
      expect(merged.sum.equals(whole.sum)).toBe(true);
      const shipped = decodeFromCompressedBase64(merged.encode());
      expect(shipped.outputPercentileDistribution()).toBe(
        decodeFromCompressedBase64(whole.encode()).outputPercentileDistribution(),
      );
    }
  });

  test("is encoded so that any HdrHistogram reads it", () => {
    const histogram = filled([1, 2, 3, 1_000]);

    const read = decodeFromCompressedBase64(histogram.encode());

    expect(read.totalCount).toBe(4);
    expect(read.maxValue).toBe(1_000);
  });
});

test("L24: the percentile of two workers is that of their union, not the mean of two percentiles", () => {
  const [one, many] = [filled([1_000_000]), filled(Array.from({ length: 10_000 }, () => 10))];

  one.merge(many);

  expect(new Distribution(one, "samples").percentile(0.99)).toBe(10);
});

test("a backend that stands still for P of T is seen as arithmetic has it: Q(p) = P - (1-p)T", () => {
  const [overUs, stallUs, nodes] = [60e6, 10e6, 6_000];
  const stallEndsUs = 35e6;
  // Each asks at its place; who asks in the stall waits for its end.
  const latencies = Array.from({ length: nodes }, (_, node) => {
    const dueUs = Math.round(((node + 0.5) / nodes) * overUs);
    return dueUs >= stallEndsUs - stallUs && dueUs < stallEndsUs ? stallEndsUs - dueUs : 0;
  });

  const histogram = filled(latencies);

  for (const [share, seconds] of [
    [0.9, 4],
    [0.99, 9.4],
    [0.999, 9.94],
  ] as const) {
    const measured = histogram.atRank(nearestRank(share, nodes)) / 1e6;
    expect(Math.abs(measured - seconds)).toBeLessThan(0.02);
  }
  histogram.destroy();
});

function filled(samples: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const sample of samples) histogram.record(sample);
  return histogram;
}
