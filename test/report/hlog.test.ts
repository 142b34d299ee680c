import { HistogramLogReader, listTags } from "hdr-histogram-js";
import { beforeAll, describe, expect, test } from "vitest";
import { readyHistograms, Histogram, nearestRank } from "../../src/measure/histogram.ts";
import type { MetricHistogram } from "../../src/measure/metric-histograms.ts";
import { computeReported } from "../../src/measure/result.ts";
import { hlog } from "../../src/report/hlog.ts";
import { factsOf, planOf, reduce, rollout } from "../measure/history.ts";
import { HOSTILE, inputWith } from "./hostile-strings.ts";
import { reportInput } from "./result-fixture.ts";

beforeAll(readyHistograms);

describe("histograms.hlog", () => {
  test("is read by HdrHistogram's own reader, with equal counts and percentiles", () => {
    const samples = Array.from({ length: 5_000 }, (_, index) => 1_000 + ((index * 7_919) % 5_000) * 137);
    const histogram = new Histogram();
    for (const sample of samples) histogram.record(sample);

    const [line] = linesOf(hlog.render({ ...reportInput(), histograms: [encoded("connect", histogram)] }));

    expect(line?.totalCount).toBe(5_000);
    for (const share of [0.5, 0.9, 0.95, 0.99, 0.999]) {
      const exact = samples.toSorted((a, b) => a - b)[nearestRank(share, 5_000) - 1] ?? 0;
      const read = line?.getValueAtPercentile(share * 100) ?? 0;
      expect(read).toBe(histogram.atRank(nearestRank(share, 5_000)));
      expect(Math.abs(read - exact) / exact).toBeLessThan(0.001);
    }
    histogram.destroy();
  });

  test("tells count, minimum and maximum exactly beside the buckets, which know 3 digits", () => {
    const text = hlog.render(reportInput());

    expect(linesOf(text)[0]?.maxValue).not.toBe(700_000);
    expect(text).toContain("\n# connect count=3 min=1400 max=700000 clock=wall\n");
    expect(text).toMatch(/\nTag=connect,0\.000,215580\.000,700\.000,HIST/);
  });

  test("has a line a metric and a cohort, tagged as thresholds name them, over the run in seconds of fleet time", () => {
    const text = hlog.render(reportInput());
    const [first] = linesOf(text);

    expect(listTags(text)).toEqual(["connect", "connect{cohort:homes}"]);
    expect(first?.startTimeStampMsec).toBe(Date.parse("2026-03-28T18:00:00Z"));
    expect(first === undefined ? 0 : first.endTimeStampMsec - first.startTimeStampMsec).toBe(215_580_000);
  });

  test("names run, tags, metrics that are not to be used and those without a sample in comments", () => {
    const { result } = reportInput();
    const connect = { ...result.metrics["connect"]!, isValid: false, invalidBecause: "late" };
    const text = hlog.render(reportInput({ metrics: { ...result.metrics, connect } }));

    expect(text).toContain("\n# night-in-four-zones, seed 1, passed\n# tag commit=3fa1c2e\n# tag branch=main\n");
    expect(text).toContain("max=700000 clock=wall, not to be used\n");
    expect(text).toMatch(/\n# without a sample: connect_tcp, .*completion/);
  });

  test("of a rollout holds every sample of every metric, once in all and once by cohort", () => {
    const plan = planOf(60);
    const state = reduce(plan, rollout(60, 3).records);

    const histograms = computeReported(state, factsOf()).histograms;
    const read = linesOf(hlog.render({ ...reportInput(), histograms }));

    expect(read.map(({ totalCount }) => totalCount)).toEqual(histograms.map(({ count }) => count));
    for (const { metric, count } of histograms.filter(({ cohort }) => cohort === undefined)) {
      const parts = histograms.filter((each) => each.metric === metric && each.cohort !== undefined);
      expect(parts.reduce((sum, part) => sum + part.count, 0)).toBe(count);
    }
    expect(new Set(histograms.map(({ metric }) => metric))).toContain("completion");
  });

  test("has the metrics that begin with a job by job, where there are several", () => {
    const jobs = ["spring", "hotfix"].map((name) => ({ name, targets: "all" as const }));
    const histograms = computeReported(reduce(planOf(60, { jobs }), rollout(60, 3).records), factsOf()).histograms;
    const tags = listTags(hlog.render({ ...reportInput(), histograms }));

    expect(tags).toContain("completion{job:spring}");
    expect(tags.filter((tag) => tag.startsWith("connect{job"))).toEqual([]);
    expect(tags.filter((tag) => tag.includes("hotfix"))).toEqual([]);
  });

  test.each(HOSTILE.map((hostile) => [hostile.slice(0, 40), hostile] as const))(
    "keeps its lines with %j as the name of everything",
    (_, hostile) => {
      const text = hlog.render(inputWith(hostile));

      expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      expect(linesOf(text).map(({ totalCount }) => totalCount)).toEqual([3, 3]);
      for (const line of text.trimEnd().split("\n"))
        expect(line).toMatch(/^(#\[|# |"Start|Tag=[^, ]+,0\.000,[^, ]+,[^, ]+,HIST)/);
    },
  );
});

function encoded(metric: string, histogram: Histogram): MetricHistogram {
  const { count, min, max } = histogram;
  return {
    metric,
    cohort: undefined,
    job: undefined,
    clock: "wall",
    count,
    min: min ?? 0,
    max: max ?? 0,
    buckets: histogram.encode(),
  };
}

function linesOf(text: string) {
  const reader = new HistogramLogReader(text);
  const lines = [];
  for (let line = reader.nextIntervalHistogram(); line !== null; line = reader.nextIntervalHistogram())
    lines.push(line);
  return lines;
}
