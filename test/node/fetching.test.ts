import { describe, expect, test } from "vitest";
import { HOUR_US, MINUTE_US, SECOND_US } from "../../src/base/instant.ts";
import { LATER_FETCHES_MAX } from "../../src/node/fetching.ts";
import { LoneNode, type LoneNodeOptions } from "./lone-node.ts";

const OFF: LoneNodeOptions = { birth: { begins: "off", bootAtUs: 0 } };

describe("the first fetch", () => {
  test("comes five seconds after each boot's start", () => {
    const lone = booted().wait(6 * SECOND_US);

    expect(lone.fetchesAtSeconds.slice(0, 1)).toEqual([5]);
  });

  test("does not come again with a reconnect", () => {
    const lone = booted()
      .wait(5 * SECOND_US)
      .acknowledge();
    lone
      .tell({ kind: "connection lost" })
      .wait(10 * SECOND_US)
      .tell({ kind: "connected" });

    lone.wait(HOUR_US);

    expect(lone.fetchesAtSeconds).toEqual([5]);
    expect(lone.wished("listen")).toHaveLength(2);
  });

  test("does not come from a node that was built without", () => {
    const lone = booted({ build: { autofetch: false } }).wait(HOUR_US);

    expect(lone.fetchesAtSeconds).toEqual([]);
  });
});

describe("the period", () => {
  test("counts from the start, then from its own firing, not from the fetch", () => {
    const lone = booted({ build: { autofetchPeriodMs: 3_600_000 } });

    for (let hour = 0; hour < 3; hour++)
      lone
        .wait(5 * SECOND_US)
        .acknowledge()
        .wait(HOUR_US - 5 * SECOND_US);

    expect(madeAtSeconds(lone)).toEqual([5, 3_600, 7_200, 10_800]);
  });

  test("of 24 hours is 500.65 s before 1.12.9, as it overflows 32 bits", () => {
    const lone = booted({ release: "1.12.7", build: { autofetchPeriodMs: 86_400_000 } });

    expect(lone.noted("timer armed").find(({ timer }) => timer === "autofetch")?.ms).toBe(500_650);
    expect(
      booted({ build: { autofetchPeriodMs: 86_400_000 } })
        .noted("timer armed")
        .at(-1)?.ms,
    ).toBe(86_400_000);
  });

  test("of a node that runs already goes on from its phase", () => {
    const lone = new LoneNode({ build: { autofetchPeriodMs: 3_600_000 }, birth: { autofetchPhase: 0.75 } }).online();

    lone.wait(900 * SECOND_US);

    expect(madeAtSeconds(lone)).toEqual([900]);
  });

  test("is late by the drawn jitter", () => {
    const lone = booted({
      build: { autofetchPeriodMs: 3_600_000 },
      cohort: { autofetchJitterUs: () => 90 * SECOND_US },
    });

    lone
      .wait(5 * SECOND_US)
      .acknowledge()
      .wait(HOUR_US + 85 * SECOND_US);

    expect(madeAtSeconds(lone)).toEqual([5, 3_690]);
  });
});

