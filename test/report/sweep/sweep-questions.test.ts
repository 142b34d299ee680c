import { describe, expect, test } from "vitest";
import { HOUR_US, MINUTE_US } from "../../../src/base/instant.ts";
import type { FigureName, FigureValue } from "../../../src/measure/figures.ts";
import type { SweepResult, SweptKnob } from "../../../src/measure/sweep-result.ts";
import { figureRanges } from "../../../src/report/sweep/sweep-answers.ts";
import { sweepQuestions } from "../../../src/report/sweep/sweep-questions.ts";
import { planned, sweepOf } from "./sweep-fixture.ts";

const EGRESS: SweptKnob = {
  path: "cdn.egress",
  values: ["10Mbit/s", "30Mbit/s", "100Mbit/s"],
  sizes: [10, 30, 100],
};
const DONE = figure("completion{population:reachable}.p(95)", "95 % of reachable nodes done", "us");
const STOP = figure("rollout.stop.at", "Stopped after", "us");
const RELEASED = figure("rollout.released.rate", "Released before the stop", "share");
const HIT = figure("rollout.hit.count", "Hit before the stop", "count");
const FAILURES = figure("failures", "Failed updates", "count");

describe("what egress is needed", () => {
  test("is the least value that keeps every threshold, with what the next one breaks", () => {
    const answers = answersTo("What egress is needed?", EGRESS, [DONE], [[9], [3], [1]], [false, true, true]);

    expect(answers).toEqual([
      "cdn.egress: 30Mbit/s at least (passes at 30Mbit/s, 100Mbit/s; fails at 10Mbit/s; at 10Mbit/s completion p(95)<8h was not reached).",
    ]);
  });

  test("is told whatever the order in which values were given", () => {
    const turned = { ...EGRESS, values: ["100Mbit/s", "10Mbit/s", "30Mbit/s"], sizes: [100, 10, 30] };
    const [answer] = answersTo("What egress is needed?", turned, [DONE], [[1], [9], [3]], [true, false, true]);

    expect(answer).toMatch(/^cdn\.egress: 30Mbit\/s at least/);
  });

  test.each([
    [[true, true, false], "30Mbit/s at most"],
    [[true, true, true], "every value tried will do, --find looks beyond"],
    [[false, false, false], "no value tried will do"],
    [[true, false, true], "passes at 10Mbit/s, 100Mbit/s; fails at 30Mbit/s"],
  ])("where %j pass: %s", (passes, expected) => {
    const [answer] = answersTo("What egress is needed?", EGRESS, [DONE], [[1], [1], [1]], passes);

    expect(answer).toContain(`cdn.egress: ${expected}`);
  });

  test("is asked of other knobs in other words, and none is compared that has no numbers", () => {
    const knob = { path: "jobs.0.window", values: ["night", "day"] };

    expect(answersTo("Which values will do?", knob, [DONE], [[1], [1]], [true, false])).toEqual([
      "jobs.0.window: passes at night; fails at day.",
    ]);
  });

  test("says of values whose plans are not to be used why they are not", () => {
    const knobs = [{ path: "autofetch.every", values: ["1h", "12h"], sizes: [1, 12] }];
    const good = planned(1, "passed", [1, 2, 3]);
    const reasons = ["The fault brick was drawn for 2 nodes and never took place."];
    const runs = [
      { values: ["1h"], runs: [good] },
      { values: ["12h"], runs: [{ ...good, verdict: "invalid" as const, reasons }] },
    ];

    expect(sweepQuestions(sweepOf({ knobs, seeds: [1], planned: runs }))[0]?.answers[0]).toBe(
      "autofetch.every: passes at 1h; gives no usable numbers at 12h (The fault brick was drawn for 2 nodes and never took place).",
    );
  });

  test("comes with what the image servers sent at most, in the units of the knob", () => {
    const peak = figure("peak.egress", "Peak egress", "bytesPerSecond");
    const told = (knob: SweptKnob) =>
      answersTo("What egress is needed?", knob, [peak], [[1.25e6], [3.75e6], [12.5e6]], [true, true, true])[1];

    expect(told(EGRESS)).toBe(
      "The image servers sent at most 10 Mbit/s with cdn.egress 10Mbit/s, 30 Mbit/s with 30Mbit/s, 100 Mbit/s with 100Mbit/s.",
    );
    expect(told({ path: "cdn.egress", values: ["1MB/s", "3MB/s", "9MB/s"] })).toContain("1.25 MB/s with");
    expect(told({ path: "cdn.egress", values: ["1MiB/s", "3MiB/s", "9MiB/s"] })).toContain("1.19 MiB/s with");
  });

  test("says of it that it is an average, where nothing knows more of the image servers", () => {
    const peak = figure("peak.egress", "Peak egress", "bytesPerSecond");
    const knob = { path: "make.size", values: ["1MiB"] };

    expect(answersTo("Which values will do?", knob, [peak], [[1.25e6]], [true])[1]).toBe(
      "The image servers sent at most 1.19 MiB/s in every combination (where there is no model, on average over a step of the timeline: single seconds have more).",
    );
    const scenario = { name: "", about: "", nodes: 1, isModelled: true };
    const runs = [{ values: ["1MiB"], runs: [planned(1, "passed", [1.25e6])] }];
    const [answers] = sweepQuestions(sweepOf({ knobs: [knob], seeds: [1], figures: [peak], planned: runs, scenario }));
    expect(answers?.answers).toContain("The image servers sent at most 1.19 MiB/s in every combination.");
  });
});

