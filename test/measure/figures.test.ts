import { beforeAll, describe, expect, test } from "vitest";
import { holds, parseCondition } from "../../src/measure/condition.ts";
import { spreadOf } from "../../src/measure/figure-spread.ts";
import { DEFAULT_FIGURES, defaultFigures, type FigureValue, parseFigure } from "../../src/measure/figures.ts";
import { computeResultAnd } from "../../src/measure/result.ts";
import { readyHistograms } from "../../src/measure/histogram.ts";
import { reportInput } from "../report/result-fixture.ts";
import { parseLeftSide } from "../../src/measure/left-side.ts";
import { factsOf, planOf, reduce, rollout } from "./history.ts";

beforeAll(readyHistograms);

const KNOWN = { cohorts: ["homes", "workshops"], zones: ["Europe/Berlin"], jobs: ["spring"] };

describe("figures", () => {
  test("are all there by default", () => {
    const staged = defaultFigures([{ name: "spring", release: "stoppable" }]);
    const several = defaultFigures(["spring", "patch"].map((name) => ({ name, release: "stoppable" })));

    for (const name of [...DEFAULT_FIGURES, ...staged, ...several])
      expect(parseFigure(name, { ...KNOWN, jobs: ["spring", "patch"] }), name).toMatchObject({ name });
    expect(staged.slice(0, 4)).toEqual([
      "rollout.stop.at",
      "rollout.released.rate",
      "rollout.hit.count",
      "rollout.wouldHit",
    ]);
    expect(several).toContain("rollout.stop.at{job:patch}");
    expect(several).toContain("completion{job:patch,population:reachable}.p(95)");
    expect(several).not.toContain("completion.p(95)");
  });

  test("of several jobs are of each of them, as a sum over updates says when none is done", () => {
    expect(parseFigure("completion{job:spring,population:reachable}.p(95)", KNOWN)).toMatchObject({
      title: "95 % of reachable nodes done, spring",
    });
    expect(parseFigure("rollout.hit{job:spring}.count", KNOWN)).toMatchObject({ title: "Hit before the stop, spring" });
    expect(parseFigure("completion{cohort:homes}.p(50)", KNOWN)).toMatchObject({
      title: "completion{cohort:homes}.p(50)",
    });
  });

  test("tell when a rule stopped a rollout, from its first batch on, and never where none fired", () => {
    const { result } = reportInput();
    const [job] = result.jobs;
    if (job === undefined) throw new Error("the fixture has a job");
    const stand = { released: 0, downloaded: 0, confirmed: 0, hit: 0, overtaken: 0, hitOnRecord: 0 };
    const jobAt = (name: string, createdAtUs: number, atUs: number | undefined) => {
      const stop = { stage: 0, reason: "failed", hitsOnRecord: 3, ofOnRecord: 9 } as const;
      const rollout = {
        stages: [],
        stop: atUs === undefined ? null : { ...stop, atUs },
        byThen: stand,
        atEnd: stand,
        wouldHit: atUs ?? null,
        wouldHitLater: 0,
      };
      return { ...job, name, createdAtUs, rollout };
    };
    const stopAt = (name: string, jobs: readonly (typeof job)[]) => {
      const figure = parseFigure(name, { ...KNOWN, jobs: ["a", "b"] });
      return "from" in figure && figure.from.kind === "result" ? figure.from.of({ ...result, jobs }) : undefined;
    };

    expect(stopAt("rollout.stop.at", [jobAt("a", 10, 70), jobAt("b", 30, 40)])).toBe(10);
    expect(stopAt("rollout.stop.at{job:a}", [jobAt("a", 10, 70), jobAt("b", 30, 40)])).toBe(60);
    expect(stopAt("rollout.stop.at{job:b}", [jobAt("a", 10, 70), jobAt("b", 30, undefined)])).toBe("not reached");
    expect(stopAt("rollout.stop.at", result.jobs)).toBe("not told");
    expect(stopAt("rollout.wouldHit", [jobAt("a", 10, 70), jobAt("b", 30, 40)])).toBe(110);
    expect(stopAt("rollout.wouldHit{job:b}", [jobAt("a", 10, 70), jobAt("b", 30, 40)])).toBe(40);
    expect(stopAt("rollout.wouldHit", [jobAt("a", 10, undefined)])).toBe("not told");
    expect(stopAt("rollout.wouldHit", [job])).toBe("not told");
  });

  test("tell on whose image the nodes end, and who ends as before: together all but the bricked", () => {
    const { result } = reportInput();
    const images = [
      { project: "p", version: "2.0.0", jobs: ["a"], nodes: 10 },
      { project: "p", version: "2.0.1", jobs: ["b", "c"], nodes: 60 },
      { project: "p", version: "1.0.0", jobs: [], nodes: 20 },
    ];
    const firmware = { images, others: 5, bricked: 5 };
    const shareOf = (name: string) => {
      const figure = parseFigure(name, { ...KNOWN, jobs: ["a", "b", "c"] });
      const populations = { ...result.populations, nodes: 100 };
      return "from" in figure && figure.from.kind === "result"
        ? figure.from.of({ ...result, firmware, populations })
        : undefined;
    };

    expect(["firmware{job:a}", "firmware{job:b}", "firmware{job:c}", "firmware.before"].map(shareOf)).toEqual([
      0.1, 0.6, 0.6, 0.25,
    ]);
  });

  test("are taken of a result as it is", () => {
    const { result } = reportInput();
    const valueOf = (name: string) => {
      const figure = parseFigure(name, KNOWN);
      return "from" in figure && figure.from.kind === "result" ? figure.from.of(result) : undefined;
    };
    const { outcomes, peaks } = result;

    expect(valueOf("failures")).toBe(outcomes.rolledBack + outcomes.rejected + outcomes.failed + outcomes.bricked);
    expect(valueOf("peak.downloads")).toBe(peaks.downloadsInFlight.count);
    expect(valueOf("peak.fetches")).toBe(peaks.fetches.count);
    expect(valueOf("cost")).toBe("not told");
  });

  test.each([
    ["completion.p(95)", "us"],
    ["completion{cohort:homes}.med", "us"],
    ["fetch_offer.count", "count"],
    ["outcome.success.rate", "share"],
    ["outcome.unfinished.neverOffered.count", "count"],
    ["truth.misled.rate", "share"],
  ])("may be the left side of a threshold: %s", (name, unit) => {
    expect(parseFigure(name, KNOWN)).toMatchObject({ name, unit, from: { kind: "threshold" } });
  });

  test.each([
    ["peak.fetch", "did you mean peak.fetches? must be one of peak.fetches"],
    ["", "must be one of peak.fetches"],
    ["completion", "must be one of peak.fetches"],
    ["compleation.p(95)", "did you mean completion?"],
    ["completion.rate", "must not be a rate: this metric is a duration"],
    ["completion.p(101)", "must ask for a percentile above 0 and up to 100"],
    ["completion{cohort:barns}.p(50)", "must name one of homes, workshops"],
    ["rollout.stops.at", "did you mean rollout.stop.at?"],
    ["rollout.stop.at{job:autumn}", "must name one of spring"],
    ["rollout.stop.at{cohort:homes}", "must be of a job, such as rollout.stop.at{job:spring}"],
    ["firmware", "must name a job, such as firmware{job:spring}"],
    ["cost{job:spring}", "must be without tags"],
  ])("%j is none", (name, expected) => {
    const mistakes = parseFigure(name, KNOWN);

    expect(mistakes).toHaveLength(1);
    expect("from" in mistakes ? "" : mistakes[0]?.expected).toContain(expected);
  });
});

