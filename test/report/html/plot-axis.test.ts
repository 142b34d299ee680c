import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HOUR_US } from "../../../src/base/instant.ts";
import { bytesText, countText } from "../../../src/report/count-text.ts";
import { elapsedTicks, instantTicks, valueAxis } from "../../../src/report/html/plot-axis.ts";

describe("a vertical axis", () => {
  test("begins at 0, ends at or above the largest value, and has few ticks", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e12, noNaN: true }), fc.constantFrom("any", "binary"), (largest, steps) => {
        const axis = valueAxis(largest, countText, steps);

        expect(axis.most).toBeGreaterThanOrEqual(largest * (1 - 1e-9));
        expect(axis.ticks[0]?.share).toBe(0);
        expect(axis.ticks.length).toBeLessThanOrEqual(11);
        expect(axis.ticks.every(({ share }) => share >= 0 && share <= 1)).toBe(true);
      }),
    );
  });

  test("of nodes has whole numbers only", () => {
    expect(valueAxis(2, countText, "whole").ticks.map(({ text }) => text)).toEqual(["0", "1", "2"]);
  });

  test("of bytes is round in the unit that is shown", () => {
    expect(valueAxis(83_000, bytesText, "binary").ticks.map(({ text }) => text)).toContain("20 KiB");
  });
});

describe("an axis of fleet time", () => {
  test("is in UTC and carries the date at midnight", () => {
    const from = Date.UTC(2026, 2, 28, 18);

    const ticks = instantTicks(from, from + 48 * 3_600_000);

    expect(ticks.map(({ text }) => text)).toEqual(["29 Mar", "12:00", "30 Mar", "12:00"]);
  });

  test("has at most six ticks of any length", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e12 }), (spanMs) => {
        expect(instantTicks(Date.UTC(2026, 2, 28, 18), Date.UTC(2026, 2, 28, 18) + spanMs).length).toBeLessThanOrEqual(
          6,
        );
      }),
    );
  });

  test("of no length has no ticks", () => {
    expect(instantTicks(5, 5)).toEqual([]);
  });
});

describe("an axis of elapsed time", () => {
  test("has round steps from 0", () => {
    expect(elapsedTicks(60 * HOUR_US).map(({ text }) => text)).toEqual(["0", "12 h", "24 h", "36 h", "48 h", "60 h"]);
  });

  test("has at most seven ticks of any length", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e15 }), (untilUs) => {
        expect(elapsedTicks(untilUs).length).toBeLessThanOrEqual(7);
      }),
    );
  });
});
