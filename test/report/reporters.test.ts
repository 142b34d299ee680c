import { expect, test } from "vitest";
import { REPORTERS } from "../../src/report/reporters.ts";
import { reportInput } from "./result-fixture.ts";

test("each reporter writes a file of its own", () => {
  expect(REPORTERS.map(({ fileName }) => fileName)).toEqual([
    "report.html",
    "result.json",
    "nodes.csv",
    "junit.xml",
    "summary.md",
    "histograms.hlog",
  ]);
});

test.each(REPORTERS.map((reporter) => [reporter.name, reporter] as const))(
  "%s gives equal bytes for equal input and ends with a newline",
  (_, reporter) => {
    const first = reporter.render(reportInput());

    expect(reporter.render(structuredClone(reportInput()))).toBe(first);
    expect(first.endsWith("\n")).toBe(true);
  },
);