test("values of left sides are those that thresholds are judged by, and change nothing of the result", () => {
  const texts = [
    "completion.p(95)",
    "completion{cohort:homes,population:reachable}.p(50)",
    "outcome.success.rate",
    "offer.max",
  ];
  const asked = texts.map((text) => parseLeftSide(text, KNOWN)).flatMap((one) => ("on" in one ? [one] : []));
  const state = reduce(planOf(120), rollout(120).records);

  const { result, values } = computeResultAnd(state, factsOf(), asked);
  const judged = computeResultAnd(state, factsOf({ thresholds: asked }), []).result;

  expect(values).toHaveLength(4);
  expect(values.map(({ value }) => (typeof value === "number" ? value : null))).toEqual(
    judged.thresholds.map(({ actual }) => actual),
  );
  const { completion, offer } = result.metrics;
  expect(values[0]?.doneShare).toBe((completion?.count ?? 0) / (completion?.size ?? 0));
  expect(values[0]?.doneShare).toBeLessThan(1);
  expect(values[2]?.doneShare).toBeNull();
  expect(values[3]?.doneShare).toBe((offer?.count ?? 0) / (offer?.size ?? 0));
  expect(result.thresholds).toEqual([]);
});

describe("conditions", () => {
  test.each([
    ["completion.p(95) < 6h", "completion.p(95)", "<", 6 * 3_600e6],
    ["completion{population:reachable}.p(95)<=90m", "completion{population:reachable}.p(95)", "<=", 90 * 60e6],
    ["outcome.success.rate >= 99%", "outcome.success.rate", ">=", 0.99],
    ["outcome.rolledBack.count == 0", "outcome.rolledBack.count", "==", 0],
    ["peak.downloads <= 5000", "peak.downloads", "<=", 5_000],
    ["peak.fetches < 120.5/s", "peak.fetches", "<", 120.5],
    ["egress < 2TB", "egress", "<", 2e12],
    ["peak.egress < 10MiB/s", "peak.egress", "<", 10 * 2 ** 20],
    ["cost < 2000", "cost", "<", 2_000],
    ["rollout.stop.at{job:spring} <= 36h", "rollout.stop.at{job:spring}", "<=", 36 * 3_600e6],
    ["rollout.released.rate < 20%", "rollout.released.rate", "<", 0.2],
    ["firmware{job:spring} > 99%", "firmware{job:spring}", ">", 0.99],
    ["firmware.before == 0", "firmware.before", "==", 0],
  ])("%s", (text, name, comparison, limit) => {
    expect(parseCondition(text, KNOWN)).toMatchObject({ figure: { name }, comparison, limit });
  });

  test.each([
    ["completion.p(95)", "must compare a figure with a limit"],
    ["completion.p(95) <", "must compare a figure with a limit"],
    ["completion.p(95) < 6", "must give the duration a unit"],
    ["cost < 20USD", "must compare cost with an amount without a currency"],
    ["peak.fetches < 100", "must compare peak.fetches with a rate such as 500/s"],
    ["peak.downloads < 1.5", "must compare peak.downloads with a whole number"],
    ["egress < 5", "must compare egress with a volume such as 20GiB"],
    ["egress < 5toString", "must compare egress with a volume such as 20GiB"],
    ["peak.egress < 5toString/s", "must compare peak.egress with a rate of bytes such as 100MB/s"],
    ["rollout.stop.at < 5constructor", "must compare rollout.stop.at with a duration such as 6h"],
    ["rollout.stop.at < 5", "must compare rollout.stop.at with a duration such as 6h"],
    ["firmware.before < 101%", "must compare firmware.before with a share such as 99%"],
    ["speed < 5", "must be one of peak.fetches"],
  ])("%j is none", (text, expected) => {
    const mistakes = parseCondition(text, KNOWN);

    expect("figure" in mistakes ? "" : mistakes[0]?.expected).toContain(expected);
  });

  test("hold up to their limit, never for what was not reached, and are open where there is no value", () => {
    const condition = parseCondition("completion.p(95) < 6h", KNOWN);
    if (!("figure" in condition)) throw new Error("it is a condition");

    expect(
      [6 * 3_600e6 - 1, 6 * 3_600e6, "not reached", "too few", "no samples"].map((value) =>
        holds(condition, value as number),
      ),
    ).toEqual([true, false, false, undefined, undefined]);
  });
});

