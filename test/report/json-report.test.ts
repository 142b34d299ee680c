import { expect, test } from "vitest";
import { BrokenInvariant } from "../../src/base/assert.ts";
import { jsonReport } from "../../src/report/json-report.ts";
import { HOSTILE, inputWith } from "./hostile-strings.ts";
import { reportInput } from "./result-fixture.ts";

test("result.json is the result, indented by two spaces, with a newline at the end", () => {
  const input = reportInput();

  const text = jsonReport.render(input);

  expect(JSON.parse(text)).toEqual(input.result);
  expect(text.startsWith('{\n  "schema": "otafleet/result",\n  "version": 1,\n  "verdict": "passed"')).toBe(true);
  expect(text.endsWith("}\n")).toBe(true);
});

test.each(HOSTILE.map((text) => [text.slice(0, 40), text] as const))(
  "result.json carries %j whole and shows no control",
  (_, hostile) => {
    const input = inputWith(hostile);

    const text = jsonReport.render(input);

    expect(JSON.parse(text)).toEqual(input.result);
    expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
  },
);

test("a number that JSON cannot hold is a broken invariant, never a silent null", () => {
  const input = reportInput({ seed: Number.NaN });

  expect(() => jsonReport.render(input)).toThrow(BrokenInvariant);
});
