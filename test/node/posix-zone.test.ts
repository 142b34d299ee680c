import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, test } from "vitest";
import { FIRMWARE_RULES } from "../../src/adapters/rainmaker/zone-exceptions.ts";
import { posixRuleOf, zoneNames } from "../../src/fleet/zones.ts";
import { localMinuteAt, offsetSecondsAt, parsePosixZone, type PosixZone } from "../../src/node/posix-zone.ts";

const HOUR_S = 3_600;
const DAY_S = 86_400;
/** What a footer of tzdata cannot say: Morocco's clock goes back for Ramadan, and these rules changed after 2025b. */
const BEYOND_A_RULE = new Set(["Africa/Casablanca", "Africa/El_Aaiun"]);

describe("a POSIX rule", () => {
  test("gives the platform's local time in every zone, over the clock changes of 2026 and 2027", () => {
    const odd = zoneNames()
      .filter((name) => isKnown(name) && !BEYOND_A_RULE.has(name))
      .flatMap((name) => {
        const rule = posixRuleOf(name) as string;
        const wrong = instantsOf(name).find((at) => offsetSecondsAt(zoneOf(rule), at) !== offsetIn(name, at));
        return wrong === undefined ? [] : [`${name} (${rule}) at ${new Date(wrong * 1_000).toISOString()}`];
      });

    expect(odd).toEqual([]);
  }, 30_000);

  test("holds on the very second of a change, in both hemispheres and with half an hour", () => {
    for (const [name, before] of [
      ["Europe/Berlin", "2026-03-29T00:59:59Z"],
      ["Europe/Berlin", "2026-10-25T00:59:59Z"],
      ["America/New_York", "2026-03-08T06:59:59Z"],
      ["America/New_York", "2027-11-07T05:59:59Z"],
      ["Australia/Lord_Howe", "2026-04-04T14:59:59Z"],
      ["Australia/Lord_Howe", "2026-10-03T15:29:59Z"],
      ["Pacific/Chatham", "2027-09-25T13:59:59Z"],
      ["Europe/Dublin", "2026-03-29T00:59:59Z"],
    ] as const) {
      const zone = zoneOf(posixRuleOf(name) as string);
      const at = Date.parse(before) / 1_000;

      expect(offsetSecondsAt(zone, at), name).toBe(offsetIn(name, at));
      expect(offsetSecondsAt(zone, at + 1), name).toBe(offsetIn(name, at + 1));
      expect(offsetSecondsAt(zone, at + 1), name).not.toBe(offsetSecondsAt(zone, at));
    }
  });

  test("that the firmware has and tzdata has not is kept by the letter", () => {
    // Cairo without summer time, though Egypt has it again; Tehran with the one that Iran gave up.
    expect(offset("EET-2", "2026-07-01T12:00:00Z")).toBe(2 * HOUR_S);
    const tehran = FIRMWARE_RULES["Asia/Tehran"] as string;
    expect(offset(tehran, "2026-07-01T12:00:00Z")).toBe(4.5 * HOUR_S);
    expect(offset(tehran, "2026-01-01T12:00:00Z")).toBe(3.5 * HOUR_S);
    // Julian days never count 29 February, so the change is on 21 March in every year: at 24:00 of day 79.
    expect(offset(tehran, "2028-03-20T20:29:59Z")).toBe(3.5 * HOUR_S);
    expect(offset(tehran, "2028-03-20T20:30:00Z")).toBe(4.5 * HOUR_S);
    // 99 hours after a Wednesday of January begins, on the Sunday.
    const fiji = FIRMWARE_RULES["Pacific/Fiji"] as string;
    expect(offset(fiji, "2026-01-17T13:59:59Z")).toBe(13 * HOUR_S);
    expect(offset(fiji, "2026-01-17T14:00:00Z")).toBe(12 * HOUR_S);
    // Hours before the day begins.
    const godthab = FIRMWARE_RULES["America/Godthab"] as string;
    expect(offset(godthab, "2026-03-29T00:59:59Z")).toBe(-3 * HOUR_S);
    expect(offset(godthab, "2026-03-29T01:00:00Z")).toBe(-2 * HOUR_S);
  });

  test("every rule of the firmware's own can be read", () => {
    for (const [name, rule] of Object.entries(FIRMWARE_RULES)) expect(parsePosixZone(rule), name).toBeDefined();
  });

  test("without dates for its summer time changes as in the United States", () => {
    for (const at of ["2026-03-08T07:00:00Z", "2026-03-08T06:59:59Z", "2026-11-01T06:00:00Z", "2026-11-01T05:59:59Z"]) {
      expect(offset("EST5EDT", at)).toBe(offset("EST5EDT,M3.2.0,M11.1.0", at));
    }
  });

  test("counts days from 0 with the leap day, or from 1 without it", () => {
    const zeroBased = "AAA0BBB,59/0,300/0";
    const julian = "AAA0BBB,J60/0,J300/0";

    expect(offset(zeroBased, "2028-02-29T00:00:00Z")).toBe(HOUR_S);
    expect(offset(julian, "2028-02-29T00:00:00Z")).toBe(0);
    expect(offset(julian, "2028-03-01T00:00:00Z")).toBe(HOUR_S);
    expect(offset(zeroBased, "2027-03-01T00:00:00Z")).toBe(HOUR_S);
    expect(offset(julian, "2027-03-01T00:00:00Z")).toBe(HOUR_S);
  });

  test("that is none is refused, whatever the text, and nothing throws", () => {
    for (const text of ["", "CET", "-1", "CET-1CEST,M3.5.0", "CET-1CEST,M13.1.0,M1.1.0", "CET-1CEST,M3.6.0,M1.1.0"]) {
      expect(parsePosixZone(text), text).toBeUndefined();
    }
    for (const text of ["CET-1CEST,M3.5.7,M1.1.0", "CET-1CEST,J0,J9", "CET-1CEST,366,1", "CET-1CEST,M3.5.0/x,J1"]) {
      expect(parsePosixZone(text), text).toBeUndefined();
    }
    fc.assert(fc.property(fc.string(), (text) => void parsePosixZone(text)));
  });

  test("gives whole minutes of the local day, also before 1970 and at any second", () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 40), max: 2 ** 40 }), (at) => {
        const minute = localMinuteAt(zoneOf("<+0545>-5:45"), at);

        expect(minute).toBe(((Math.floor((at + 5.75 * HOUR_S) / 60) % 1_440) + 1_440) % 1_440);
      }),
    );
  });
});

