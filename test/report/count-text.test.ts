import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesText, counted, countText, percentText, shareText } from "../../src/report/count-text.ts";

describe("countText", () => {
  test.each([
    [0, "0"],
    [999, "999"],
    [1_234, "1,234"],
    [-1_234_567, "-1,234,567"],
    [0.01234, "0.0123"],
    [12.34, "12.3"],
    [1234.5, "1,235"],
  ])("writes %d as %s", (value, text) => {
    expect(countText(value)).toBe(text);
  });

  test("names one thing in the singular", () => {
    expect([counted(1, "node"), counted(2_000, "node")]).toEqual(["1 node", "2,000 nodes"]);
  });
});

describe("a percentage", () => {
  test.each([
    [0, 2_000, "0 %"],
    [2_000, 2_000, "100 %"],
    [1_999, 2_000, "99.95 %"],
    [999_999, 1_000_000, ">99.99 %"],
    [1, 1_000_000, "<0.01 %"],
    [1, 2_000, "0.05 %"],
    [23, 2_000, "1.15 %"],
    [1_930, 2_000, "96.5 %"],
    [3, 0, "–"],
  ])("of %d in %d is %s", (part, whole, text) => {
    expect(shareText(part, whole)).toBe(text);
  });

  test("never says 100 % of what is not all, nor 0 % of what is not nothing", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 10_000_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (whole, place) => {
          const part = Math.min(whole - 1, Math.max(1, Math.round(place * whole)));
          const text = shareText(part, whole);
          expect(text).not.toMatch(/^(100|0) %$/);
          const value = Number(text.replace(/[<> %]/g, ""));
          expect(Math.abs(value - (part / whole) * 100)).toBeLessThan(0.051);
        },
      ),
    );
  });

  test("above 99.9 % is rounded down", () => {
    expect(percentText(0.99959)).toBe("99.95 %");
    expect(percentText(0.99999999)).toBe(">99.99 %");
  });
});

describe("bytesText", () => {
  test.each([
    [0, "0 B"],
    [512, "512 B"],
    [1_536, "1.5 KiB"],
    [1_048_576, "1 MiB"],
  ])("writes %d as %s", (bytes, text) => {
    expect(bytesText(bytes)).toBe(text);
  });
});