describe("spreads", () => {
  test.each([
    [[3, 1, 2], 3],
    [["not reached", 2, 1], 3],
    [["too few", 5, 1], 2],
    [["too few", "not told", "no samples"], 0],
    [[5, 1], 2],
  ] as const)("of %j under three seeds say of how many they are: %i", (values, from) => {
    expect(spreadOf(plansOf(values), 3)).toMatchObject({ from, of: 3 });
  });

  test.each([
    [
      [3, 1, 2],
      [1, 2, 3],
    ],
    [
      [4, 1, 2, 3],
      [1, 2.5, 4],
    ],
    [[7], [7, 7, 7]],
    [
      [1, "not reached", 2],
      [1, 2, "not reached"],
    ],
    [
      [1, "not reached"],
      [1, "not reached", "not reached"],
    ],
    [
      ["too few", 5],
      [5, 5, 5],
    ],
    [
      ["too few", "too few"],
      ["too few", "too few", "too few"],
    ],
  ] as const)("of %j are %j", (values, [least, median, most]) => {
    expect(spreadOf(plansOf(values), values.length)).toMatchObject({ least, median, most });
  });

  test("say how far those came that did not reach it, and nothing of those that did", () => {
    const plans = [
      { value: 7, doneShare: 0.99 },
      { value: "not reached", doneShare: 0.9 },
      { value: "not reached", doneShare: 0.8 },
    ] as const;

    expect(spreadOf(plans, 3).doneAtEnd).toEqual({ least: 0.8, median: expect.closeTo(0.85, 9), most: 0.9 });
    expect(spreadOf(plans.slice(0, 1), 3).doneAtEnd).toBeNull();
    expect(spreadOf([{ value: "not reached", doneShare: null }], 3).doneAtEnd).toBeNull();
  });
});

function plansOf(values: readonly FigureValue[]) {
  return values.map((value) => ({ value, doneShare: null }));
}
