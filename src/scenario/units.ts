/**
 * How quantities are written in a scenario: always with a unit, in plain decimal digits. Each kind can be read and
 * printed, and what was printed reads as the same value again.
 */
import { DAY_US, HOUR_US, MILLISECOND_US, MINUTE_US, SECOND_US } from "../base/instant.ts";

/** One kind of quantity: `parse` answers undefined for a text that is none, or is out of range. */
export interface Unit<T = number> {
  readonly parse: (text: string) => T | undefined;
  readonly print: (value: T) => string;
  /** What a text looks like, for published schemas; a text that fits may still be out of range. */
  readonly pattern: RegExp;
  /** Completes "must be ...". */
  readonly expected: string;
  readonly examples: readonly string[];
}

/** Longest duration, in days: ten years. It keeps every sum of instants far inside the whole numbers. */
export const LONGEST_DURATION_DAYS = 3_660;

const DURATION_UNITS = [
  ["w", 7 * DAY_US],
  ["d", DAY_US],
  ["h", HOUR_US],
  ["m", MINUTE_US],
  ["s", SECOND_US],
  ["ms", MILLISECOND_US],
  ["us", 1],
] as const;

/** Whole microseconds. `1h30m` is one duration. */
export const DURATION: Unit = {
  parse: parseDuration,
  print: (us) => {
    if (us === 0) return "0s";
    let left = us;
    let text = "";
    for (const [unit, size] of DURATION_UNITS) {
      const count = Math.floor(left / size);
      // Weeks are read but not printed: 14d is plainer than 2w.
      if (count === 0 || unit === "w") continue;
      text += `${count}${unit}`;
      left -= count * size;
    }
    return text;
  },
  pattern: /^(\d+(\.\d+)?(us|ms|s|m|h|d|w))+$/,
  expected: `a duration such as "250ms", "10s", "30m", "1h30m" or "2d", at most ${LONGEST_DURATION_DAYS}d`,
  examples: ["250ms", "30m", "1d"],
};

function parseDuration(text: string): number | undefined {
  if (text.length > 60 || !DURATION.pattern.test(text)) return undefined;
  let total = 0;
  let above = Infinity;
  for (const [, number, unitName] of text.matchAll(/(\d+(?:\.\d+)?)(us|ms|s|m|h|d|w)/g)) {
    const unit = DURATION_UNITS.find(([name]) => name === unitName);
    // `30m1h` and `1h1h` are slips of the pen.
    if (unit === undefined || unit[1] >= above) return undefined;
    above = unit[1];
    total += Number(number) * unit[1];
  }
  const us = Math.round(total);
  return us <= LONGEST_DURATION_DAYS * DAY_US ? us : undefined;
}

/** Events a day. */
export const RATE: Unit = {
  parse: (text) => {
    const match = /^(\d+(?:\.\d+)?)\/(s|m|h|d|w)$/.exec(text.slice(0, 60));
    const perDay = match === null ? undefined : (Number(match[1]) * DAY_US) / (sizeOf(match[2] ?? "") ?? NaN);
    return perDay !== undefined && perDay <= 86_400 ? perDay : undefined;
  },
  print: (perDay) => `${plain(perDay)}/d`,
  pattern: /^\d+(\.\d+)?\/(s|m|h|d|w)$/,
  expected: 'a rate such as "0.06/d" or "5/h", at most 1/s',
  examples: ["0.06/d", "5/h"],
};

/** 0 to 1. */
export const SHARE: Unit = {
  parse: (text) => {
    const match = /^(\d+(?:\.\d+)?)%$/.exec(text.slice(0, 60));
    const percent = match === null ? NaN : Number(match[1]);
    return percent <= 100 ? percent / 100 : undefined;
  },
  // 0.07 * 100 is 7.000000000000001.
  print: (share) => `${plain(Number((share * 100).toPrecision(15)))}%`,
  pattern: /^\d+(\.\d+)?%$/,
  expected: 'a share from "0%" to "100%"',
  examples: ["80%", "0.5%"],
};

const SIZE_UNITS = [
  ["B", 1],
  ["KB", 1e3],
  ["MB", 1e6],
  ["GB", 1e9],
  ["KiB", 2 ** 10],
  ["MiB", 2 ** 20],
  ["GiB", 2 ** 30],
] as const;

const SIZE_PATTERN = /^(\d+(?:\.\d+)?)(B|KB|MB|GB|KiB|MiB|GiB)$/;

/** Whole bytes. */
export const SIZE: Unit = {
  parse: parseSize,
  print: printSize,
  pattern: /^\d+(\.\d+)?(B|KB|MB|GB|KiB|MiB|GiB)$/,
  expected: 'a size such as "512KiB" or "1.5MB" (units B, KB, MB, GB, KiB, MiB, GiB)',
  examples: ["512KiB", "1.5MB"],
};

/** Whole bytes a second. */
export const THROUGHPUT: Unit = {
  parse: (text) => {
    const bytes = text.endsWith("/s") ? parseSize(text.slice(0, -2)) : undefined;
    return bytes === undefined || bytes === 0 ? undefined : bytes;
  },
  print: (bytesPerSecond) => `${printSize(bytesPerSecond)}/s`,
  pattern: /^\d+(\.\d+)?(B|KB|MB|GB|KiB|MiB|GiB)\/s$/,
  expected: 'a speed above 0 such as "50KiB/s" or "1.2MB/s" (bytes, not bits)',
  examples: ["50KiB/s", "1.2MB/s"],
};

const BIT_UNITS = [
  ["kbit", 125],
  ["Mbit", 125e3],
  ["Gbit", 125e6],
] as const;

