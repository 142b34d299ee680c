import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  DOUBLINGS_MAX,
  EdgeSearch,
  type SearchAxis,
  type SearchStart,
  UNKNOWN_MAX,
} from "../../src/base/edge-search.ts";

/** Whole numbers, to the last step. */
const WHOLE: SearchAxis = {
  middle: (low, high) => (high - low > 1 ? Math.floor((low + high) / 2) : undefined),
  isClose: (low, high) => high - low <= 1,
  scaled: (value, factor) => Math.round(value * factor) || undefined,
};

describe("between two ends", () => {
  test("the edge of anything that holds from a value on is found to the last step", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 2, max: 1e6 }), fc.nat(), (low, span, at) => {
        const edge = low + 1 + (at % span);
        const search = searched({ low, high: low + span }, (value) => value >= edge);
        expect(search.end).toMatchObject({ kind: "edge", fails: edge - 1, holds: edge, isRising: true });
      }),
    );
  });

  test("the edge of anything that holds up to a value is found as well", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 2, max: 1e6 }), fc.nat(), (low, span, at) => {
        const edge = low + (at % span);
        const search = searched({ low, high: low + span }, (value) => value <= edge);
        expect(search.end).toMatchObject({ kind: "edge", fails: edge + 1, holds: edge, isRising: false });
      }),
    );
  });

  test("a thousand values take no more than the five of the first look and ten halvings", () => {
    const search = searched({ low: 1, high: 1_000 }, (value) => value >= 618);

    expect(search.tried.length).toBeLessThanOrEqual(15);
  });

  test("what holds everywhere, or nowhere, has no edge, and five values say so", () => {
    expect(searched({ low: 1, high: 100 }, () => true).end).toEqual({ kind: "no edge", holds: true });
    expect(searched({ low: 1, high: 100 }, () => false).end).toEqual({ kind: "no edge", holds: false });
    expect(searched({ low: 1, high: 100 }, () => true).tried).toHaveLength(5);
  });

  test("what changes twice within the range has no single edge, although both ends agree", () => {
    const { end, tried } = searched({ low: 1, high: 100 }, (value) => value > 30 && value < 70);

    expect(end).toEqual({ kind: "not monotone" });
    expect(tried, "no more than the first values").toHaveLength(5);
  });

  test("two neighbours are an edge, or none", () => {
    expect(searched({ low: 4, high: 5 }, (value) => value >= 5).end).toMatchObject({ fails: 4, holds: 5 });
    expect(searched({ low: 4, high: 5 }, (value) => value >= 9).end).toEqual({ kind: "no edge", holds: false });
  });

  test("it ends as soon as both sides are as close as is asked for", () => {
    const roughly = { ...WHOLE, isClose: (low: number, high: number) => high - low <= 0.1 * high };
    const { end } = searched({ low: 1, high: 1_000 }, (value) => value >= 618, roughly);

    expect(end.kind === "edge" && end.holds - end.fails).toBeGreaterThan(1);
    expect(end.kind === "edge" && (end.holds - end.fails) / end.holds).toBeLessThanOrEqual(0.1);
  });
});

describe("from one value on", () => {
  test("the edge is found above or below, rising or falling", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }),
        fc.integer({ min: 2, max: 100_000 }),
        fc.boolean(),
        (at, edge, rises) => {
          const search = searched({ at }, (value) => value >= edge === rises);
          const sides = rises ? { fails: edge - 1, holds: edge } : { fails: edge, holds: edge - 1 };
          expect(search.end).toMatchObject({ kind: "edge", ...sides, isRising: rises, isNarrow: true });
        },
      ),
    );
  });

  test("a side that the axis refuses is left alone, and the other one goes on", () => {
    const search = new EdgeSearch(WHOLE, { at: 8 });
    for (let values = search.next(); values.length > 0; values = search.next()) {
      for (const value of values) {
        if (value > 10) search.refuse(value);
        else search.note(value, value >= 3);
      }
    }

    expect(search.end).toMatchObject({ kind: "edge", fails: 2, holds: 3, isRising: true });
    expect(search.tried.every(({ value }) => value <= 10)).toBe(true);
  });

  test("doubling ends, and says that there is no edge", () => {
    const search = searched({ at: 1 }, () => false);

    expect(search.end).toEqual({ kind: "no edge", holds: false });
    expect(search.tried).toHaveLength(DOUBLINGS_MAX + 1);
  });

  test("what changes on both sides has no single edge", () => {
    expect(searched({ at: 100 }, (value) => value > 60 && value < 150).end).toEqual({ kind: "not monotone" });
  });
});

