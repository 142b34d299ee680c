import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { HOUR_US, MINUTE_US, SECOND_US } from "../../src/base/instant.ts";
import { readyHistograms } from "../../src/measure/histogram.ts";
import { METRICS } from "../../src/measure/metrics.ts";
import { computeResult } from "../../src/measure/result.ts";
import { type Threshold, parseThreshold } from "../../src/measure/threshold.ts";
import { JOB_CREATED, NodeHistory, factsOf, planOf, reduce } from "./history.ts";

beforeAll(readyHistograms);

const KNOWN = { cohorts: ["homes", "workshops"], zones: ["Europe/Berlin", "Asia/Kolkata"], jobs: ["spring"] };

describe("a threshold is read", () => {
  test.each([
    ["completion", "p(95)<30m", { kind: "percentile", share: 0.95 }, "<", 30 * MINUTE_US, "us"],
    ["completion{job:spring}", "p(95)<1h", { kind: "percentile", share: 0.95 }, "<", HOUR_US, "us"],
    ["completion{cohort:homes}", "p(99.9) <= 1.5h", { kind: "percentile", share: 0.999 }, "<=", 1.5 * HOUR_US, "us"],
    ["connect", "avg<250ms", { kind: "avg" }, "<", 250_000, "us"],
    ["connect", "max<=2d", { kind: "max" }, "<=", 48 * HOUR_US, "us"],
    ["fetch_ack", "med>100us", { kind: "med" }, ">", 100, "us"],
    ["fetch_ack", "count>=10", { kind: "count" }, ">=", 10, "count"],
    ["outcome.rolledBack", "rate<0.02", { kind: "rate" }, "<", 0.02, "share"],
    ["outcome.rolledBack", "rate<2%", { kind: "rate" }, "<", 0.02, "share"],
    ["truth.misled", "count==0", { kind: "count" }, "==", 0, "count"],
    ["truth.misled", "count===0", { kind: "count" }, "==", 0, "count"],
    ["outcome.unfinished.delayed{zone:Asia/Kolkata}", "count!=1", { kind: "count" }, "!=", 1, "count"],
  ])("%s: %s", (metric, expression, aggregation, comparison, limit, unit) => {
    expect(parseThreshold(metric, expression, KNOWN)).toMatchObject({ aggregation, comparison, limit, unit });
  });

  test("from whatever was printed, for every metric, aggregation, sign, number and unit", () => {
    const units = { us: 1, ms: 1_000, s: SECOND_US, m: MINUTE_US, h: HOUR_US, d: 24 * HOUR_US };
    const percent = fc.integer({ min: 1, max: 10_000 }).map((hundredths) => hundredths / 100);
    const what = fc.oneof(
      fc.constantFrom("avg", "min", "med", "max"),
      percent.map((share) => `p(${share})`),
    );
    const sign = fc.constantFrom("<", "<=", ">", ">=", "==", "!=");
    const unit = fc.constantFrom(...(Object.keys(units) as (keyof typeof units)[]));
    fc.assert(
      fc.property(fc.constantFrom(...METRICS), what, sign, fc.nat(100_000), unit, (metric, part, op, value, name) => {
        const threshold = parseThreshold(metric.name, `${part} ${op} ${value}${name}`, KNOWN);
        expect(threshold).toMatchObject({ comparison: op, limit: value * units[name], unit: "us" });
      }),
    );
  });

  test("from any text without throwing: a threshold, or mistakes that say what was seen and what would be right", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (metric, expression) => {
        const parsed = parseThreshold(metric, expression, KNOWN);
        if (Array.isArray(parsed))
          expect(parsed.every(({ seen, expected }) => seen !== "" && expected !== "")).toBe(true);
      }),
    );
  });
});

describe("a threshold is refused", () => {
  test.each([
    [
      "completions",
      "p(95)<1h",
      "metric",
      /^did you mean completion\? must be one of connect(, \w+){11} and \d+ more, listed by otafleet schema; a part of it is \{cohort:NAME\} or \{job:NAME\} or \{population:reachable\}$/,
    ],
    ["outcome.sucess", "rate>0", "metric", /a part of it is \{cohort:NAME\} or \{zone:NAME\} or \{job:NAME\}$/],
    ["nothing like it", "rate>0", "metric", /^must be one of .*\{zone:NAME\}.*\{population:reachable\}$/],
    ["fetch_ack{job:spring}", "p(95)<1s", "metric", /must be one of cohort:..., population:.../],
    ["completion{cohort:nobody}", "p(95)<1h", "metric", /must name one of homes, workshops/],
    ["completion{zone:Asia/Kolkata}", "p(95)<1h", "metric", /must be one of cohort/],
    ["outcome.failed{cohort:homes,job:spring}", "count==0", "metric", /one of cohort, zone and job at a time/],
    ["truth.misled{cohort:homes}", "count==0", "metric", /without tags/],
    ["completion", "p(95)<30", "expression", /must give the duration a unit/],
    ["completion", "p(95)<5constructor", "expression", /must give the duration a unit/],
    ["completion", "p(0)<30m", "expression", /percentile above 0/],
    ["completion", "p(101)<30m", "expression", /percentile above 0/],
    ["completion", "p95<30m", "expression", /must be written like p\(95\)<30m/],
    ["completion", "rate<0.5", "expression", /must not be a rate/],
    ["outcome.failed", "p(95)<30m", "expression", /must be a rate or a count/],
    ["outcome.failed", "rate<1.5", "expression", /share from 0 to 1/],
    ["outcome.failed", "count==1.5", "expression", /whole number/],
    ["completion", "avg<1.2.3s", "expression", /must compare with a number/],
  ])("%s: %s", (metric, expression, place, expected) => {
    const mistakes = parseThreshold(metric, expression, KNOWN);

    expect(mistakes).toHaveLength(1);
    expect(mistakes).toMatchObject([{ in: place, expected: expect.stringMatching(expected) }]);
  });
});

