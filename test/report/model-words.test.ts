import { describe, expect, test } from "vitest";
import type { ModelResult, ModelServerResult } from "../../src/measure/model-result.ts";
import { RUN_RESULT } from "../../src/measure/result-schema.ts";
import { consoleModel } from "../../src/report/console-model.ts";
import { htmlReport } from "../../src/report/html-report.ts";
import { bandwidthText, calibrationSentence, downloadsSentence } from "../../src/report/model-words.ts";
import { summaryMarkdown } from "../../src/report/summary-markdown.ts";
import { reportInput } from "./result-fixture.ts";

const PLAIN = { strong: same, good: same, bad: same, warn: same, quiet: same };

describe("the servers of a plan", () => {
  test("are in all reports where the scenario states a model, and in none where it does not", () => {
    const [with_, without] = [reportInput({ model: model() }), reportInput()];

    for (const reporter of [htmlReport, summaryMarkdown]) {
      expect(reporter.render(with_)).toContain("Servers of the model");
      expect(reporter.render(without)).not.toContain("Servers of the model");
    }
    expect(consoleModel(model(), { paint: PLAIN, columns: 80 })[0]).toBe("Servers of the model");
    expect(consoleModel(undefined, { paint: PLAIN, columns: 80 })).toEqual([]);
  });

  test("fit the schema of a result", () => {
    expect(RUN_RESULT.safeParse(reportInput({ model: model() }).result).error).toBeUndefined();
    const refused = { ...model(), servers: [{ ...server(), name: "ftp" }] };
    expect(RUN_RESULT.safeParse({ ...reportInput().result, model: refused }).success).toBe(false);
  });

  test("have a table that tells how busy, who waited, was refused and was lost", () => {
    const lines = consoleModel(model(), { paint: PLAIN, columns: 100 }).join("\n");

    expect(lines).toMatch(/Questions +37.5 % +812 of 1,000 +90,000 +1,234 +12 +1.2 s +2.5 s/);
    // Beyond the width each has a paragraph.
    const narrow = consoleModel(model(), { paint: PLAIN, columns: 60 });
    expect(Math.max(...narrow.map((line) => line.length))).toBeLessThanOrEqual(60);
    expect(narrow.join(" ")).toContain("Questions: busy 37.5 %");
  });

  test("say what is assumed, what was fitted how well, and what the model leaves out", () => {
    const page = htmlReport.render(reportInput({ model: model() }));

    expect(page).toContain("1 value was calibrated by run of 3 March; 1 is assumed.");
    expect(page).toContain("4,000 samples");
    expect(page).toContain("Latency is fixed for each node.");
    const assumed = model().values.map((value) => ({ ...value, isCalibrated: false }));
    expect(calibrationSentence({ ...model(), calibratedFrom: null, values: assumed })).toBe(
      "All 2 values are assumed: none was calibrated by a run.",
    );
  });

  test("show the throughput of images against its limit", () => {
    const page = htmlReport.render(reportInput({ model: model() }));

    expect(page).toContain("Throughput of images");
    expect(page).toContain("10 Gbit/s are there");
    expect(downloadsSentence(model())).toBe(
      "At most 12,000 downloads at once of 20,000, 35 refused; 1.36 TiB in all, at most 9.8 Gbit/s of 10 Gbit/s (12.5 % over the whole run).",
    );
  });

  test("break no page by the name of the run that they were fitted to", () => {
    const hostile = '"><script>alert(1)</script>\u001b[2J|`';
    const input = reportInput({
      model: {
        ...model(),
        calibratedFrom: hostile,
        values: [{ name: "fetch.service", value: "4ms", isCalibrated: true, fit: hostile }],
      },
    });

    expect(htmlReport.render(input)).not.toContain("<script");
    expect(consoleModel(input.result.model, { paint: PLAIN, columns: 80 }).join("\n")).not.toContain("\u001b");
  });
});

test.each([
  [1_250_000_000, "10 Gbit/s"],
  [12_345_678, "98.8 Mbit/s"],
  [1_000, "8 kbit/s"],
  [0, "0 bit/s"],
])("%d bytes a second are %s", (bytesPerSecond, text) => {
  expect(bandwidthText(bytesPerSecond)).toBe(text);
});

function model(): ModelResult {
  const { timelines } = reportInput().result;
  return {
    servers: [server(), { ...server(), name: "broker connects", servers: null, queueMax: null }],
    downloads: {
      inFlightPeak: 12_000,
      inFlightMax: 20_000,
      refused: 35,
      egressBytes: 1_500_000_000_000,
      egressPeakBytesPerSecond: 1_225_000_000,
      egressMaxBytesPerSecond: 1_250_000_000,
      utilisation: 0.125,
      capStep: 1.04,
      egressBytesByBucket: Array.from({ length: timelines.buckets }, (_, bucket) => bucket * 1e9),
    },
    outages: [{ of: "all", atUs: 3_600e6, untilUs: 7_200e6 }],
    values: [
      { name: "fetch.service", value: "4ms", isCalibrated: true, fit: "4,000 samples" },
      { name: "cdn.egress", value: "10Gbit/s", isCalibrated: false, fit: "" },
    ],
    calibratedFrom: "run of 3 March",
    leavesOut: ["Latency is fixed for each node."],
  };
}

function server(): ModelServerResult {
  return {
    name: "fetch",
    servers: 32,
    utilisation: 0.375,
    queueMax: 1_000,
    queuePeak: 812,
    taken: 90_000,
    refused: 1_234,
    lost: 12,
    wait: {
      population: "samples",
      size: 90_000,
      count: 90_000,
      min: 0,
      max: 3_000_000,
      mean: 200_000,
      p50: 0,
      p75: 0,
      p90: 900_000,
      p95: 1_200_000,
      p99: 2_500_000,
      p999: 2_900_000,
    },
  };
}

function same(text: string): string {
  return text;
}
