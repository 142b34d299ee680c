import { beforeAll, expect, test } from "vitest";
import { HOUR_US, SECOND_US } from "../../src/base/instant.ts";
import type { CostResult } from "../../src/measure/cost.ts";
import { hangingOnEnd } from "../../src/measure/end-influence.ts";
import { readyHistograms } from "../../src/measure/histogram.ts";
import { computeResult, computeResultAnd } from "../../src/measure/result.ts";
import type { DueBack } from "../../src/measure/run-end.ts";
import type { RunFacts } from "../../src/measure/run-facts.ts";
import type { RunState } from "../../src/measure/run-state.ts";
import { parseThreshold, type Threshold } from "../../src/measure/threshold.ts";
import type { Measured } from "../../src/measure/threshold-check.ts";
import { factsOf, JOB_CREATED, NodeHistory, planOf, reduce } from "./history.ts";

beforeAll(readyHistograms);

const KNOWN = { cohorts: ["homes", "workshops"], zones: ["Europe/Berlin", "Asia/Kolkata"], jobs: ["spring"] };

test("one of a thousand who comes back late changes no share that anybody reads, and nothing is told of it", () => {
  expect(remarkOf({ away: 1, back: 1 })).toBeUndefined();
  expect(remarkOf({ away: 4, back: 4 })).toBeUndefined();
  // Those who do not come back are as far away under `end: time`.
  expect(remarkOf({ away: 40, back: 4 })).toBeUndefined();
});

test("half a percent of all targets is told, with how much of their shares it is", () => {
  expect(remarkOf({ away: 40, back: 5 })).toMatch(
    /, and with it shares of all targets \(by up to 0\.5 %\): to compare/,
  );
});

test("in a live run, where nobody knows who comes back, all may who were never seen", () => {
  expect(remarkOf({ away: 4, back: undefined })).toBeUndefined();
  expect(remarkOf({ away: 5, back: undefined })).toContain("shares of all targets (by up to 0.5 %)");
});

test.each([
  ["a share that they lift over its limit", "outcome.success: rate>0.996", true],
  ["a share that is as far from its limit as it was", "outcome.success: rate>0.99", false],
  ["the share of a cohort of which they are", "outcome.success{cohort:workshops}: rate>0.992", true],
  ["the share of a cohort of which none was away", "outcome.success{cohort:homes}: rate<=1", false],
  ["a count that none of those who were seen is in", "outcome.bricked: count<1", false],
  ["a count of those who are away", "outcome.unfinished.neverOffered: count<4", true],
  ["a percentile that was reached without them", "completion: p(99)<1m", false],
  ["a percentile that is reached by them, in time", "completion: p(99.7)<3h", true],
  ["a percentile that is reached by them, too late", "completion: p(99.7)<30m", false],
  [
    "a percentile of the reachable, of whom they then are the last",
    "completion{population:reachable}: p(99.8)<30m",
    true,
  ],
  ["the same with a limit behind the end", "completion{population:reachable}: p(99.8)<3h", false],
  ["a percentile of samples", "connect: p(99)<1ms", false],
])("four of a thousand: %s", (_, threshold, isTold) => {
  // Whenever the run began, a duration counts from the job's start.
  for (const startsUs of [0, 10 * HOUR_US]) {
    const remark = remarkOf({ away: 4, back: 4, startsUs }, threshold);

    if (isTold) expect(remark).toContain(`, and with it the threshold ${threshold}: to compare, give end.when=time.`);
    else expect(remark).toBeUndefined();
  }
});

test("a run that ended with its time, or that somebody stopped, hangs on no chance, whoever was away", () => {
  const many = { away: 400, back: 400 };
  const threshold = "outcome.success: rate>0.9";

  expect(remarkOf(many, threshold)).toContain(threshold);
  for (const facts of [{ endedBecause: "end.after 1h is over" }, { interruptedBecause: "SIGINT" }])
    expect(hangingOf(factsOf({ ...facts, thresholds: parsed([threshold]), dueBack: backLater(400) }), 400)).toEqual([]);
});

test.each([
  ["as it was when it was stopped", true, "hit: count<998", false],
  ["which goes on, grows with them", false, "hit: count<998", true],
  ["whoever is there is released", false, "released: count<1001", false],
])("what a rollout in stages did, %s", (_, isStopped, threshold, isTold) => {
  const plan = planOf(1_000, {
    jobs: [{ name: "spring", targets: "all", stages: [{ name: "to 100 %", targets: 1_000 }] }],
  });
  const stop = { ...JOB_CREATED, kind: "rollout stopped", atUs: HOUR_US / 2, a: 1, b: 2 } as const;
  const released = Array.from({ length: 1_000 }, (__, node) => {
    return { ...JOB_CREATED, kind: "target released", node, atUs: SECOND_US } as const;
  });
  const hit = Array.from({ length: 996 }, (__, node) =>
    new NodeHistory(node)
      .connect()
      .after(2 * SECOND_US)
      .failedUpdate(),
  );
  const records = [
    JOB_CREATED,
    ...released,
    ...hit.flatMap((history) => history.records),
    ...(isStopped ? [stop] : []),
  ];
  const facts = factsOf({ thresholds: parsed([`rollout.${threshold}`]), dueBack: backLater(4) });
  const { remarks } = computeResult(reduce(plan, records), facts);

  expect(remarks.some((remark) => remark.includes(`the threshold rollout.${threshold}`))).toBe(isTold);
});

