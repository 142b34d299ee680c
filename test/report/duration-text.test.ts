import { describe, expect, test } from "vitest";
import { durationText, instantText, percentileText, readableSentence } from "../../src/report/duration-text.ts";

describe("durationText", () => {
  test.each([
    [0, "0 s"],
    [450, "450 µs"],
    [999.6, "1 ms"],
    [45_000, "45 ms"],
    [4_521, "4.52 ms"],
    [999_900, "1 s"],
    [61_500_000, "61.5 s"],
    [120_000_000, "2 min"],
    [2.3 * 3_600e6, "2.3 h"],
    [71 * 3_600e6, "71 h"],
    [3 * 86_400e6, "3 d"],
    [-4.6 * 3_600e6, "-4.6 h"],
    [Infinity, "never"],
  ])("writes %d microseconds as %s", (us, text) => {
    expect(durationText(us)).toBe(text);
  });
});

test("a percentile that is no number is told in words", () => {
  expect(percentileText("not reached")).toBe("not reached");
  expect(percentileText("too few")).toBe("too few");
  expect(percentileText(1_500)).toBe("1.5 ms");
});

test("a sentence's raw microseconds become readable, and nothing else does", () => {
  expect(readableSentence("it is 115560000000 us, and 5000 us are allowed in 3 uses of 0x20 us1")).toBe(
    "it is 32.1 h, and 5 ms are allowed in 3 uses of 0x20 us1",
  );
});

test("a sentence's raw bytes a second become readable", () => {
  expect(readableSentence("it gave up to 532407 bytes a second")).toBe("it gave up to 532 kB/s");
});

test("an instant is told in UTC, and what is none is unknown", () => {
  expect(instantText(Date.UTC(2026, 2, 28, 18, 5))).toBe("2026-03-28 18:05 UTC");
  expect(instantText(Number.NaN)).toBe("unknown");
  expect(instantText(9e15)).toBe("unknown");
});
