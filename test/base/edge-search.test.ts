import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DOUBLINGS_MAX, EdgeSearch, type SearchAxis, type SearchStart } from "../../src/base/edge-search.ts";

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
        expect(search.end).toEqual({ kind: "edge", fails: edge - 1, holds: edge, isRising: true });
      }),
    );
  });

  test("the edge of anything that holds up to a value is found as well", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 2, max: 1e6 }), fc.nat(), (low, span, at) => {
        const edge = low + (at % span);
        const search = searched({ low, high: low + span }, (value) => value <= edge);
        expect(search.end).toEqual({ kind: "edge", fails: edge + 1, holds: edge, isRising: false });
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
          expect(search.end).toEqual({ kind: "edge", ...sides, isRising: rises });
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

    expect(search.end).toEqual({ kind: "edge", fails: 2, holds: 3, isRising: true });
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

/** Runs a search to its end. */
function searched(start: SearchStart, holds: (value: number) => boolean, axis = WHOLE): EdgeSearch {
  const search = new EdgeSearch(axis, start);
  for (let values = search.next(); values.length > 0; values = search.next()) {
    expect([...values].sort((a, b) => a - b)).toEqual(values);
    for (const value of values) search.note(value, holds(value));
  }
  return search;
}
