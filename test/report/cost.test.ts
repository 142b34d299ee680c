import { expect, test } from "vitest";
import type { CostResult } from "../../src/measure/cost.ts";
import { consoleSummary } from "../../src/report/console-summary.ts";
import { moneyText } from "../../src/report/cost-words.ts";
import { htmlReport } from "../../src/report/html-report.ts";
import { PLAIN_PAINTER } from "../../src/report/painter.ts";
import { reportInput } from "./result-fixture.ts";

const COST: CostResult = {
  currency: "USD",
  isAssumed: true,
  total: 2_012.4,
  lines: [
    { item: "egress", quantity: 1.5e12, amount: 118.7 },
    { item: "messages", quantity: 18_700_000, amount: 18.7 },
    { item: "connections", quantity: 1_234, amount: 0.0001 },
    { item: "jobs", quantity: 1_000_000, amount: 1_875 },
  ],
  besides: [
    { item: "imageOverMqtt", quantity: 390e6, amount: 390 },
    { item: "connectedForAMonth", quantity: 43.2e9, amount: 3_456 },
  ],
};

test.each([
  [0, "$0"],
  [0.001, "<$0.01"],
  [0.35, "$0.35"],
  [12, "$12"],
  [99.99, "$99.99"],
  [118.7, "$119"],
  [1_875, "$1,875"],
])("%d dollars are %s", (amount, text) => {
  expect(moneyText(amount, "USD")).toBe(text);
});

test("another currency stands behind its amount", () => {
  expect(moneyText(1_875, "EUR")).toBe("1,875 EUR");
});

test("the page shows the bill and whose prices they are, and nothing where nothing is priced", () => {
  const page = htmlReport.render(reportInput({ cost: COST }));
  const bill = page.slice(page.indexOf('id="cost"'));

  expect(bill).toContain("$2,012");
  expect(bill).toContain("at list prices of a large cloud");
  expect(bill).toContain("1.36 TiB");
  expect(bill).toContain("$3,456");
  expect(htmlReport.render(reportInput())).not.toContain('id="cost"');
});

test("the terminal shows the bill in lines that fit", () => {
  const lines = consoleSummary({ result: { ...reportInput().result, cost: COST }, paths: [] }, "compact", {
    paint: PLAIN_PAINTER,
    columns: 80,
  });
  const text = lines.join("\n");

  expect(text).toMatch(/\nCost {2}\$2,012 at list prices/);
  expect(text).toMatch(/image bytes delivered +1\.36 TiB +\$119/);
  expect(text.replaceAll(/\n +/g, " ")).toMatch(/being connected, in all \S+ \w+ of the run/);
  expect(text).toMatch(/jobs for nodes +1,000,000 +\$1,875/);
  expect(text.replaceAll(/\n +/g, " ")).toContain("being connected for 30 days $3,456.");
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
});
