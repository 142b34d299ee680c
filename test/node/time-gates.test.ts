import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { LocalWindow, Offer, Validity } from "../../src/node/offer.ts";
import { parsePosixZone, type PosixZone } from "../../src/node/posix-zone.ts";
import { judgeTime, type TimeVerdict } from "../../src/node/time-gates.ts";

const MARGIN_MS = 5_000;
const UTC = zoneOf("UTC0");
const BERLIN = zoneOf("CET-1CEST,M3.5.0,M10.5.0/3");
const OPEN = { kind: "open" };

describe("validity", () => {
  const from = seconds("2026-05-01T00:00:00Z");
  const until = seconds("2026-05-02T00:00:00Z");
  const validity = { startSeconds: from, endSeconds: until };

  test("is open on its first and on its last second", () => {
    expect(judge({ validity }, from)).toEqual(OPEN);
    expect(judge({ validity }, until)).toEqual(OPEN);
  });

  test("a second before it begins the node waits for it, and five seconds more", () => {
    expect(judge({ validity }, from - 1)).toEqual({ kind: "wait", reason: "before validity", delayMs: 6_000 });
  });

  test("a second after it ended the job is over", () => {
    expect(judge({ validity }, until + 1)).toEqual({ kind: "over", reason: "validity over" });
  });

  test("a bound that is not there does not bind", () => {
    expect(judge({ validity: { startSeconds: undefined, endSeconds: until } }, from - 1)).toEqual(OPEN);
    expect(judge({ validity: { startSeconds: from, endSeconds: undefined } }, until + 1)).toEqual(OPEN);
  });

  test("is asked before the window", () => {
    const window = { startMinute: 0, endMinute: undefined };

    expect(judge({ validity, window }, until + 1)).toEqual({ kind: "over", reason: "validity over" });
  });
});

describe("window", () => {
  test("is open from its first minute to the end of its last", () => {
    const window = { startMinute: 120, endMinute: 150 };

    expect(judge({ window }, seconds("2026-05-01T01:59:59Z"))).toEqual(closedFor(1));
    expect(judge({ window }, seconds("2026-05-01T02:00:00Z"))).toEqual(OPEN);
    expect(judge({ window }, seconds("2026-05-01T02:30:59Z"))).toEqual(OPEN);
    expect(judge({ window }, seconds("2026-05-01T02:31:00Z"))).toEqual(closedFor(1_440 - 31));
  });

  test("over midnight is open on both sides of it", () => {
    const window = { startMinute: 1_380, endMinute: 60 };

    expect(judge({ window }, seconds("2026-05-01T23:00:00Z"))).toEqual(OPEN);
    expect(judge({ window }, seconds("2026-05-02T00:00:00Z"))).toEqual(OPEN);
    expect(judge({ window }, seconds("2026-05-02T01:00:59Z"))).toEqual(OPEN);
    expect(judge({ window }, seconds("2026-05-02T01:01:00Z"))).toEqual(closedFor(1_380 - 61));
    expect(judge({ window }, seconds("2026-05-01T22:59:00Z"))).toEqual(closedFor(1));
  });

  test("of one minute is open for that minute", () => {
    const window = { startMinute: 0, endMinute: 0 };

    expect(judge({ window }, seconds("2026-05-01T00:00:59Z"))).toEqual(OPEN);
    expect(judge({ window }, seconds("2026-05-01T00:01:00Z"))).toEqual(closedFor(1_439));
  });

  test("without an end is a mistake, and without a start is none", () => {
    const at = seconds("2026-05-01T12:00:00Z");

    expect(judge({ window: { startMinute: 5, endMinute: undefined } }, at)).toEqual({
      kind: "over",
      reason: "window without end",
    });
    expect(judge({ window: { startMinute: undefined, endMinute: 5 } }, at)).toEqual(OPEN);
  });

  test("is waited for in plain minutes, so a clock change in between makes the wait wrong by an hour", () => {
    const window = { startMinute: 240, endMinute: 300 };
    // 00:30 of the night that leaves out 02:00 to 03:00: 04:00 is two and a half hours away, and 210 minutes by the dial.
    const at = seconds("2026-03-28T23:30:00Z");

    const verdict = judge({ window }, at, BERLIN);

    expect(verdict).toEqual(closedFor(210));
    expect(judge({ window }, at + 210 * 60 + 5, BERLIN)).toEqual(OPEN);
    // In autumn the same wait ends an hour early, and the node waits again.
    const autumn = seconds("2026-10-24T22:30:00Z");
    expect(judge({ window }, autumn, BERLIN)).toEqual(closedFor(210));
    expect(judge({ window }, autumn + 210 * 60 + 5, BERLIN)).toEqual(closedFor(60));
  });

  test("a wait, where no clock changes, ends within the window's first minute", () => {
    const minute = fc.integer({ min: 0, max: 1_439 });
    fc.assert(
      fc.property(minute, minute, fc.integer({ min: 1_777_593_600, max: 1_800_000_000 }), (start, end, at) => {
        const window = { startMinute: start, endMinute: end };
        const verdict = judge({ window }, at);
        if (verdict.kind !== "wait") return;
        const opens = at + (verdict.delayMs - MARGIN_MS) / 1_000;

        expect(judge({ window }, opens)).toEqual(OPEN);
        expect(Math.floor((opens % 86_400) / 60)).toBe(start);
      }),
    );
  });
});

describe("a clock that was never set", () => {
  test("is asked for, every half a minute, where there are limits", () => {
    const window = { startMinute: 0, endMinute: 1_439 };
    const never = { kind: "wait", reason: "no clock", delayMs: 30_000 };

    expect(judge({ window }, 17)).toEqual(never);
    expect(judge({ window }, seconds("2019-01-01T00:00:00Z"))).toEqual(never);
    expect(judge({ window }, seconds("2019-01-01T00:00:01Z"))).toEqual(OPEN);
  });

  test("does not matter where there are none", () => {
    expect(judge({}, 17)).toEqual(OPEN);
  });
});

function judge(
  limits: { readonly validity?: Validity; readonly window?: LocalWindow },
  at: number,
  zone: PosixZone = UTC,
): TimeVerdict {
  return judgeTime({ validity: undefined, window: undefined, ...limits } as Offer, at, zone);
}

function closedFor(minutes: number): TimeVerdict {
  return { kind: "wait", reason: "outside window", delayMs: minutes * 60_000 + MARGIN_MS };
}

function seconds(utc: string): number {
  return Date.parse(utc) / 1_000;
}

function zoneOf(rule: string): PosixZone {
  return parsePosixZone(rule) as PosixZone;
}