function zoneOf(rule: string): PosixZone {
  const zone = parsePosixZone(rule);
  if (zone === undefined) throw new Error(`${rule} is no rule`);
  return zone;
}

function offset(rule: string, utc: string): number {
  return offsetSecondsAt(zoneOf(rule), Date.parse(utc) / 1_000);
}

/** Whether the platform knows a zone of this name. */
function isKnown(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/** The seconds about each change of the platform's, and some hours of every month. */
function instantsOf(name: string): number[] {
  const [from, until] = [Date.parse("2026-01-01T00:00:00Z") / 1_000, Date.parse("2028-01-01T00:00:00Z") / 1_000];
  const instants: number[] = [];
  for (let at = from; at < until; at += 30 * DAY_S + 7 * HOUR_S) instants.push(at);
  let next = Temporal.Instant.fromEpochMilliseconds(from * 1_000)
    .toZonedDateTimeISO(name)
    .getTimeZoneTransition("next");
  while (next !== null && next.epochMilliseconds < until * 1_000) {
    const at = next.epochMilliseconds / 1_000;
    instants.push(at - 1, at, at + HOUR_S);
    next = next.getTimeZoneTransition("next");
  }
  return instants;
}

function offsetIn(name: string, epochSeconds: number): number {
  return Temporal.Instant.fromEpochMilliseconds(epochSeconds * 1_000).toZonedDateTimeISO(name).offsetNanoseconds / 1e9;
}
