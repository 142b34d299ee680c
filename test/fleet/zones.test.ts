import { expect, test } from "vitest";
import {
  FIRMWARE_DEFAULT_ZONE,
  FIRMWARE_RULES,
  ZONES_UNKNOWN_TO_FIRMWARE,
} from "../../src/adapters/rainmaker/zone-exceptions.ts";
import { nodeRuleOf, zoneKeptInstead } from "../../src/fleet/node-zone.ts";
import { ZONE_MIXTURES } from "../../src/fleet/zone-mixtures.ts";
import { ZONE_TABLE_TZDATA } from "../../src/fleet/zone-table.ts";
import { isZone, nearestZone, posixRuleOf, zoneNames, zoneTrap } from "../../src/fleet/zones.ts";
import { offsetSecondsAt, parsePosixZone } from "../../src/node/posix-zone.ts";

test("posixRuleOf gives the rule of tzdata's footer", () => {
  expect(posixRuleOf("Europe/Berlin")).toBe("CET-1CEST,M3.5.0,M10.5.0/3");
  expect(posixRuleOf("Australia/Lord_Howe")).toBe("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0");
  expect(posixRuleOf("Asia/Calcutta")).toBe(posixRuleOf("Asia/Kolkata"));
  expect(posixRuleOf("Mars/Phobos")).toBeUndefined();
  expect(posixRuleOf("toString")).toBeUndefined();
});

test("every rule can be read", () => {
  expect(zoneNames().length).toBeGreaterThan(590);
  for (const name of zoneNames()) expect(parsePosixZone(posixRuleOf(name) ?? ""), name).toBeDefined();
});

// Later releases change zones that the table of 2025 cannot know.
const isTableOfIntl = process.versions["tz"]?.startsWith(ZONE_TABLE_TZDATA.slice(0, 4)) === true;

test.skipIf(!isTableOfIntl)("rules give the local time that Intl has, in winter, summer and around the changes", () => {
  // Morocco's clocks follow the moon until 2087, and no POSIX rule can say that.
  const moon = ["Africa/Casablanca", "Africa/El_Aaiun"];
  const instants = [
    "2026-01-15T12:00Z",
    "2026-03-29T00:59Z",
    "2026-03-29T01:01Z",
    "2026-07-15T12:00Z",
    "2026-11-01T05:30Z",
  ];
  for (const name of zoneNames().filter((zone) => zone.includes("/") && !moon.includes(zone))) {
    const zone = parsePosixZone(posixRuleOf(name) ?? "");
    if (zone === undefined) throw new Error(name);
    const format = new Intl.DateTimeFormat("en", { timeZone: name, timeZoneName: "longOffset" });
    for (const instant of instants)
      expect(offsetSecondsAt(zone, Date.parse(instant) / 1000), `${name} ${instant}`).toBe(intlOffset(format, instant));
  }
});

test.each([
  ["berlin", "Europe/Berlin"],
  ["Europe/Berlln", "Europe/Berlin"],
  ["new york", "America/New_York"],
  ["EUROPE/PARIS", "Europe/Paris"],
])("nearestZone takes %s for %s", (wrong, meant) => {
  expect(nearestZone(wrong)).toBe(meant);
});

test("nearestZone has no guess for what is no place", () => {
  expect(nearestZone("")).toBeUndefined();
  expect(nearestZone("Mars/Phobos")).toBeUndefined();
});

test("nearestZone takes no abbreviation for another one", () => {
  expect(nearestZone("PST")).toBeUndefined();
});

test("zoneTrap tells that the signs of Etc/ are reversed", () => {
  expect(zoneTrap("Etc/GMT+5")).toContain("5 h behind UTC");
  expect(zoneTrap("Etc/GMT-5")).toContain("5 h ahead of UTC");
  expect(zoneTrap("Etc/GMT+0")).toBeUndefined();
  expect(zoneTrap("Europe/Berlin")).toBeUndefined();
});

test("nodes of RainMaker live by the firmware's own rule where it has one", () => {
  expect(nodeRuleOf("rainmaker", "Asia/Tehran")).toBe("<+0330>-3:30<+0430>,J79/24,J263/24");
  expect(nodeRuleOf("http-poll", "Asia/Tehran")).toBe("<+0330>-3:30");
  expect(nodeRuleOf("rainmaker", "Europe/Berlin")).toBe("CET-1CEST,M3.5.0,M10.5.0/3");
});

test("nodes of RainMaker keep Asia/Shanghai where the firmware does not know the name", () => {
  expect(nodeRuleOf("rainmaker", "Europe/Kyiv")).toBe("CST-8");
  expect(zoneKeptInstead("rainmaker", "Europe/Kyiv")).toBe(FIRMWARE_DEFAULT_ZONE);
  expect(zoneKeptInstead("rainmaker", "Europe/Kiev")).toBeUndefined();
  expect(zoneKeptInstead("http-poll", "Europe/Kyiv")).toBeUndefined();
});

test("the firmware's exceptions are 25 zones, and 425 of all names are known to it", () => {
  expect(Object.keys(FIRMWARE_RULES)).toHaveLength(25);
  expect(zoneNames().filter((name) => !ZONES_UNKNOWN_TO_FIRMWARE.has(name))).toHaveLength(425);
  for (const [name, rule] of Object.entries(FIRMWARE_RULES)) {
    expect(isZone(name) && !ZONES_UNKNOWN_TO_FIRMWARE.has(name), name).toBe(true);
    expect(parsePosixZone(rule), rule).toBeDefined();
  }
});

test("mixtures name real zones that the firmware knows", () => {
  for (const zones of Object.values(ZONE_MIXTURES))
    for (const { value, weight } of zones) {
      expect(isZone(value) && !ZONES_UNKNOWN_TO_FIRMWARE.has(value), value).toBe(true);
      expect(weight).toBeGreaterThan(0);
    }
  expect(ZONE_MIXTURES["eu"].reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(100, 0);
});

function intlOffset(format: Intl.DateTimeFormat, instant: string): number {
  const text = format.formatToParts(new Date(instant)).find(({ type }) => type === "timeZoneName")?.value ?? "";
  const [, sign, hours, minutes] = /^GMT(?:([+-])(\d\d):(\d\d))?$/.exec(text) ?? [];
  const seconds = Number(hours ?? 0) * 3_600 + Number(minutes ?? 0) * 60;
  return sign === "-" ? 0 - seconds : seconds;
}
