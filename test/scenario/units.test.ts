import fc from "fast-check";
import { expect, test } from "vitest";
import { DAY_US, HOUR_US, MINUTE_US } from "../../src/base/instant.ts";
import {
  DURATION,
  INSTANT,
  START,
  LONGEST_DURATION_DAYS,
  RATE,
  SHARE,
  SIZE,
  THROUGHPUT,
  WINDOW,
} from "../../src/scenario/units.ts";

test("a printed duration reads as the same microseconds", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: LONGEST_DURATION_DAYS * DAY_US }), (us) => {
      expect(DURATION.parse(DURATION.print(us))).toBe(us);
      expect(DURATION.print(us)).toMatch(DURATION.pattern);
    }),
  );
});

test.each([
  ["250ms", 250_000],
  ["1.5h", 1.5 * HOUR_US],
  ["1h30m", 90 * MINUTE_US],
  ["2w", 14 * DAY_US],
  ["0s", 0],
  ["1us", 1],
  ["0.5ms", 500],
])("the duration %s is %d us", (text, us) => {
  expect(DURATION.parse(text)).toBe(us);
});

test.each([
  "",
  "5",
  "5 m",
  "-5m",
  "1e3s",
  "30m1h",
  "1h1h",
  "5M",
  "3661d",
  "1y",
  ".5s",
  "1,5s",
  "٣s",
  `${"9".repeat(70)}s`,
])("the text %j is no duration", (text) => {
  expect(DURATION.parse(text)).toBeUndefined();
});

test("a printed size reads as the same bytes", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 40 }), (bytes) => {
      expect(SIZE.parse(SIZE.print(bytes))).toBe(bytes);
      expect(SIZE.print(bytes)).toMatch(SIZE.pattern);
    }),
  );
});

test("a printed throughput reads as the same bytes a second", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 40 }), (bytesPerSecond) => {
      expect(THROUGHPUT.parse(THROUGHPUT.print(bytesPerSecond))).toBe(bytesPerSecond);
    }),
  );
});

test.each([
  ["512KiB", 524_288],
  ["1.5MB", 1_500_000],
  ["0B", 0],
])("the size %s is %d bytes", (text, bytes) => {
  expect(SIZE.parse(text)).toBe(bytes);
});

test.each(["1.5M", "1kB", "5 KB", "-1B", "1KBs", "2000GiB"])("the text %j is no size", (text) => {
  expect(SIZE.parse(text)).toBeUndefined();
});

test.each(["50KiB", "0B/s", "50kbit/s", "50KiB/h"])("the text %j is no throughput", (text) => {
  expect(THROUGHPUT.parse(text)).toBeUndefined();
});

test("a printed share reads as the same share", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100_000 }), (thousandths) => {
      const share = thousandths / 1_000 / 100;

      expect(SHARE.parse(SHARE.print(share))).toBeCloseTo(share, 14);
      expect(SHARE.print(share)).toMatch(SHARE.pattern);
    }),
  );
});

test.each(["101%", "-1%", "0.8", "80 %", "1e1%", ""])("the text %j is no share", (text) => {
  expect(SHARE.parse(text)).toBeUndefined();
});

test("a printed rate reads as the same events a day", () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 86_400, noNaN: true }), (perDay) => {
      expect((RATE.parse(RATE.print(perDay)) ?? NaN) / perDay).toBeCloseTo(1, 9);
      expect(RATE.print(perDay)).toMatch(RATE.pattern);
    }),
  );
});

test.each([
  ["0.06/d", 0.06],
  ["5/h", 120],
  ["7/w", 1],
  ["1/s", 86_400],
])("the rate %s is %d a day", (text, perDay) => {
  expect(RATE.parse(text)).toBeCloseTo(perDay, 12);
});

test("a printed window reads as the same minutes", () => {
  const minute = fc.integer({ min: 0, max: 1_439 });
  fc.assert(
    fc.property(minute, minute, (startMinute, endMinute) => {
      fc.pre(startMinute !== endMinute);

      expect(WINDOW.parse(WINDOW.print({ startMinute, endMinute }))).toEqual({ startMinute, endMinute });
    }),
  );
});

test.each(["02:00-02:00", "24:00-01:00", "2:00-3:00", "02:60-03:00", "02:00", "02:00 - 03:00"])(
  "the text %j is no window",
  (text) => {
    expect(WINDOW.parse(text)).toBeUndefined();
  },
);

test("a printed instant reads as the same second", () => {
  fc.assert(
    fc.property(fc.integer({ min: Date.UTC(2020, 0, 1) / 1000, max: Date.UTC(2099, 11, 31) / 1000 }), (seconds) => {
      expect(INSTANT.parse(INSTANT.print(seconds))).toBe(seconds);
    }),
  );
});

test("an instant with an offset is the same as its UTC", () => {
  const utc = INSTANT.parse("2026-03-28T18:00:00Z");

  expect(INSTANT.parse("2026-03-28T19:00:00+01:00")).toBe(utc);
  expect(INSTANT.parse("2026-03-28T12:30-05:30")).toBe(utc);
});

test("an instant as results print it, with a fraction of a second, is its whole second", () => {
  const utc = INSTANT.parse("2026-11-30T22:04:20Z");

  for (const text of ["2026-11-30T22:04:20.785Z", "2026-11-30T23:04:20.999999999+01:00"]) {
    expect(INSTANT.parse(text)).toBe(utc);
    expect(text).toMatch(START.pattern);
  }
});

test.each([
  "2026-11-30T22:04.5Z",
  "2026-11-30T22:04:20.Z",
  "2026-11-30T22:04:20,785Z",
  "2026-11-30T22:04:20.1234567890Z",
  "2026-03-28",
  "2026-03-28T18:00:00",
  "2026-02-29T00:00:00Z",
  "2019-12-31T00:00:00Z",
  "2100-01-01T00:00:00Z",
  "2026-03-28T24:00:00Z",
  "2026-13-01T00:00:00Z",
])("the text %j is no instant", (text) => {
  expect(INSTANT.parse(text)).toBeUndefined();
});