describe("when 95 % are done", () => {
  const asked = "When are 95 % done, from the job's start on?";

  test("is told by value, or once where all agree", () => {
    const passes = [true, true, true];

    expect(answersTo(asked, EGRESS, [DONE], [[3 * HOUR_US], [HOUR_US], [9 * MINUTE_US]], passes)).toEqual([
      "95 % of reachable nodes done: 3 h with cdn.egress 10Mbit/s, 60 min with 30Mbit/s, 9 min with 100Mbit/s.",
    ]);
    expect(answersTo(asked, EGRESS, [DONE], [[3 * HOUR_US], [3 * HOUR_US], [3 * HOUR_US]], passes)).toEqual([
      "95 % of reachable nodes done: 3 h in every combination.",
    ]);
  });

  test("where it is not reached, says how far it came", () => {
    expect(answersTo(asked, EGRESS, [DONE], [["not reached"], [HOUR_US], [HOUR_US]], [true, true, true])).toEqual([
      "95 % of reachable nodes done: 60 min with cdn.egress 30Mbit/s, 100Mbit/s; not reached with cdn.egress 10Mbit/s: 91 % at the end.",
    ]);
  });
});

describe("a percentile that no combination reaches", () => {
  const asked = "When are 95 % done, from the job's start on?";
  const knobs: readonly SweptKnob[] = [EGRESS, { path: "autofetch.every", values: ["2h", "6h", "24h"] }];
  const shares: Readonly<Record<string, number>> = { "2h": 0.0172, "6h": 0.0105, "24h": 0.015 };
  const sweep = (of: readonly SweptKnob[]): SweepResult => {
    const all = of.reduce<string[][]>(
      (points, { values }) => points.flatMap((point) => values.map((value) => [...point, value])),
      [[]],
    );
    return sweepOf({
      knobs: of,
      seeds: [1, 2],
      figures: [DONE],
      planned: all.map((values) => ({
        values,
        runs: [1, 2].map((seed) =>
          planned(seed, "failed", ["not reached"], "completion", [(shares[values.at(-1) ?? ""] ?? 0) + seed * 1e-6]),
        ),
      })),
    });
  };
  const answers = (of: readonly SweptKnob[]): readonly string[] | undefined =>
    sweepQuestions(sweep(of)).find(({ question }) => question === asked)?.answers;

  test("is told as never, with how far it came, the most where most were done", () => {
    expect(answers(knobs)).toEqual([
      "95 % of reachable nodes done: never; 1.05 to 1.72 % were done at the end, the most with cdn.egress 10Mbit/s, autofetch.every 2h.",
    ]);
    expect(answers(knobs.slice(1))).toEqual([
      "95 % of reachable nodes done: never; 1.72 % at the end with autofetch.every 2h, 1.05 % at the end with 6h, 1.5 % at the end with 24h.",
    ]);
  });

  test("has the least share as its least", () => {
    expect(figureRanges(sweep(knobs.slice(1)))).toMatchObject([
      {
        least: "1.05 % at the end",
        leastAt: "autofetch.every 6h",
        most: "1.72 % at the end",
        mostAt: "autofetch.every 2h",
      },
    ]);
  });
});