/** Whole bytes a second, in the bits of whoever sells lines or in bytes. */
export const BANDWIDTH: Unit = {
  parse: (text) => {
    const match = /^(\d+(?:\.\d+)?)(kbit|Mbit|Gbit)\/s$/.exec(text.slice(0, 60));
    if (match === null) return THROUGHPUT.parse(text);
    const bytes = Math.round(Number(match[1]) * (BIT_UNITS.find(([name]) => name === match[2])?.[1] ?? NaN));
    return bytes > 0 && bytes <= 2 ** 40 ? bytes : undefined;
  },
  print: (bytesPerSecond) => {
    const [name, size] = [...BIT_UNITS].reverse().find(([, size]) => bytesPerSecond % size === 0) ?? ["B", 1];
    return size === 1 ? THROUGHPUT.print(bytesPerSecond) : `${bytesPerSecond / size}${name}/s`;
  },
  pattern: /^\d+(\.\d+)?(kbit|Mbit|Gbit|B|KB|MB|GB|KiB|MiB|GiB)\/s$/,
  expected: 'a bandwidth above 0 such as "10Gbit/s", "100Mbit/s" or "2MB/s"',
  examples: ["10Gbit/s", "100Mbit/s", "2MB/s"],
};

/** Events a second. */
export const PER_SECOND: Unit = {
  parse: (text) => {
    const match = /^(\d+(?:\.\d+)?)\/(s|m|h)$/.exec(text.slice(0, 60));
    const perSecond = match === null ? 0 : Number(match[1]) / ((sizeOf(match[2] ?? "") ?? NaN) / SECOND_US);
    return perSecond >= 1e-6 && perSecond <= 1e9 ? perSecond : undefined;
  },
  print: (perSecond) => `${plain(perSecond)}/s`,
  pattern: /^\d+(\.\d+)?\/(s|m|h)$/,
  expected: 'a rate above 0 such as "3000/s" or "1000/m"',
  examples: ["3000/s", "1000/m"],
};

function parseSize(text: string): number | undefined {
  const match = SIZE_PATTERN.exec(text.slice(0, 60));
  const size = SIZE_UNITS.find(([name]) => name === match?.[2])?.[1];
  if (match === null || size === undefined) return undefined;
  const bytes = Math.round(Number(match[1]) * size);
  return bytes <= 2 ** 40 ? bytes : undefined;
}

function printSize(bytes: number): string {
  const [name, size] = [...SIZE_UNITS].reverse().find(([, size]) => bytes >= size && bytes % size === 0) ?? ["B", 1];
  return `${bytes / size}${name}`;
}

/** Hours of the local day: minutes since local midnight, both ends included. */
export interface WindowOfDay {
  readonly startMinute: number;
  readonly endMinute: number;
}

/** `22:00-04:30` goes across midnight. */
export const WINDOW: Unit<WindowOfDay> = {
  parse: (text) => {
    const match = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
    if (match === null) return undefined;
    const [startHour, startMinute, endHour, endMinute] = match.slice(1).map(Number) as [number, number, number, number];
    const window = { startMinute: startHour * 60 + startMinute, endMinute: endHour * 60 + endMinute };
    return window.startMinute === window.endMinute ? undefined : window;
  },
  print: ({ startMinute, endMinute }) => `${clockFace(startMinute)}-${clockFace(endMinute)}`,
  pattern: /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/,
  expected:
    'hours of the local day such as "02:00-04:30" or, across midnight, "22:00-04:30": two different times from 00:00 to 23:59',
  examples: ["02:00-04:30", "22:00-04:30"],
};

function clockFace(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

const INSTANT_PATTERN =
  /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.\d{1,9})?)?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))$/;

/**
 * UTC, whole seconds since 1970; a fraction of one, as results print it, is cut off as it is of `now`: nodes have a clock
 * of whole seconds. Before 2020 firmware takes its clock for not set; 2106 ends its 32 bits.
 */
export const INSTANT: Unit = {
  parse: (text) => {
    const match = INSTANT_PATTERN.exec(text);
    if (match === null) return undefined;
    const [year, month, day, hour, minute] = match.slice(1, 6).map(Number) as [number, number, number, number, number];
    const asWritten = Date.UTC(year, month - 1, day, hour, minute, Number(match[6] ?? 0));
    // Date.UTC takes 31 February for 3 March.
    const isRealDay = new Date(asWritten).getUTCDate() === day && new Date(asWritten).getUTCMonth() === month - 1;
    if (!isRealDay || year < 2020 || year > 2099) return undefined;
    const offsetMinutes = match[7] === undefined ? 0 : Number(match[8]) * 60 + Number(match[9]);
    return asWritten / 1000 - (match[7] === "-" ? -offsetMinutes : offsetMinutes) * 60;
  },
  print: (seconds) => new Date(seconds * 1000).toISOString().replace(".000Z", "Z"),
  pattern: /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/,
  expected:
    'an instant from 2020 to 2099 with its offset, such as "2026-03-28T18:00:00Z" or "2026-03-28T19:00:00+01:00"',
  examples: ["2026-03-28T18:00:00Z"],
};

/**
 * The same, or `now`: the moment at which the scenario is read. Whoever reads it knows that moment and puts it in the
 * word's place, so the word itself is never turned into a value here.
 */
export const START: Unit = {
  ...INSTANT,
  pattern: /^(now|\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))$/,
  expected: `${INSTANT.expected}, or "now"`,
  examples: [...INSTANT.examples, "now"],
};

function sizeOf(unit: string): number | undefined {
  return DURATION_UNITS.find(([name]) => name === unit)?.[1];
}

/** Decimal digits without an exponent: the grammar above knows none. */
function plain(value: number): string {
  const text = String(value);
  return text.includes("e") ? value.toFixed(20).replace(/\.?0+$/, "") : text;
}