describe("around values of which nothing can be said", () => {
  test("the edge is found to the last step wherever they lie, unless they lie at it", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 999 }),
        fc.integer({ min: 3, max: 998 }),
        fc.boolean(),
        (edge, gap, rises) => {
          const isUnknown = (value: number): boolean => Math.abs(value - gap) < 2;
          const { end, tried } = searched({ low: 1, high: 1_000 }, (value) =>
            isUnknown(value) ? undefined : value >= edge === rises,
          );
          const [low, high] = rises ? [edge - 1, edge] : [edge - 1, edge];
          const isAtIt = isUnknown(low) || isUnknown(high);
          expect(end).toMatchObject({ kind: "edge", isRising: rises, isNarrow: !isAtIt });
          if (end.kind !== "edge") return;
          const sides = [end.fails, end.holds].sort((a, b) => a - b);
          if (isAtIt) expect(sides[0]! < edge && sides[1]! >= edge && sides[1]! - sides[0]! <= 6).toBe(true);
          else expect(sides).toEqual([low, high]);
          expect(tried.every(({ value, holds }) => holds === (value >= edge === rises))).toBe(true);
        },
      ),
    );
  });

  test("an end of which nothing can be said is come near to, and what is known is told", () => {
    const { end, tried, unknown } = searched({ low: 1, high: 64 }, (value) => (value < 8 ? undefined : true));

    expect(end).toEqual({ kind: "no edge", holds: true });
    expect([tried[0]?.value, unknown.at(-1)]).toEqual([8, 7]);
  });

  test("an edge that lies on the way to them is found", () => {
    const holds = (value: number): boolean | undefined => (value < 4 ? undefined : value >= 9);
    const { end } = searched({ low: 1, high: 64 }, holds);

    expect(end).toEqual({ kind: "edge", fails: 8, holds: 9, isRising: true, isNarrow: true });
  });

  test("doubling goes no further on their side, and on the other", () => {
    const { end, unknown } = searched({ at: 100 }, (value) => (value > 150 ? undefined : value >= 3));

    expect(end).toMatchObject({ kind: "edge", fails: 2, holds: 3 });
    expect(unknown.every((value) => value <= 200)).toBe(true);
  });

  test("doubling goes on to the other side before anything is tried on the way to them", () => {
    const { end, tried } = searched({ at: 100 }, (value) => (value > 150 ? undefined : value >= 20));

    expect(end).toMatchObject({ kind: "edge", fails: 19, holds: 20 });
    expect(tried.filter(({ value }) => value > 100)).toEqual([]);
  });

  test("an edge on the way to them is found where there is none on the other side", () => {
    const { end } = searched({ at: 100 }, (value) => (value > 150 ? undefined : value < 130));

    expect(end).toMatchObject({ kind: "edge", fails: 130, holds: 129, isNarrow: true });
  });

  test("too many of them end the search", () => {
    const { end, unknown } = searched({ low: 1, high: 1e6 }, (value) => (value === 1 ? false : undefined));

    expect(end).toEqual({ kind: "no edge", holds: false });
    expect(unknown.length).toBeLessThanOrEqual(UNKNOWN_MAX + 1);
    expect(searched({ low: 1, high: 100 }, () => undefined).end).toEqual({ kind: "nothing known" });
    expect(searched({ at: 100 }, () => undefined).end).toEqual({ kind: "nothing known" });
  });
});

test("a search says what it is at", () => {
  const search = new EdgeSearch(WHOLE, { at: 8 });
  const stages: string[] = [];
  for (let values = search.next(); values.length > 0; values = search.next()) {
    stages.push(JSON.stringify(search.stage));
    for (const value of values) search.note(value, value >= 30);
  }

  expect(stages.slice(0, 4)).toEqual([
    '{"kind":"first look"}',
    `{"kind":"doubling","step":1,"of":${DOUBLINGS_MAX}}`,
    `{"kind":"doubling","step":2,"of":${DOUBLINGS_MAX}}`,
    '{"kind":"narrowing","low":16,"high":32}',
  ]);
});

/** Runs a search to its end; undefined = nothing can be said of a value. */
function searched(start: SearchStart, holds: (value: number) => boolean | undefined, axis = WHOLE): EdgeSearch {
  const search = new EdgeSearch(axis, start);
  for (let values = search.next(); values.length > 0; values = search.next()) {
    expect([...values].sort((a, b) => a - b)).toEqual(values);
    for (const value of values) {
      const doesHold = holds(value);
      if (doesHold === undefined) search.skip(value);
      else search.note(value, doesHold);
    }
  }
  return search;
}
