import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ADAPTERS } from "../../src/adapters/adapters.ts";
import { UserError } from "../../src/base/user-error.ts";
import { readScenario } from "../../src/scenario/read-scenario.ts";
import { resolveScenario } from "../../src/scenario/resolve-scenario.ts";
import type { Overrides } from "../../src/scenario/overrides.ts";
import { DURATION, INSTANT, RATE, SHARE, SIZE, THROUGHPUT, type Unit, WINDOW } from "../../src/scenario/units.ts";
import { anyText } from "../base/any-text.ts";

const FOLDER = new URL("../../scenarios/", import.meta.url);
const SHIPPED = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".yaml"))
  .map((name) => readFileSync(new URL(name, FOLDER), "utf8"));

/** What people and editors leave behind, and what means something to YAML or JavaScript. */
const SCRAPS = fc.oneof(
  fc.constantFrom(
    "",
    ":",
    ": ",
    "{",
    "}",
    "[",
    "]",
    ",",
    "&a ",
    "*a",
    "!!str ",
    "!x ",
    "\n",
    "\r\n",
    "\n\t",
    "  ",
    "- ",
  ),
  fc.constantFrom(
    '"',
    "'",
    "|",
    ">",
    "#",
    "%",
    "---\n",
    "...\n",
    "? ",
    "<<: ",
    "null",
    "~",
    ".nan",
    "-.inf",
    "1e400",
    "010",
  ),
  fc.constantFrom(
    "__proto__: ",
    "constructor: ",
    "\u0000",
    "\uFEFF",
    "\u202e",
    "\ud800",
    "\u2028",
    "9".repeat(25),
    "-1",
    "0s",
  ),
  anyText({ maxLength: 5 }),
);

describe("a shipped scenario", () => {
  const change = fc.record({ at: fc.nat(10_000), length: fc.nat(30), by: SCRAPS });

  test("changed in up to four places is a scenario, or has mistakes that stand in its lines and say what would be right", () => {
    fc.assert(
      fc.property(fc.constantFrom(...SHIPPED), fc.array(change, { minLength: 1, maxLength: 4 }), (shipped, changes) => {
        let text = shipped;
        for (const { at, length, by } of changes) {
          const from = at % (text.length + 1);
          text = text.slice(0, from) + by + text.slice(from + length);
        }

        expectMistakes(text);
      }),
      { numRuns: 250, seed: 1 },
    );
  });

  test("with lines left out, doubled or exchanged is a scenario, or has mistakes in its lines", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SHIPPED),
        fc.array(fc.tuple(fc.nat(100), fc.nat(100), fc.constantFrom("drop", "double", "exchange", "indent")), {
          minLength: 1,
          maxLength: 3,
        }),
        (shipped, edits) => {
          const lines = shipped.split("\n");
          for (const [one, other, edit] of edits) {
            const [a, b] = [one % lines.length, other % lines.length];
            const [lineA = "", lineB = ""] = [lines[a], lines[b]];
            if (edit === "drop") lines.splice(a, 1);
            else if (edit === "double") lines.splice(b, 0, lineA);
            else if (edit === "indent") lines[a] = `  ${lineA}`;
            else [lines[a], lines[b]] = [lineB, lineA];
          }

          expectMistakes(lines.join("\n"));
        },
      ),
      { numRuns: 150, seed: 2 },
    );
  });

  test("under any flags is a scenario, or has mistakes that say what would be right", () => {
    const path = fc.oneof(
      fc.constantFrom(
        "nodes",
        "clock",
        "clock.speed",
        "fleet.cohorts[0]",
        "fleet.cohorts[0].zones",
        "jobs[0].targets",
        "jobs",
      ),
      fc.constantFrom(
        "image.make",
        "backend",
        "backend.faults",
        "tags.a",
        "fleet.groups",
        "thresholds.completion",
        "end",
        "x.y.z",
      ),
      fc.string({ maxLength: 12 }),
    );
    const value = fc.oneof(
      SCRAPS,
      fc.json({ maxDepth: 3 }),
      fc.constantFrom("[*a]", "{ a: 1 }", "[[1]]", "user-approved", "4h"),
    );
    const set = fc.tuple(path, value).map(([key, to]) => `${key}=${to}`);
    const flags = fc.record({
      set: fc.array(set, { minLength: 1, maxLength: 3 }),
      nodes: fc.option(fc.oneof(SCRAPS, fc.constant("50")), { nil: "40" }),
    });
    fc.assert(
      fc.property(fc.constantFrom(...SHIPPED), flags, (shipped, overrides) => expectMistakes(shipped, overrides)),
      { numRuns: 200, seed: 3 },
    );
  });
});

describe("a quantity", () => {
  const units: readonly (readonly [string, (text: string) => void])[] = [
    ["duration", (text) => expectReread(DURATION, text)],
    ["rate", (text) => expectReread(RATE, text)],
    ["share", (text) => expectReread(SHARE, text)],
    ["size", (text) => expectReread(SIZE, text)],
    ["throughput", (text) => expectReread(THROUGHPUT, text)],
    ["window", (text) => expectReread(WINDOW, text)],
    ["instant", (text) => expectReread(INSTANT, text)],
  ];
  const written = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc
      .array(
        fc.constantFrom("0", "1", "9", "99", ".", "-", ":", "T", "Z", "h", "m", "s", "us", "KiB", "B", "/", "%", "d"),
        { maxLength: 9 },
      )
      .map((parts) => parts.join("")),
  );

  test.each(units)("of the kind %s is read as what its own print reads as again, or not at all", (_, expectRead) => {
    fc.assert(fc.property(written, expectRead), { numRuns: 400, seed: 4 });
  });
});

function expectReread<T>(unit: Unit<T>, text: string): void {
  const value = unit.parse(text);
  if (value === undefined) return;
  expect(unit.parse(unit.print(value))).toEqual(value);
  expect(text).toMatch(unit.pattern);
}

function expectMistakes(text: string, overrides: Overrides = {}): void {
  try {
    resolveScenario(readScenario(text, "s.yaml", { adapters: ADAPTERS, overrides }));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const lines = text.split("\n").length;
    expect(error.mistakes.length).toBeGreaterThan(0);
    for (const { file, line, column, seen, expected } of error.mistakes) {
      expect([file, seen, expected].join("\n")).not.toMatch(/\bundefined\b|\[object|Invalid input|NaN/);
      expect(seen.length * expected.length).toBeGreaterThan(0);
      if (line !== undefined) expect([line >= 1 && line <= lines, (column ?? 0) >= 1]).toEqual([true, true]);
    }
  }
  expect(Object.keys(Object.prototype)).toEqual([]);
}
