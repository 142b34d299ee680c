import { beforeAll, expect, test } from "vitest";
import { HOUR_US, SECOND_US } from "../../src/base/instant.ts";
import type { CostResult } from "../../src/measure/cost.ts";
import { hangingOnEnd } from "../../src/measure/end-influence.ts";
import { readyHistograms } from "../../src/measure/histogram.ts";
import { computeResult } from "../../src/measure/result.ts";
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
  ["the share of a cohort of which none was away", "outcome.success{cohort:homes}: rate>=1", false],
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
  const remark = remarkOf({ away: 4, back: 4 }, threshold);

  if (isTold) expect(remark).toContain(`, and with it the threshold ${threshold}: to compare, give end.when=time.`);
  else expect(remark).toBeUndefined();
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
  { away, back }: { readonly away: number; readonly back: number | undefined },
  ...thresholds: readonly string[]
): string | undefined {
  const histories = Array.from({ length: 1_000 - away }, (_, node) =>
    new NodeHistory(node)
      .connect()
      .after(2 * SECOND_US)
      .update(),
  );
  const state = reduce(planOf(1_000), [JOB_CREATED, ...histories.flatMap(({ records }) => records)]);
  const parsed = thresholds.map((text) => {
    const at = text.lastIndexOf(": ");
    return parseThreshold(text.slice(0, at), text.slice(at + 2), KNOWN) as Threshold;
  });
  const dueBack = back === undefined ? undefined : { targets: back, firstAtUs: 2 * HOUR_US, lastAtUs: 3 * HOUR_US };
  const { remarks } = computeResult(state, factsOf({ thresholds: parsed, dueBack }));
  return remarks.find((remark) => remark.startsWith("It ended after"));
}

/** A bill of a hundred. */
function billOf(connections: number): CostResult {
  const lines = [
    { item: "egress", quantity: 1, amount: 100 - connections },
    { item: "connections", quantity: 1, amount: connections },
  ] as const;
  return { currency: "USD", isAssumed: true, total: 100, lines, besides: [] };
}
