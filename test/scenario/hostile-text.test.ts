import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { scenarioJsonSchema } from "../../src/scenario/json-schema.ts";
import { anyText } from "../base/any-text.ts";
import { mistakesIn } from "./reading.ts";

const SHIPPED = readFileSync(new URL("../../scenarios/first-rollout.yaml", import.meta.url), "utf8");

test("any text is a scenario or has mistakes, and never breaks the reader", () => {
  fc.assert(
    fc.property(anyText({ maxLength: 100 }), (text) => {
      expect(mistakesIn(text).length).toBeGreaterThan(0);
    }),
    { numRuns: 120 },
  );
});

test("a scenario with some characters changed is read, or has mistakes that say what would be right", () => {
  const change = fc.record({
    at: fc.integer({ min: 0, max: SHIPPED.length - 1 }),
    length: fc.integer({ min: 0, max: 8 }),
    by: fc.oneof(
      fc.constantFrom("", ":", "{", "}", "[", "]", "&a ", "*a", "!!str ", "\n", "  ", "-", '"', "null", "9e9", "%"),
      fc.string({ maxLength: 4 }),
    ),
  });
  fc.assert(
    fc.property(change, ({ at, length, by }) => {
      for (const mistake of mistakesIn(SHIPPED.slice(0, at) + by + SHIPPED.slice(at + length)))
        expect(mistake).toMatch(/^\S.* \| \S/s);
    }),
    { numRuns: 120 },
  );
});

test("a value of any kind in any place has a mistake at its place, or is right", () => {
  const keys = Object.keys((scenarioJsonSchema()["properties"] ?? {}) as object);
  const value = fc.constantFrom(
    "null",
    "true",
    "[]",
    "{}",
    "-1",
    "0",
    "1.5",
    "x",
    "''",
    "[[1]]",
    "{ a: { b: 1 } }",
    "[null]",
    "[{}]",
    "~",
  );
  const key = fc.constantFrom(
    ...keys,
    "fleet.cohorts[0]",
    "fleet.cohorts[1].like",
    "fleet.cohorts[0].link",
    "fleet.cohorts[0].zones",
    "jobs[0]",
    "jobs[0].targets",
    "jobs[0].validity",
    "image.make",
  );
  fc.assert(
    fc.property(key, value, (path, text) => {
      for (const mistake of mistakesIn(SHIPPED, { set: [`${path}=${text}`] }))
        expect(mistake).toMatch(/^(--set|\d+:\d+|s\.yaml)/);
    }),
    { numRuns: 120 },
  );
});
