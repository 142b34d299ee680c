import { beforeAll, describe, expect, test } from "vitest";
import { HOUR_US, MINUTE_US, SECOND_US } from "../../src/base/instant.ts";
import { draw } from "../../src/base/random.ts";
import { readyHistograms } from "../../src/measure/histogram.ts";
import { computeResult } from "../../src/measure/result.ts";
import { distanceToUniform, fullestMinute, peakPerMean } from "../../src/measure/staggering.ts";
import { JOB_CREATED, NodeHistory, factsOf, planOf, reduce } from "./history.ts";

beforeAll(readyHistograms);

describe("staggering", () => {
  test("of 10,000 uniform starts is within the distance that the Kolmogorov-Smirnov law allows", () => {
    const starts = Float64Array.from({ length: 10_000 }, (_, node) => draw(1, node, 0, 0) * HOUR_US).sort();

    // At 1 % significance: 1.63 / sqrt(n).
    expect(distanceToUniform(starts)).toBeLessThan(0.0163);
    expect(peakPerMean(starts)).toBeLessThan(1.35);
  });

  test("of starts all at once is 1 from uniform", () => {
    expect(distanceToUniform(new Float64Array(50).fill(7))).toBe(1);
  });

  test("of equal distances has a peak of the mean", () => {
    const starts = Float64Array.from({ length: 600 }, (_, index) => index * 6 * SECOND_US);

    expect(peakPerMean(starts)).toBeCloseTo(1, 1);
    expect(distanceToUniform(starts)).toBeLessThan(0.003);
  });

  test("of a herd behind a slow spread shows the herd: half of all within a minute of an hour", () => {
    const spread = Array.from({ length: 300 }, (_, index) => index * 12 * SECOND_US);
    const herd = Array.from({ length: 300 }, (_, index) => 30 * MINUTE_US + index * 100);
    const starts = Float64Array.from([...spread, ...herd]).sort();

    // 27 minutes either side of the middle lie between the 5 % and the 95 % point.
    expect(peakPerMean(starts)).toBeGreaterThan(20);
    expect(distanceToUniform(starts)).toBeCloseTo(0.25, 1);
  });

  test("of too few starts is not said", () => {
    const life = new NodeHistory(0).connect().update();

    const [row] = computeResult(reduce(planOf(1), [JOB_CREATED, ...life.records]), factsOf()).staggering;

    expect(row).toMatchObject({ starts: 1, peakPerMean: null, uniformDistance: null });
  });
});

test("time to 50, 90, 95, 99 and 100 % is the nearest rank over all targets, and null where it was not reached", () => {
  const lives = Array.from({ length: 95 }, (_, node) => {
    return new NodeHistory(node)
      .connect()
      .after((node + 1) * MINUTE_US)
      .add("confirmed", 0, 0);
  });

  const [row] = computeResult(
    reduce(planOf(100), [JOB_CREATED, ...lives.flatMap(({ records }) => records)]),
    factsOf(),
  ).staggering;

  const doneAt = (node: number) => lives[node - 1]!.records.at(-1)!.atUs - JOB_CREATED.atUs;
  expect(row?.doneUs).toEqual({ p50: doneAt(50), p90: doneAt(90), p95: doneAt(95), p99: null, p100: null });
});

test("the fullest minute is by the fleet's own minutes, whatever the mean", () => {
  const herd = Float64Array.from({ length: 950 }, (_, k) => 3 * 60e6 + k * 1_000);
  const others = Float64Array.from({ length: 50 }, (_, k) => 10 * 60e6 + k * 30e6);
  const starts = Float64Array.from([...herd, ...others]);

  expect(fullestMinute(starts)).toBe(950);
  expect(fullestMinute(new Float64Array(0))).toBe(0);
  // The herd is over within a minute, so between the 5 % and the 95 % point there is nothing but its peak.
  expect(peakPerMean(starts)).toBe(1);
});
