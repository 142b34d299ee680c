/**
 * Local time as a node has it: a POSIX TZ rule, and nothing else. A node knows no tzdata; the rule's two changes a
 * year hold for every year, also where history did not.
 * Grammar: POSIX.1-2017 section 8.3 with the extension of RFC 8536 3.3.1 (hours of a change from -167 to 167).
 */

type ChangeDay =
  /** Day of the year 1 to 365; 29 February is never counted. */
  | { readonly kind: "julian"; readonly day: number }
  /** Day of the year 0 to 365, leap day counted. */
  | { readonly kind: "zero-based"; readonly day: number }
  /** Weekday 0 (Sunday) to 6 of week 1 to 5 (5 = last) of a month 1 to 12. */
  | { readonly kind: "month"; readonly month: number; readonly week: number; readonly weekday: number };

interface Change {
  readonly day: ChangeDay;
  /** Local time of the change, seconds since that day's midnight; may be negative or beyond the day. */
  readonly atSeconds: number;
}

export interface PosixZone {
  readonly rule: string;
  /** East of UTC, seconds. */
  readonly standardSeconds: number;
  readonly summer: { readonly offsetSeconds: number; readonly begins: Change; readonly ends: Change } | undefined;
}

const DAY_SECONDS = 86_400;

/** Reads a rule such as `CET-1CEST,M3.5.0,M10.5.0/3`; undefined where it is none. */
export function parsePosixZone(rule: string): PosixZone | undefined {
  const match =
    /^(<[A-Za-z0-9+-]+>|[A-Za-z]{3,})([+-]?[0-9:]+)(?:(<[A-Za-z0-9+-]+>|[A-Za-z]{3,})([+-]?[0-9:]+)?(?:,([^,]+),([^,]+))?)?$/.exec(
      rule,
    );
  if (match === null) return undefined;
  const [, , standardText, summerName, summerText, beginsText, endsText] = match;
  const standard = hoursOf(standardText as string);
  if (standard === undefined) return undefined;
  const standardSeconds = negated(standard);
  if (summerName === undefined) return { rule, standardSeconds, summer: undefined };
  const summer = summerText === undefined ? standardSeconds + 3_600 : hoursOf(summerText);
  // Without dates, the rule of the United States holds, as newlib has it.
  const begins = changeOf(beginsText ?? "M3.2.0");
  const ends = changeOf(endsText ?? "M11.1.0");
  if (summer === undefined || begins === undefined || ends === undefined) return undefined;
  const offsetSeconds = summerText === undefined ? summer : negated(summer);
  return { rule, standardSeconds, summer: { offsetSeconds, begins, ends } };
}

/** The zone's offset east of UTC at an instant, seconds. */
export function offsetSecondsAt(zone: PosixZone, epochSeconds: number): number {
  const { summer, standardSeconds } = zone;
  if (summer === undefined) return standardSeconds;
  const year = yearOf(epochSeconds + standardSeconds);
  // A change may fall outside its own year (an hour of 99 on 31 December), so the neighbours are asked as well.
  let latest = -Infinity;
  let offset = standardSeconds;
  for (let y = year - 1; y <= year + 1; y++) {
    const begins = changeSeconds(summer.begins, y) - standardSeconds;
    if (begins <= epochSeconds && begins > latest) {
      latest = begins;
      offset = summer.offsetSeconds;
    }
    const ends = changeSeconds(summer.ends, y) - summer.offsetSeconds;
    if (ends <= epochSeconds && ends > latest) {
      latest = ends;
      offset = standardSeconds;
    }
  }
  return offset;
}

/** Whole minutes since local midnight, 0 to 1439. */
export function localMinuteAt(zone: PosixZone, epochSeconds: number): number {
  const local = epochSeconds + offsetSecondsAt(zone, epochSeconds);
  return Math.floor((((local % DAY_SECONDS) + DAY_SECONDS) % DAY_SECONDS) / 60);
}

function negated(seconds: number): number {
  return seconds === 0 ? 0 : -seconds;
}

/** `3`, `-3:30`, `+1:15:30` -> seconds. */
function hoursOf(text: string): number | undefined {
  const match = /^([+-]?)(\d{1,3})(?::(\d{1,2}))?(?::(\d{1,2}))?$/.exec(text);
  if (match === null) return undefined;
  const seconds = Number(match[2]) * 3_600 + Number(match[3] ?? 0) * 60 + Number(match[4] ?? 0);
  return match[1] === "-" ? negated(seconds) : seconds;
}

function changeOf(text: string): Change | undefined {
  const [dayText, timeText] = text.split("/");
  const atSeconds = timeText === undefined ? 7_200 : hoursOf(timeText);
  const day = changeDayOf(dayText as string);
  return day === undefined || atSeconds === undefined ? undefined : { day, atSeconds };
}

function changeDayOf(text: string): ChangeDay | undefined {
  const month = /^M(\d{1,2})\.(\d)\.(\d)$/.exec(text);
  if (month !== null) {
    const [m, week, weekday] = [Number(month[1]), Number(month[2]), Number(month[3])];
    const isGood = m >= 1 && m <= 12 && week >= 1 && week <= 5 && weekday <= 6;
    return isGood ? { kind: "month", month: m, week, weekday } : undefined;
  }
  const julian = /^J(\d{1,3})$/.exec(text);
  if (julian !== null) {
    const day = Number(julian[1]);
    return day >= 1 && day <= 365 ? { kind: "julian", day } : undefined;
  }
  if (!/^\d{1,3}$/.test(text)) return undefined;
  const day = Number(text);
  return day <= 365 ? { kind: "zero-based", day } : undefined;
}

/** The change in a year, as seconds since 1970 on the local clock that is valid just before it. */
function changeSeconds(change: Change, year: number): number {
  return dayNumber(change.day, year) * DAY_SECONDS + change.atSeconds;
}

function dayNumber(day: ChangeDay, year: number): number {
  switch (day.kind) {
    case "julian":
      return daysBefore(year) + day.day - 1 + (isLeap(year) && day.day >= 60 ? 1 : 0);
    case "zero-based":
      return daysBefore(year) + day.day;
    case "month": {
      const first = daysBefore(year) + daysBeforeMonth(day.month, year);
      // 1970-01-01 was a Thursday.
      const weekdayOfFirst = (((first + 4) % 7) + 7) % 7;
      let date = 1 + ((day.weekday - weekdayOfFirst + 7) % 7) + (day.week - 1) * 7;
      const length = daysBeforeMonth(day.month + 1, year) - daysBeforeMonth(day.month, year);
      while (date > length) date -= 7;
      return first + date - 1;
    }
  }
}

const MONTH_STARTS = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];

function daysBeforeMonth(month: number, year: number): number {
  return (MONTH_STARTS[month - 1] as number) + (month > 2 && isLeap(year) ? 1 : 0);
}

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

/** Days from 1970-01-01 to 1 January of a year. */
function daysBefore(year: number): number {
  const y = year - 1;
  return y * 365 + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) - 719_162;
}

function yearOf(epochSeconds: number): number {
  const days = Math.floor(epochSeconds / DAY_SECONDS);
  let year = 1970 + Math.floor(days / 365.2425);
  while (daysBefore(year + 1) <= days) year++;
  while (daysBefore(year) > days) year--;
  return year;
}
