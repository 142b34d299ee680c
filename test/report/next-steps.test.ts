import { expect, test } from "vitest";
import { nextSteps } from "../../src/report/next-steps.ts";
import { consoleSummary } from "../../src/report/console-summary.ts";
import { htmlReport } from "../../src/report/html-report.ts";
import { PLAIN_PAINTER } from "../../src/report/painter.ts";
import { summaryMarkdown } from "../../src/report/summary-markdown.ts";
import { reportInput } from "./result-fixture.ts";

const { result } = reportInput();
const QUIET = { truth: { ...result.truth, unreported: 0 }, endReasons: [] };
const STRUCK = {
  outcome: "rolledBack",
  reason: "second offer before the reboot",
  count: 1,
  beliefs: { rejected: 1 },
} as const;

test("of a run in which nothing was odd nothing is advised", () => {
  expect(nextSteps(QUIET)).toEqual([]);
});

test("nodes whose last word was lost are to be looked for in nodes.csv, and traced", () => {
  expect(nextSteps({ ...QUIET, truth: { ...QUIET.truth, unreported: 1 } })).toEqual([
    expect.stringMatching(/^Unreported: .* nodes\.csv .* --trace NODE /),
  ]);
});

test("a second offer is no harm of the image, and a longer period makes it rarer", () => {
  expect(nextSteps({ ...QUIET, endReasons: [STRUCK] })).toEqual([
    expect.stringMatching(/^Second offers: the image did no harm, .* autofetch\.every /),
  ]);
});

test("terminal, page and summary give the same advice", () => {
  const input = reportInput({ endReasons: [STRUCK] });
  const terminal = consoleSummary({ result: input.result, paths: [] }, "compact", {
    paint: PLAIN_PAINTER,
    columns: 80,
  });
  const told = [terminal.join(" "), htmlReport.render(input), summaryMarkdown.render(input)];

  for (const text of told)
    expect(text.replaceAll(/\s+/g, " ")).toContain("Second offers: the image did no harm, the node asked again");
});
