import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { compareRuns, type Comparison, type ScenarioMatch } from "../../src/measure/comparison.ts";
import { type ComparisonLimit, parseLimit } from "../../src/measure/comparison-limit.ts";
import type { MetricResult, RunResult } from "../../src/measure/run-result.ts";
import { COMPARISON, comparisonJsonSchema } from "../../src/measure/comparison-schema.ts";
import { comparisonJson } from "../../src/report/comparison-json.ts";
import { reportInput } from "../report/result-fixture.ts";

const SAME: ScenarioMatch = { isSame: true, sha256: ["a", "a"], differs: [], mayDiffer: [] };
const OTHER: ScenarioMatch = { isSame: false, sha256: ["a", "b"], differs: ["fleet", "jobs"], mayDiffer: [] };
const { result } = reportInput();

describe("a comparison", () => {
  test("of a run with itself finds no difference, and holds the narrowest limits", () => {
    const own = compared(result, result, limits("0%", "peaks=0%"));

    expect(own.verdict).toBe("within");
    expect(own.outcomes.every(({ difference }) => difference === 0)).toBe(true);
    expect(own.percentiles.every(({ share }) => share === 0 || share === null)).toBe(true);
    expect(own.completionDistance).toBe(0);
  });

  test.each([
    ["without limits, of runs that differ", compared(result, { ...result, seed: 2 }, [])],
    ["within every limit", compared(result, result, limits("0%", "peaks=0%", "outcomes=0%"))],
    [
      "beyond, where one came so far and the other did not",
      compared(completing({ p95: "not reached" }), result, limits("5%")),
    ],
    ["of different scenarios", compareRuns(side(result), side(result), OTHER, limits("5%"))],
  ])("fits the published schema: %s", (_, comparison) => {
    const json: unknown = JSON.parse(comparisonJson(comparison));

    expect(COMPARISON.parse(json)).toEqual(json);
    const validate = new Ajv2020({ strict: false }).compile(comparisonJsonSchema());
    expect(validate(json), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ ...comparison, verdict: "close" })).toBe(false);
    const { peaks: _peaks, ...without } = comparison;
    expect(validate(without)).toBe(false);
  });

  test("tells a difference as a share of the second run", () => {
    const { percentiles } = compared(completing({ p50: 103 }), completing({ p50: 100 }), []);

    expect(percentileOf(percentiles, "p50")).toMatchObject({ first: 103, second: 100, share: 0.03 });
  });

  test("without a limit is not judged, whatever lies apart", () => {
    const { verdict, reasons } = compared(completing({ p50: 1 }), completing({ p50: 100 }), []);

    expect([verdict, reasons]).toEqual(["not judged", []]);
  });

  test.each([
    { p50: 105, verdict: "within" },
    { p50: 105.1, verdict: "beyond" },
    { p50: 95, verdict: "within" },
    { p50: 94.9, verdict: "beyond" },
  ])("of completion p50 $p50 beside 100 within 5% is $verdict", ({ p50, verdict }) => {
    expect(compared(completing({ p50 }), completing({ p50: 100 }), limits("completion=5%")).verdict).toBe(verdict);
  });

  test.each([
    { moved: 0, share: "0%", verdict: "within" },
    { moved: 1, share: "0%", verdict: "beyond" },
    { moved: 100, share: "5%", verdict: "within" },
    { moved: 101, share: "5%", verdict: "beyond" },
  ])("of $moved of 2,000 outcomes more and less within $share is $verdict", ({ moved, share, verdict }) => {
    const { outcomes } = result;
    const { success, rolledBack } = outcomes;
    const first = { ...result, outcomes: { ...outcomes, success: success - moved, rolledBack: rolledBack + moved } };

    expect(compared(first, result, limits(`outcomes=${share}`)).verdict).toBe(verdict);
  });

  test("agrees where neither run came so far, and cannot where one did", () => {
    const open = completing({ p95: "not reached" });

    expect(compared(open, open, limits("completion=5%")).verdict).toBe("within");
    const one = compared(open, completing({ p95: 100 }), limits("completion=5%"));
    expect(one.reasons).toEqual(["completion p95 cannot be compared: not reached beside 100 us."]);
  });

  test("does not hold a limit on a metric that is not to be used in one of the runs", () => {
    const late = completing({ isValid: false, invalidBecause: "the generator was late" });

    const { verdict, reasons } = compared(result, late, limits("completion=5%"));

    expect(verdict).toBe("beyond");
    expect(reasons[0]).toBe("completion p50 cannot be judged: the generator was late.");
  });

  test.each(["invalid", "incomplete"] as const)("with a run that is %s is never within a limit", (verdict) => {
    const bad = { ...result, verdict };

    const judged = compared(result, bad, limits("5%"));
    const shown = compared(bad, result, []);

    expect([judged.verdict, judged.reasons]).toEqual([
      "beyond",
      [`The second run is ${verdict}: do not use its numbers.`],
    ]);
    expect(shown.remarks[0]).toBe(`The first run is ${verdict}: do not use its numbers.`);
  });

  test("says what a compressed clock means for the figures of a live run", () => {
    const at = (speed: number, driver: "live" | "virtual"): RunResult => ({
      ...result,
      clock: { ...result.clock, speed, driver },
    });

    const { remarks } = compared(at(600, "virtual"), at(600, "live"), []);

    expect(remarks.filter((remark) => remark.includes("compressed"))).toEqual([
      expect.stringMatching(/^The clock of the second run was compressed \(clock\.speed 600\): .*600 times as long/),
    ]);
    expect(compared(at(1, "live"), at(1, "live"), []).remarks).toEqual([]);
  });

  test("of different scenarios is beyond every limit, and says which blocks differ", () => {
    const judged = compareRuns(side(result), side(result), OTHER, limits("5%"));
    const shown = compareRuns(side(result), side(result), OTHER, []);

    expect(judged.verdict).toBe("beyond");
    expect(judged.reasons).toEqual(["The runs are not of the same scenario: fleet, jobs differ."]);
    expect(shown.remarks.slice(0, 1)).toEqual(judged.reasons);
  });

  test("of another day is told the flag that gives the plan the day of the run, whichever comes first", () => {
    const planned = beginning("virtual", "2026-03-10T12:00:00.000Z");
    const live = beginning("live", "2026-11-30T22:04:20.000Z");
    const match: ScenarioMatch = { ...OTHER, differs: ["clock.start"] };
    const flag = "Plan it again with --set clock.start=2026-11-30T22:04:20Z, when the other began.";

    expect(compareRuns(planned, live, match, limits("5%")).reasons).toEqual([
      "The runs are not of the same scenario: clock.start differs.",
      `The first began at 2026-03-10T12:00:00Z. ${flag}`,
    ]);
    expect(compareRuns(live, planned, match, limits("5%")).reasons[1]).toBe(
      `The second began at 2026-03-10T12:00:00Z. ${flag}`,
    );
    expect(compareRuns(beginning("live", "; rm -rf /"), planned, match, limits("5%")).reasons).toHaveLength(1);
  });

  test("warns of a run whose numbers are not to be used, and of another seed", () => {
    const { remarks } = compared({ ...result, verdict: "invalid" }, { ...result, seed: 2 }, []);

    expect(remarks).toEqual([
      "The first run is invalid: do not use its numbers.",
      "The runs have different seeds: their fleets differ node by node.",
      expect.stringMatching(/^The clocks of both runs were compressed/),
    ]);
  });
});