describe("the names in a refusal", () => {
  const zones = Array.from({ length: 60 }, (_, index) => `Zone/N${index}`);
  const saidOf = (metric: string) =>
    parseThreshold(metric, "rate>0", { cohorts: ["homes"], zones: ["Europe/Berlin", ...zones], jobs: ["a", "a", "b"] });

  test("are a dozen at most, the nearest first", () => {
    expect(saidOf("outcome.success{zone:Europe/Berln}")).toMatchObject([
      {
        expected: `did you mean Europe/Berlin? must name one of Europe/Berlin, ${zones.slice(0, 11).join(", ")} and 49 more, in the scenario`,
      },
    ]);
  });

  test("are each told once", () => {
    expect(saidOf("outcome.success{job:zzz}")).toMatchObject([{ expected: "must name one of a, b" }]);
  });
});

describe("a threshold is judged", () => {
  test("by the value that came out, with how far off it was", () => {
    const [passed, failed] = judge(20, ["completion: p(95)<1m", "completion: p(95)<10s"]);

    expect(passed).toMatchObject({ verdict: "passed", because: "" });
    expect(failed).toMatchObject({ verdict: "failed", limit: 10 * SECOND_US });
    expect(failed!.difference).toBe(failed!.actual! - 10 * SECOND_US);
  });

  test("as failed where the percentile lies above the share that is done, and its sign does not matter", () => {
    const [below, above] = judge(40, ["completion: p(95)<100h", "completion: p(95)>1s"], 8);

    expect(below).toMatchObject({ verdict: "failed", actual: null });
    expect(below?.because).toContain("40 of 48 targeted nodes are done");
    expect(above).toMatchObject({ verdict: "failed", actual: null });
  });

  test("as failed where a mean or maximum is over nodes of which some are not done", () => {
    const [max, avg, min] = judge(19, ["completion: max<100h", "completion: avg<100h", "completion: min<100h"], 5);

    expect([max?.verdict, avg?.verdict, min?.verdict]).toEqual(["failed", "failed", "passed"]);
  });

  test("as one that cannot pass where there are too few samples, or none", () => {
    const [few] = judge(19, ["completion: p(95)<100h"]);
    const [none] = judge(0, ["self_test: avg<1h"], 5);

    expect(few?.verdict).toBe("cannot pass");
    expect(few?.because).toContain("19, and 20 are needed");
    expect(none).toMatchObject({ verdict: "cannot pass", actual: null });
  });

  test("over the reachable nodes where it asks for them", () => {
    const [targeted, reachable] = judge(20, ["completion: p(95)<1h", "completion{population:reachable}: p(95)<1h"], 10);

    expect([targeted?.verdict, reachable?.verdict]).toEqual(["failed", "passed"]);
  });

  test("by the share of the part that its tag names", () => {
    const [all, homes] = judge(20, ["outcome.success: rate>=1", "outcome.success{cohort:homes}: rate>=1"], 10);

    expect(all).toMatchObject({ verdict: "failed", actual: 20 / 30 });
    expect(homes).toMatchObject({ verdict: "passed", actual: 1 });
  });

  test("by a job's own targets where its tag names it", () => {
    const spring = { name: "spring", targets: new Uint8Array([1, 1, 0, 0]) };
    const hotfix = { name: "hotfix", targets: new Uint8Array([0, 0, 1, 1]) };
    const plan = planOf(4, { jobs: [spring, hotfix] });
    const known = { ...KNOWN, jobs: ["spring", "hotfix"] };
    const done = [0, 1].map((node) => new NodeHistory(node).connect().after(SECOND_US).update());
    const state = reduce(plan, [JOB_CREATED, ...done.flatMap(({ records }) => records)]);
    const parsed = ["spring", "hotfix"].map(
      (job) => parseThreshold(`completion{job:${job}}`, "max<1h", known) as Threshold,
    );

    const { jobs, thresholds } = computeResult(state, factsOf({ thresholds: parsed }));

    expect(thresholds.map(({ verdict }) => verdict)).toEqual(["passed", "failed"]);
    expect(thresholds[1]?.because).toMatch(/0 of 2 targeted nodes are done/);
    expect(jobs.map(({ completion }) => [completion.size, completion.count])).toEqual([
      [2, 2],
      [2, 0],
    ]);
  });

  test("with a share that is rounded in the sentence, never across the limit, and exact beside it", () => {
    const [plain, near] = judge(20, ["outcome.success: rate>=0.9", "outcome.success: rate>=0.6667"], 10);

    expect(plain).toMatchObject({ actual: 20 / 30, because: expect.stringMatching(/it is 0\.6667$/) });
    expect(near?.because).toMatch(/it is 0\.66667$/);
    expect(judge(20, ["outcome.success: rate>0.66667"], 10)[0]?.because).toMatch(/it is 0\.666667$/);
  });
});

/** A run of `done` nodes that update one after the other, and some that never come. */
function judge(done: number, thresholds: readonly string[], absent = 0) {
  const histories = Array.from({ length: done }, (_, node) =>
    new NodeHistory(node)
      .connect()
      .after(2 * SECOND_US)
      .update(),
  );
  const state = reduce(planOf(done + absent), [JOB_CREATED, ...histories.flatMap(({ records }) => records)]);
  const parsed = thresholds.map((text) => {
    const at = text.lastIndexOf(": ");
    return parseThreshold(text.slice(0, at), text.slice(at + 2), KNOWN) as Threshold;
  });
  return computeResult(state, factsOf({ thresholds: parsed })).thresholds;
}