describe("a fetch without acknowledgement", () => {
  test("is tried again after 60 s and 30, 60, 120, 240, 480 s, then 480 s for ever", () => {
    const lone = booted();

    lone.wait(40 * MINUTE_US);

    const waits = [30, 60, 120, 240, 480, 480, 480];
    const expected = waits.reduce<number[]>((all, wait) => [...all, (all.at(-1) ?? 0) + 60 + wait], [5]);
    expect(madeAtSeconds(lone)).toEqual(expected);
  });

  test("offline starts such a chain as well, at once", () => {
    const lone = booted().tell({ kind: "connection lost" });

    lone.wait(5 * MINUTE_US);

    expect(chains(lone)).toEqual([30_000, 60_000, 120_000, 240_000]);
    expect(lone.fetchesAtSeconds).toEqual([]);
  });

  test("called three times while offline starts three chains, which share one counter", () => {
    const lone = booted()
      .wait(5 * SECOND_US)
      .acknowledge()
      .tell({ kind: "connection lost" });
    lone.notes.length = 0;

    for (let call = 0; call < 3; call++) lone.tell({ kind: "app called", call: "fetch" });

    expect(chains(lone)).toEqual([30_000, 60_000, 120_000]);
  });

  test("of each period offline leaves a chain: once back, those of one moment ask once, half a minute after the first", () => {
    const lone = booted({ build: { autofetchPeriodMs: 6 * 3_600_000 } })
      .wait(5 * SECOND_US)
      .acknowledge()
      .tell({ kind: "connection lost" });
    lone.wait(4 * 6 * HOUR_US + MINUTE_US).tell({ kind: "connected" });
    const backAtSeconds = lone.nowUs / SECOND_US;

    for (let second = 0; second < 30 * 60; second++) lone.wait(SECOND_US).acknowledge();

    const made = madeAtSeconds(lone).slice(1);
    expect(made).toEqual([4 * 21_600 + 450, 4 * 21_600 + 480]);
    expect(made[0]).toBeGreaterThan(backAtSeconds);
    expect(lone.settings.books.laterFetches.size).toBe(0);
  });

  test("an acknowledgement resets the counter, but timers that run still fire", () => {
    const lone = booted()
      .wait(5 * SECOND_US)
      .acknowledge()
      .tell({ kind: "connection lost" });
    for (let call = 0; call < 3; call++) lone.tell({ kind: "app called", call: "fetch" });
    lone.wait(10 * SECOND_US).tell({ kind: "connected" });

    for (let second = 0; second < 150; second++) lone.wait(SECOND_US).acknowledge();

    expect(madeAtSeconds(lone)).toEqual([5, 35, 65, 125]);
  });

  test("in 1.6.4 to 1.12.8 is tried again after 60 s and 60 s for ever, and after 30 s while offline", () => {
    const online = booted({ release: "1.7.2" }).wait(7 * MINUTE_US);
    const offline = booted({ release: "1.7.2" })
      .tell({ kind: "connection lost" })
      .wait(2 * MINUTE_US);

    expect(madeAtSeconds(online)).toEqual([5, 125, 245, 365]);
    expect(chains(offline)).toEqual([30_000, 30_000, 30_000, 30_000]);
  });

  test("in 1.5 is watched by nobody, and sent while offline too", () => {
    const lone = booted({ release: "1.5.7" })
      .tell({ kind: "connection lost" })
      .wait(10 * MINUTE_US);

    expect(lone.noted("handed over").map(({ isOffline }) => isOffline)).toEqual([true]);
    expect(lone.noted("message lost")).toMatchObject([{ why: "too old" }]);
  });
});

describe("a fetch while one is open", () => {
  test("is skipped", () => {
    const lone = booted().wait(5 * SECOND_US);

    lone.tell({ kind: "app called", call: "fetch" });

    expect(lone.noted("handed over")).toHaveLength(1);
  });

  test("is sent all the same in 1.5", () => {
    const lone = booted({ release: "1.5.7" }).wait(5 * SECOND_US);

    lone.tell({ kind: "app called", call: "fetch" });

    expect(lone.noted("handed over")).toHaveLength(2);
  });

  test("counts as a failure in 1.6.0, so that two chains grow of one", () => {
    const lone = booted({ release: "1.6.0" }).wait(5 * SECOND_US);
    lone.notes.length = 0;

    lone.tell({ kind: "app called", call: "fetch" }).wait(60 * SECOND_US - 1);

    expect(chains(lone)).toEqual([30_000]);
    lone.wait(1);
    expect(chains(lone)).toEqual([30_000, 30_000]);
  });

  test("never makes more timers than a node has room for", () => {
    const lone = booted({ release: "1.6.0" }).tell({ kind: "connection lost" });

    for (let call = 0; call < 3 * LATER_FETCHES_MAX; call++) lone.tell({ kind: "app called", call: "fetch" });

    expect(lone.settings.books.laterFetches.get(0)).toHaveLength(LATER_FETCHES_MAX);
  });
});

test("a reset forgets every timer", () => {
  const lone = booted().tell({ kind: "connection lost" });
  for (let call = 0; call < 3; call++) lone.tell({ kind: "app called", call: "fetch" });

  lone.tell({ kind: "power lost", gotBytes: 0 }).wait(HOUR_US);

  expect(lone.settings.books.laterFetches.size).toBe(0);
  expect(lone.node.agent.hasLater).toBe(false);
  expect(lone.fetchesAtSeconds).toEqual([]);
});

/** A node that booted at 0, is connected and started. */
function booted(options: LoneNodeOptions = {}): LoneNode {
  const lone = new LoneNode({ ...OFF, ...options, birth: { ...OFF.birth, ...options.birth } });
  return lone.wait(0).tell({ kind: "connected" }, { kind: "started" });
}

/** When fetches were made; resends left out. */
function madeAtSeconds(lone: LoneNode): number[] {
  return lone.noted("handed over").map(({ atUs }) => atUs / SECOND_US);
}

function chains(lone: LoneNode): number[] {
  const armed = lone.noted("timer armed").filter(({ timer, ms }) => timer === "fetch" && ms !== 5_000);
  return armed.map(({ ms }) => ms);
}
