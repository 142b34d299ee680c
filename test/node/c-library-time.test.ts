/**
 * Local time and windows of every rule that a node can have, against the C library's evaluation of the same rules: its
 * answers lie in a fixture, and are asked for anew where Python is at hand.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { FIRMWARE_RULES } from "../../src/adapters/rainmaker/zone-exceptions.ts";
import { posixRuleOf, zoneNames } from "../../src/fleet/zones.ts";
import type { LocalWindow, Offer } from "../../src/node/offer.ts";
import { localMinuteAt, offsetSecondsAt, parsePosixZone, type PosixZone } from "../../src/node/posix-zone.ts";
import { judgeTime } from "../../src/node/time-gates.ts";

interface RuleAnswers {
  /** East of UTC when 2026 begins, seconds. */
  readonly offset: number;
  readonly changes: readonly (readonly [atSeconds: number, offsetSeconds: number])[];
  /** Hash over instant, local minute and the wait for a window, at some thousand instants. */
  readonly answers: string;
}

interface Answers {
  readonly library: string;
  readonly rules: Readonly<Record<string, RuleAnswers>>;
  /** When windows are open about each change, for some rules. */
  readonly shown: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

const SCRIPT = new URL("../fixtures/local-time/c-library.py", import.meta.url).pathname;
const FIXTURE = JSON.parse(
  readFileSync(new URL("../fixtures/local-time/answers.json", import.meta.url), "utf8"),
) as Answers;

// As the script has them.
const FROM = Date.parse("2026-01-01T00:00:00Z") / 1_000;
const UNTIL = Date.parse("2028-01-01T00:00:00Z") / 1_000;
const SAMPLE_EVERY_S = 30 * 3_600 + 7 * 60;
const ABOUT_MINUTES = 27 * 60;
const WINDOWS: Readonly<Record<string, LocalWindow>> = {
  "02:00-04:30": { startMinute: 120, endMinute: 270 },
  "23:00-02:00": { startMinute: 1_380, endMinute: 120 },
  "02:00-03:00": { startMinute: 120, endMinute: 180 },
  "00:00-01:00": { startMinute: 0, endMinute: 60 },
};

const RULES = [
  ...new Set([...zoneNames().map((name) => posixRuleOf(name) as string), ...Object.values(FIRMWARE_RULES)]),
].sort();

test("the fixture has every rule that a node can have, and no other", () => {
  expect(Object.keys(FIXTURE.rules)).toEqual(RULES);
  expect(Object.keys(FIXTURE.shown)).toHaveLength(7);
});

test("the clock changes on the very second on which the C library's does, in every zone, in 2026 and 2027", () => {
  const odd = Object.entries(FIXTURE.rules).flatMap(([rule, { offset, changes }]) => {
    const zone = zoneOf(rule);
    let before = offset;
    const wrong = offsetSecondsAt(zone, FROM) === offset ? [] : [`${rule} begins with another offset`];
    for (const [at, after] of changes) {
      if (offsetSecondsAt(zone, at - 1) !== before || offsetSecondsAt(zone, at) !== after)
        wrong.push(`${rule} at ${at}`);
      before = after;
    }
    return offsetSecondsAt(zone, UNTIL - 1) === before ? wrong : [...wrong, `${rule} ends with another offset`];
  });

  expect(odd).toEqual([]);
  expect(Object.values(FIXTURE.rules).flatMap(({ changes }) => changes).length).toBeGreaterThan(150);
});

test("local minutes and windows are the C library's about every change, over midnight too", () => {
  const odd = Object.entries(FIXTURE.rules).flatMap(([rule, { changes, answers }]) =>
    hashOfAnswers(zoneOf(rule), changes) === answers ? [] : [rule],
  );

  expect(odd).toEqual([]);
});

describe("about each change windows open and close when the C library says so", () => {
  test.each(Object.entries(FIXTURE.shown))("by %s", (rule, windows) => {
    const { changes } = FIXTURE.rules[rule] as RuleAnswers;
    const zone = zoneOf(rule);

    const own = Object.entries(WINDOWS).map(([name, window]) => [name, openSpans(zone, changes, window)]);

    expect(Object.fromEntries(own)).toEqual(windows);
  });
});

test("the C library of this machine gives the answers of the fixture, where Python can ask it", ({ skip }) => {
  const sample = RULES.filter((rule, place) => place % 20 === 3 || Object.keys(FIXTURE.shown).indexOf(rule) === 4);

  const python = spawnSync("python3", [SCRIPT, ...sample], { encoding: "utf8" });

  if (python.error !== undefined) return skip(`no Python here: ${python.error.message}`);
  if (/has no attribute 'tzset'/.test(python.stderr)) return skip("this system's C library has no tzset");
  expect(python.stderr).toBe("");
  const told = JSON.parse(python.stdout) as Answers;
  expect(Object.keys(told.rules)).toEqual(sample);
  for (const rule of sample) expect(told.rules[rule], `${rule} by ${told.library}`).toEqual(FIXTURE.rules[rule]);
  for (const [rule, windows] of Object.entries(told.shown)) expect(windows).toEqual(FIXTURE.shown[rule]);
});

function zoneOf(rule: string): PosixZone {
  const zone = parsePosixZone(rule);
  if (zone === undefined) throw new Error(`${rule} is no rule`);
  return zone;
}

function hashOfAnswers(zone: PosixZone, changes: RuleAnswers["changes"]): string {
  const hash = createHash("sha256");
  const windows = Object.values(WINDOWS);
  let text = "";
  for (const [at, turn] of instants(changes)) {
    text += `${at} ${localMinuteAt(zone, at)} ${waitMinutes(zone, at, windows[turn] as LocalWindow)}\n`;
    if (text.length < 60_000) continue;
    hash.update(text);
    text = "";
  }
  return hash.update(text).digest("hex").slice(0, 16);
}

/** Instants, each with the number of the window that is asked for there. */
function* instants(changes: RuleAnswers["changes"]): Generator<readonly [atSeconds: number, turn: number]> {
  for (let turn = 0, at = FROM; at < UNTIL; turn++, at += SAMPLE_EVERY_S) yield [at, turn % 4];
  for (const [number, [at]] of changes.entries()) {
    for (let step = -ABOUT_MINUTES; step <= ABOUT_MINUTES; step++) {
      // ABOUT_MINUTES is a multiple of 4, and a remainder below zero would be none.
      yield [at + 60 * step + (step % 2 === 0 ? 0 : 59), (step + ABOUT_MINUTES + number) % 4];
    }
  }
}

/** What the gate says: 0 where it is open, else whole minutes of the wait; its five seconds more are taken off. */
function waitMinutes(zone: PosixZone, at: number, window: LocalWindow): number {
  const verdict = judgeTime({ ...OFFER, window }, at, zone);
  if (verdict.kind === "open") return 0;
  return verdict.kind === "wait" ? (verdict.delayMs - 5_000) / 60_000 : NaN;
}

function openSpans(zone: PosixZone, changes: RuleAnswers["changes"], window: LocalWindow): string[] {
  const spans: string[] = [];
  for (const [change] of changes) {
    let since: number | undefined;
    for (let step = -ABOUT_MINUTES; step <= ABOUT_MINUTES; step++) {
      const at = change + 60 * step;
      const isOpen = waitMinutes(zone, at, window) === 0;
      if (isOpen) since ??= at;
      else if (since !== undefined) {
        spans.push(`${stamp(since)} ${stamp(at)}`);
        since = undefined;
      }
    }
  }
  return spans;
}

function stamp(at: number): string {
  return `${new Date(at * 1_000).toISOString().slice(0, 16)}Z`;
}

const OFFER: Offer = {
  flaw: undefined,
  jobId: "job-1",
  url: "https://images/2.bin",
  fileMd5: undefined,
  streamId: undefined,
  sizeBytes: 1,
  version: "2.0.0",
  validity: undefined,
  window: undefined,
  metadata: undefined,
};