test("of several jobs, a duration counts from the start of those that had somebody away", () => {
  const targets = Uint8Array.from({ length: 1_000 }, () => 1);
  // Nobody who is away is a target of the second.
  for (const late of [996, 997, 998, 999]) targets[late] = 0;
  const plan = planOf(1_000, {
    jobs: [
      { name: "spring", targets: "all" },
      { name: "late", targets },
    ],
  });
  const lateJob = { ...JOB_CREATED, atUs: HOUR_US / 2, count: 1 };
  const records = [JOB_CREATED, lateJob, ...updated(4, 0).flatMap((history) => history.records)];
  const told = (threshold: string): boolean => {
    const facts = factsOf({ thresholds: parsed([threshold]), dueBack: backLater(4) });
    return computeResult(reduce(plan, records), facts).remarks.some((remark) => remark.includes(threshold));
  };

  expect(told("completion{job:spring}: p(99.7)<2h")).toBe(true);
  expect(told("completion{job:spring}: p(99.7)<45m")).toBe(false);
});

test("being connected for longer is told where the bill hangs on it", () => {
  const hanging = (lastAtUs: number, connections: number): readonly string[] =>
    hangingOnEnd({
      end: {
        rule: "settled",
        by: "settled",
        latestAtUs: 99 * HOUR_US,
        unseen: 1,
        dueBack: { targets: 1, firstAtUs: 2 * HOUR_US, lastAtUs },
      },
      endedAtUs: HOUR_US,
      outcomes: { targeted: 1_000, reachable: 999 },
      thresholds: [],
      measured: {} as Measured,
      cost: billOf(connections),
    });

  expect(hanging(11 * HOUR_US, 0.4), "ten times 0.4 % of the bill").toEqual([]);
  expect(hanging(11 * HOUR_US, 0.6)).toEqual(["the cost (by up to 6 %)"]);
  expect(hanging(2 * HOUR_US, 0.6)).toEqual([]);
});

/** A fleet of a thousand that was updated in an hour but for some who were away, and what is said of its end. */
function remarkOf(
  {
    away,
    back,
    startsUs = 0,
  }: { readonly away: number; readonly back: number | undefined; readonly startsUs?: number },
  ...thresholds: readonly string[]
): string | undefined {
  const dueBack = back === undefined ? undefined : backLater(back, startsUs);
  const facts = factsOf({ thresholds: parsed(thresholds), dueBack, endedAtUs: startsUs + HOUR_US });
  const { remarks } = computeResult(stateOf(away, startsUs), facts);
  return remarks.find((remark) => remark.startsWith("It ended after"));
}

/** What hangs on the end of the same fleet. */
function hangingOf(facts: RunFacts, away: number): readonly string[] {
  return computeResultAnd(stateOf(away, 0), facts, []).hanging;
}

function stateOf(away: number, startsUs: number): RunState {
  const records = updated(away, startsUs).flatMap((history) => history.records);
  return reduce(planOf(1_000), [{ ...JOB_CREATED, atUs: startsUs + JOB_CREATED.atUs }, ...records]);
}

function updated(away: number, startsUs: number): readonly NodeHistory[] {
  return Array.from({ length: 1_000 - away }, (_, node) =>
    new NodeHistory(node, startsUs)
      .connect()
      .after(2 * SECOND_US)
      .update(),
  );
}

function parsed(thresholds: readonly string[]): readonly Threshold[] {
  return thresholds.map((text) => {
    const at = text.lastIndexOf(": ");
    return parseThreshold(text.slice(0, at), text.slice(at + 2), KNOWN) as Threshold;
  });
}

function backLater(targets: number, startsUs = 0): DueBack {
  return { targets, firstAtUs: startsUs + 2 * HOUR_US, lastAtUs: startsUs + 3 * HOUR_US };
}

/** A bill of a hundred. */
function billOf(connections: number): CostResult {
  const lines = [
    { item: "egress", quantity: 1, amount: 100 - connections },
    { item: "connections", quantity: 1, amount: connections },
  ] as const;
  return { currency: "USD", isAssumed: true, total: 100, lines, besides: [] };
}
