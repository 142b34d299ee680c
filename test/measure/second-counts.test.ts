import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DAY_US, SECOND_US } from "../../src/base/instant.ts";
import { COUNTED, SecondCounts } from "../../src/measure/second-counts.ts";

const [FETCHES, STARTED, ENDED] = (["fetches", "started", "ended"] as const).map((name) => COUNTED.indexOf(name));
/** So few that a run of twenty minutes is too long for seconds. */
const STEPS_MAX = 64;

describe("the fullest second", () => {
  test("a herd of one second is seen as such, whatever comes around it", () => {
    const counts = new SecondCounts(DAY_US);
    for (let k = 0; k < 500; k++) counts.add(FETCHES!, 3_600 * SECOND_US + k * 1_000);
    for (let k = 1; k < 20_000; k++) counts.add(FETCHES!, k * 4 * SECOND_US);

    // One of the others falls into the same second.
    expect(counts.peakOf("fetches")).toEqual({ count: 501, atUs: 3_600 * SECOND_US });
    expect(counts.peakOf("statuses")).toEqual({ count: 0, atUs: null });
  });

  test("what happens while fleet time stands at its begin, or behind the run's end, is no load of a second", () => {
    const counts = new SecondCounts(60 * SECOND_US);
    counts.add(FETCHES!, 0);
    counts.add(FETCHES!, 61.5 * SECOND_US);
    expect(counts.peakOf("fetches")).toEqual({ count: 0, atUs: null });
  });

  test("a step is a second however long the run could have been, and longer only where it reached beyond twelve days", () => {
    const of = (endUs: number, lastUs: number): SecondCounts => {
      const counts = new SecondCounts(endUs);
      for (let k = 0; k < 30; k++) counts.add(FETCHES!, 3_600 * SECOND_US + k * SECOND_US);
      counts.add(FETCHES!, lastUs);
      return counts;
    };

    for (const endUs of [12, 14, 300].map((days) => days * DAY_US)) {
      expect(of(endUs, 12 * DAY_US).widthUs).toBe(SECOND_US);
      expect(of(endUs, 12 * DAY_US).peakOf("fetches").count).toBe(1);
    }
    const long = of(300 * DAY_US, 30 * DAY_US);
    expect(long.widthUs).toBe(4 * SECOND_US);
    expect(long.peakOf("fetches")).toEqual({ count: 4, atUs: 3_600 * SECOND_US });
  });

  test("neither the order of records, nor their split into shards, nor the end that the run could have had makes a difference", () => {
    const record = fc.record({
      what: fc.constantFrom(FETCHES!, STARTED!, ENDED!),
      // Of runs that end at once and of such as need their steps doubled four times.
      atUs: fc.integer({ min: 0, max: 10 }).chain((size) => fc.integer({ min: 0, max: 2 ** size * SECOND_US })),
      shard: fc.nat(3),
    });
    fc.assert(
      fc.property(fc.array(record), fc.infiniteStream(fc.nat()), fc.nat(1_000_000), (records, draws, later) => {
        const endUs = (2 ** 10 + later) * SECOND_US;
        const alone = new SecondCounts(2 ** 10 * SECOND_US, STEPS_MAX);
        for (const { what, atUs } of records) alone.add(what, atUs);

        const shards = [0, 1, 2, 3].map(() => new SecondCounts(endUs, STEPS_MAX));
        for (const { what, atUs, shard } of shuffled(records, draws)) shards[shard]!.add(what, atUs);
        const merged = new SecondCounts(endUs, STEPS_MAX);
        for (const shard of shuffled(shards, draws)) merged.merge(shard);

        expect(toldBy(merged)).toEqual(toldBy(alone));
        const width = alone.widthUs;
        const lastUs = Math.max(0, ...records.map(({ atUs }) => atUs));
        expect(width).toBe(leastWidthUs(lastUs));
        expect(alone.peakOf("fetches").count).toBe(
          fullest(
            records.flatMap(({ what, atUs }) => (what === FETCHES && atUs > 0 ? [Math.floor(atUs / width)] : [])),
          ),
        );
      }),
    );
  });

  test("merged shards give what one would have, against a plain count", () => {
    const atUs = fc.integer({ min: 1, max: 20 * SECOND_US });
    fc.assert(
      fc.property(fc.array(atUs), fc.array(atUs), (left, right) => {
        const [a, b] = [new SecondCounts(20 * SECOND_US), new SecondCounts(20 * SECOND_US)];
        for (const at of left) a.add(FETCHES!, at);
        for (const at of right) b.add(FETCHES!, at);
        a.merge(b);
        const bySecond = new Map<number, number>();
        for (const at of [...left, ...right]) {
          const second = Math.floor(at / SECOND_US);
          bySecond.set(second, (bySecond.get(second) ?? 0) + 1);
        }
        expect(a.peakOf("fetches").count).toBe(Math.max(0, ...bySecond.values()));
      }),
    );
  });
});

describe("downloads at once", () => {
  test("those that went on in the same second: begun before and not ended, or begun in it", () => {
    const counts = new SecondCounts(10 * SECOND_US);
    const runs = [
      [0.5, 2.5],
      [1.1, 1.2],
      [1.9, 8.1],
      [2.6, 2.7],
    ] as const;
    for (const [from, until] of runs) {
      counts.add(STARTED!, from * SECOND_US);
      counts.add(ENDED!, until * SECOND_US);
    }

    expect(counts.peakOfDownloads()).toEqual({ count: 3, atUs: SECOND_US });
    expect(counts.downloadsByBucket(5 * SECOND_US, 2)).toEqual([3, 1]);
  });

  test("those that began while fleet time stood at its begin last until they end, in whichever shard", () => {
    const shards = [1, 2].map(() => new SecondCounts(10 * SECOND_US));
    for (const [shard, from, until] of [
      [0, 0, 2.5],
      [0, 0, 0],
      [1, 0, 20],
      [1, 4.5, 4.6],
    ] as const) {
      shards[shard]!.add(STARTED!, from * SECOND_US);
      shards[shard]!.add(ENDED!, until * SECOND_US);
    }
    shards[0]!.merge(shards[1]!);

    expect(shards[0]!.peakOf("started")).toEqual({ count: 1, atUs: 4 * SECOND_US });
    expect(shards[0]!.peakOfDownloads()).toEqual({ count: 2, atUs: 0 });
    // The one that nobody saw end goes on.
    expect(shards[0]!.downloadsByBucket(5 * SECOND_US, 2)).toEqual([2, 1]);
  });
});

function toldBy(counts: SecondCounts): unknown {
  return [
    counts.widthUs,
    COUNTED.map((what) => counts.peakOf(what)),
    counts.peakOfDownloads(),
    counts.downloadsByBucket(64 * SECOND_US, 16),
  ];
}

function leastWidthUs(lastUs: number): number {
  let widthUs = SECOND_US;
  while (lastUs >= STEPS_MAX * widthUs) widthUs *= 2;
  return widthUs;
}

/** How often the most frequent number is there. */
function fullest(steps: readonly number[]): number {
  return Math.max(0, ...steps.map((step) => steps.filter((other) => other === step).length));
}

function shuffled<T>(all: readonly T[], draws: Iterator<number>): T[] {
  const left = [...all];
  return all.flatMap(() => left.splice(Number(draws.next().value) % left.length, 1));
}
