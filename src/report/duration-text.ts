/** Durations and instants for people. */
import { DAY_US, HOUR_US, MILLISECOND_US, MINUTE_US, SECOND_US } from "../base/instant.ts";
import type { Percentile } from "../measure/run-result.ts";
import { significantText } from "./count-text.ts";
import { decimalText } from "./rate-units.ts";

/** Units with the value at which the next one begins to read better. Two days in hours read better than 1.4 d. */
const UNITS = [
  { name: "µs", us: 1, untilUs: MILLISECOND_US },
  { name: "ms", us: MILLISECOND_US, untilUs: SECOND_US },
  { name: "s", us: SECOND_US, untilUs: 2 * MINUTE_US },
  { name: "min", us: MINUTE_US, untilUs: 2 * HOUR_US },
  { name: "h", us: HOUR_US, untilUs: 3 * DAY_US },
  { name: "d", us: DAY_US, untilUs: Infinity },
] as const;

/** A duration of microseconds in the unit that reads best: `45 ms`, `2.3 h`; three significant digits. */
export function durationText(us: number): string {
  if (!Number.isFinite(us)) return us === Infinity ? "never" : String(us);
  if (us === 0) return "0 s";
  const size = Math.abs(us);
  // A value that rounds up to the end of its unit is told in the next one: 999.9 ms is 1 s.
  const unit = UNITS.find(({ us: width, untilUs }) => Number((size / width).toPrecision(3)) * width < untilUs);
  const { name, us: width } = unit ?? UNITS[UNITS.length - 1]!;
  return `${significantText(us / width)} ${name}`;
}

/** A percentile, or the words for why there is none. */
export function percentileText(value: Percentile): string {
  return typeof value === "number" ? durationText(value) : value;
}

/**
 * A sentence of the measurement with its raw numbers made readable: `it is 115560000000 us` becomes `it is 32.1 h`,
 * `532407 bytes a second` 532 kB/s. Sentences in `result.json` keep the exact number.
 */
export function readableSentence(sentence: string): string {
  return sentence
    .replace(/(?<![\w.])(-?\d+(?:\.\d+)?) us(?!\w)/g, (_, us: string) => durationText(Number(us)))
    .replace(/(?<![\w.])(\d+) bytes a second\b/g, (_, bytes: string) => `${decimalText(Number(bytes))}/s`);
}

/** A fleet instant as `2026-03-29 02:05 UTC`, with seconds where `bySecond`. */
export function instantText(epochMs: number, bySecond: boolean = false): string {
  const iso = isoText(epochMs);
  return iso === undefined ? "unknown" : `${iso.slice(0, 10)} ${iso.slice(11, bySecond ? 19 : 16)} UTC`;
}

/** ISO 8601 of UTC; undefined for what is no instant. */
export function isoText(epochMs: number): string | undefined {
  // Beyond 8.64e15 ms a date has no text, and toISOString would throw.
  return Math.abs(epochMs) <= 8.64e15 ? new Date(epochMs).toISOString() : undefined;
}

/** Epoch milliseconds of fleet time 0; NaN where the result's clock says none. */
export function fleetStartMs(clockStart: string): number {
  return Date.parse(clockStart);
}
