import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { shortValues, withShortNames } from "../../../src/report/sweep/sweep-names.ts";
import { planned, sweepOf } from "./sweep-fixture.ts";

describe("short values", () => {
  test.each([
    [
      ["1h", "12h"],
      ["1h", "12h"],
    ],
    [
      ["{ spells: 0.01/d, last: { p50: 4d } }", "{ spells: 0.05/d, last: { p50: 4d } }"],
      ["…spells: 0.01/d…", "…spells: 0.05/d…"],
    ],
    [
      ["{ lognormal: { p50: 50KiB/s, p95: 120KiB/s } }", "{ lognormal: { p50: 50KiB/s, p95: 90KiB/s } }"],
      ["…p95: 120KiB/s…", "…p95: 90KiB/s…"],
    ],
    [
      ["{ a-key-that-takes-all-room: 4d }", "{ a-key-that-takes-all-room: 12d }"],
      ["…4d…", "…12d…"],
    ],
    [["one value that is much longer than its room"], ["one value that is much …"]],
  ])("of %j are %j: what all have in common is left out", (values, short) => {
    expect(shortValues(values, 24)).toEqual(short);
  });

  test("of texts that differ only behind their room are numbered", () => {
    expect(shortValues(["aaaaaaaaaaaa1", "aaaaaaaaaaaa2"], 8)).toEqual(["aaaaaaa…", "aaaaaaa… #2"]);
  });

  test("are as many as values, and different where values are", () => {
    const values = fc.uniqueArray(
      fc.string({ unit: fc.constantFrom("a", "b", " ", ",", "{", "}", "😀"), maxLength: 40 }),
      {
        minLength: 1,
        maxLength: 6,
      },
    );
    fc.assert(
      fc.property(values, (texts) => {
        const short = shortValues(texts, 10);
        return short.length === texts.length && new Set(short).size === texts.length && short.every(isWhole);
      }),
    );
  });
});

test("a place in a list is named with its list, and points have the short values of their knobs", () => {
  const long = ["{ spells: 0.01/d, last: 4d }", "{ spells: 0.05/d, last: 4d }"];
  const knobs = [
    { path: "image.make.defects.0.share", values: ["1%"] },
    { path: "fleet.cohorts.a.offline", values: long },
  ];
  const runs = long.map((value) => ({ values: ["1%", value], runs: [planned(1, "passed", [1, 2, 3])] }));
  const short = withShortNames(sweepOf({ knobs, seeds: [1], planned: runs }));

  expect(short.knobs.map(({ path }) => path)).toEqual(["defects.0.share", "a.offline"]);
  expect(short.points.map(({ values }) => values)).toEqual([
    ["1%", "…spells: 0.01/d…"],
    ["1%", "…spells: 0.05/d…"],
  ]);
});

/** Half of a character is none. */
function isWhole(text: string): boolean {
  return !/[\ud800-\udfff]/u.test(text);
}