describe("a limit", () => {
  test("without a name is on completion, outcomes and, with what chance may do, peaks", () => {
    expect(parseLimit("5%")).toEqual([
      { on: "completion", share: 0.05 },
      { on: "outcomes", share: 0.05 },
      { on: "peaks", share: 0.05, sigmas: 3 },
    ]);
  });

  // Of 1,000 beside 1,000 in ten seconds chance is 3 * sqrt(2,000) = 134: with 5 % of them 184.
  test.each([
    { first: 1_000, second: 1_000, limit: "5%", isHeld: true },
    { first: 1_180, second: 1_000, limit: "5%", isHeld: true },
    { first: 1_200, second: 1_000, limit: "5%", isHeld: false },
    { first: 800, second: 1_000, limit: "5%", isHeld: false },
    { first: 1_060, second: 1_000, limit: "peaks=5%", isHeld: false },
    { first: 9, second: 5, limit: "5%", isHeld: true },
    { first: 9, second: 0, limit: "5%", isHeld: true },
    { first: 10, second: 0, limit: "5%", isHeld: false },
    { first: 0, second: 0, limit: "5%", isHeld: true },
    { first: 1, second: 0, limit: "peaks=5%", isHeld: false },
  ])("$limit on a peak of $first beside $second is held: $isHeld", ({ first, second, limit, isHeld }) => {
    const { limits: judged } = compared(fetching(first), fetching(second), limits(limit));

    const peak = judged.find(({ what }) => what === "peak of fetches")!;
    expect(peak.isHeld, peak.because).toBe(isHeld);
    expect(peak.because === "").toBe(isHeld);
  });

  test("without a name is on no level where a clock was compressed; one on peaks is on all of them", () => {
    const LEVELS = ["peak of nodesOnline", "peak of downloadsInFlight"];
    const judgedOf = (speed: number, text: string): readonly string[] => {
      const run = { ...result, clock: { ...result.clock, speed } };
      return compared(run, run, limits(text)).limits.map(({ what }) => what);
    };

    expect(judgedOf(1, "5%")).toEqual(expect.arrayContaining(LEVELS));
    expect(judgedOf(2, "peaks=5%")).toEqual(expect.arrayContaining(LEVELS));
    expect(judgedOf(2, "5%").filter((what) => what.startsWith("peak"))).toEqual([
      "peak of fetches",
      "peak of connects",
      "peak of downloadsStarted",
      "peak of statuses",
    ]);
  });

  test.each([
    ["5%", "peaks=2%"],
    ["peaks=2%", "5%"],
  ])("by name on peaks counts before one without a name: %s %s", (...texts) => {
    const judgedOf = compared(fetching(1_030), fetching(1_000), limits(...texts)).limits;

    const peaks = judgedOf.filter(({ on }) => on === "peaks");
    expect(peaks.every(({ share, chance }) => share === 0.02 && chance === 0)).toBe(true);
    expect(peaks.filter(({ what }) => what === "peak of fetches")).toMatchObject([{ isHeld: false }]);
    expect(judgedOf.find(({ on }) => on === "completion")?.share).toBe(0.05);
  });

  test("on peaks tells what chance was allowed besides", () => {
    const { limits: judged } = compared(fetching(1_800), fetching(1_000), limits("5%"));

    expect(judged.find(({ what }) => what === "peak of fetches")?.because).toBe(
      "peak of fetches lies apart by 80 %, and 5 % and 15.9 % for chance are allowed.",
    );
  });

  test.each(["peaks=20%", "outcomes=0%", "download=12.5%", "fetch_ack=400%"])("%s can be read", (text) => {
    expect(parseLimit(text)).toHaveLength(1);
  });

  test.each([
    ["", 'is ""'],
    ["5", 'is "5"'],
    ["-5%", 'is "-5%"'],
    ["=5%", 'is "=5%"'],
    ["completion", 'is "completion"'],
    ["completion=5", 'is "completion=5"'],
    ["1e3%", 'is "1e3%"'],
    ["compleation=5%", 'names "compleation"'],
    ["__proto__=5%", 'names "__proto__"'],
  ])("%j is refused", (text, seen) => {
    expect(parseLimit(text)).toMatchObject({ seen });
  });

  test("names the nearest word", () => {
    expect(parseLimit("compleation=5%")).toMatchObject({
      expected: expect.stringMatching(/^did you mean completion\?/),
    });
  });

  test("on the same thing counts as it was said last", () => {
    const { limits: judged } = compared(result, result, limits("5%", "completion=1%"));

    expect(judged.find(({ what }) => what === "completion p50")?.share).toBe(0.01);
    expect(judged.find(({ what }) => what === "outcome success")?.share).toBe(0.05);
  });
});