describe("what happens if the image is bad", () => {
  const asked = "What happens if the image is bad?";
  const rule = { path: "stop.failed", values: ["1%", "2%", "5%"], sizes: [1, 2, 5] };

  test("says when the rule fires, who was released and who was hit by then, and where it never fires", () => {
    const rows: FigureValue[][] = [
      [2 * HOUR_US, 0.05, 7, 7],
      [12 * HOUR_US, 0.5, 60, 61],
      ["not reached", 1, 150, 150],
    ];

    expect(answersTo(asked, rule, [STOP, RELEASED, HIT, FAILURES], rows, [true, true, true])).toEqual([
      "The stop rule fires 2 to 12 h after the first batch with stop.failed 1%, 2%, when 5 to 50 % of its targets had been released and 7 to 60 nodes hit.",
      "The stop rule never fires with stop.failed 5%: 150 nodes were hit.",
      "Updates that ended rolled back, rejected, failed or bricked: 7 with stop.failed 1%, 61 with 2%, 150 with 5%.",
    ]);
  });

  test("says who was hit alone where nobody asked who had been released, and one node is one", () => {
    const rows: FigureValue[][] = [
      [2 * HOUR_US, 1],
      [2 * HOUR_US, 1],
      ["not reached", 1],
    ];

    expect(answersTo(asked, rule, [STOP, HIT], rows, [true, true, true])).toEqual([
      "The stop rule fires 2 h after the first batch with stop.failed 1%, 2%, when 1 node had been hit.",
      "The stop rule never fires with stop.failed 5%: 1 node was hit.",
    ]);
  });

  test("says of how many nodes these are, where a column has whom it would hit that nothing stops", () => {
    const would = figure("rollout.wouldHit", "Would be hit without a stop", "count");
    const rows: FigureValue[][] = [
      [2 * HOUR_US, 0.05, 7, 290],
      [12 * HOUR_US, 0.5, 60, 310],
      ["not reached", 1, 300, 300],
    ];

    expect(answersTo(asked, rule, [STOP, RELEASED, HIT, would], rows, [true, true, true])[0]).toBe(
      "The stop rule fires 2 to 12 h after the first batch with stop.failed 1%, 2%, when 5 to 50 % of its targets had been released and 7 to 60 nodes hit (of 290 to 310 if nothing stopped it).",
    );
  });

  test("counts as told what a sentence tells: of a rollout without a stop nobody says who was hit", () => {
    const jobs = [{ name: "spring", release: "in stages" as const }];
    const toldOf = (figures: readonly FigureName[]): readonly string[] | undefined => {
      const runs = [planned(1, "passed", [1, 1, 1, 1, 1])];
      const sweep = sweepOf({
        knobs: [{ path: "nodes", values: ["10"] }],
        figures,
        seeds: [1],
        planned: [{ values: ["10"], runs }],
        scenario: { name: "night", about: "", nodes: 100, jobs },
      });
      return sweepQuestions(sweep).find(({ question }) => question === asked)?.figures;
    };
    const share = figure("rollout.hit.rate", "Share hit before the stop", "share");

    expect(toldOf([HIT, FAILURES])).toEqual(["failures"]);
    expect(toldOf([STOP, RELEASED, HIT, share, FAILURES])).toEqual(
      [STOP, RELEASED, HIT, FAILURES].map(({ name }) => name),
    );
  });

  test("says how to see a rule at work that fires nowhere", () => {
    const rows = Array.from({ length: 3 }, (): FigureValue[] => ["not reached", 1, 0, 0]);

    expect(answersTo(asked, rule, [STOP, RELEASED, HIT], rows, [true, true, true])).toEqual([
      "The stop rule never fires in any combination: 0 nodes were hit.",
      "To see a rule at work, give the image a defect: image.make.defects=[{ fault: boot-loop, share: 10% }].",
    ]);
  });

  test("says so where no job has a rule, and nothing where nobody knows of any", () => {
    const rows = [[1], [2], [2]];
    const jobs = [{ name: "spring", release: "in stages" as const }];

    expect(answersTo(asked, rule, [FAILURES], rows, [true, true, true], jobs)).toEqual([
      "No job has a stop rule (rollout.stop), so nothing keeps a bad image from any target that can take it.",
      "Updates that ended rolled back, rejected, failed or bricked: 1 with stop.failed 1%, 2 with 2%, 2 with 5%.",
    ]);
    expect(answersTo(asked, rule, [FAILURES], rows, [true, true, true])).toEqual([]);
    expect(answersTo(asked, rule, [FAILURES], rows, [true, true, true], [])).toEqual([]);
  });
});

test("what nodes end on is told by the job whose image it is", () => {
  const knob = { path: "after", values: ["2h", "12h"], sizes: [2, 12] };
  const figures = [figure("firmware{job:hotfix}", "", "share"), figure("firmware.before", "", "share")];
  const rows = [
    [1, 0],
    [0.95, 0],
  ];

  expect(answersTo("What do nodes end on?", knob, figures, rows, [true, true])).toEqual([
    "The image of hotfix: 100 % with after 2h, 95 % with 12h.",
    "What they ran before: 0 % in every combination.",
  ]);
});

test("nothing is answered of a sweep of which nothing is planned yet", () => {
  const gone = [{ values: ["1"], runs: [{ seed: 1, missingBecause: "not planned yet" }] }];

  expect(sweepQuestions(sweepOf({ knobs: [{ path: "nodes", values: ["1"] }], planned: gone }))).toEqual([]);
});

function figure(name: string, title: string, unit: FigureName["unit"]): FigureName {
  return { name, title, unit, meaning: "" };
}

/** The answers of a sweep of one knob under one seed; 91 % are done where a figure was not reached. */
function answersTo(
  question: string,
  knob: SweptKnob,
  figures: readonly FigureName[],
  rows: readonly (readonly FigureValue[])[],
  passes: readonly boolean[],
  jobs?: readonly { name: string; release: "in stages" }[],
): readonly string[] {
  const shares = figures.map(({ name }) => (name.startsWith("completion") ? 0.91 : null));
  const runs = knob.values.map((value, place) => {
    const row = rows[place] ?? [];
    // The fixture's threshold is judged by the second figure, which is not there: it came to nothing.
    const run = planned(1, passes[place] === true ? "passed" : "failed", row, "completion", shares);
    return { values: [value], runs: [run] };
  });
  const scenario = { name: "night", about: "", nodes: 100, ...(jobs === undefined ? {} : { jobs }) };
  const sweep = sweepOf({ knobs: [knob], figures, seeds: [1], planned: runs, scenario });
  return sweepQuestions(sweep).find((each) => each.question === question)?.answers ?? [];
}