function limits(...texts: readonly string[]): readonly ComparisonLimit[] {
  return texts.flatMap((text) => {
    const parsed = parseLimit(text);
    if ("seen" in parsed) throw new Error(parsed.seen);
    return parsed;
  });
}

function beginning(driver: "live" | "virtual", start: string): ReturnType<typeof side> {
  return side({ ...result, clock: { ...result.clock, driver, start } });
}

function side(of: RunResult) {
  return { folder: "reports/x", result: of };
}

function compared(first: RunResult, second: RunResult, within: readonly ComparisonLimit[]): Comparison {
  return compareRuns(side(first), side(second), SAME, within);
}

/** The result with another completion. */
function completing(changes: Partial<MetricResult>): RunResult {
  const { metrics } = result;
  const completion = { ...metrics["completion"]!, p50: 100, p95: 1_000, ...changes };
  return { ...result, metrics: { ...metrics, completion } };
}

/** The result with so many fetches in the first ten seconds, and none later. */
function fetching(count: number): RunResult {
  const { timelines } = result;
  const fetches = timelines.fetches.map((_, bucket) => (bucket === 0 ? count : 0));
  return { ...result, timelines: { ...timelines, bucketUs: 10_000_000, fetches } };
}

function percentileOf(percentiles: Comparison["percentiles"], percentile: string) {
  return percentiles.find((row) => row.metric === "completion" && row.percentile === percentile);
}
