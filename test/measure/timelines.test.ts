import { beforeAll, expect, test } from "vitest";
import { HOUR_US, SECOND_US } from "../../src/base/instant.ts";
import { readyHistograms } from "../../src/measure/histogram.ts";
import { computeResult } from "../../src/measure/result.ts";
import type { RunPlan } from "../../src/measure/run-plan.ts";
import { factsOf, JOB_CREATED, NodeHistory, planOf, reduce } from "./history.ts";

beforeAll(readyHistograms);

test("with several jobs each has a curve of its own targets, and all of them are that of the run", () => {
  const jobs = [
    { name: "release", targets: "all" },
    { name: "hotfix", targets: "all" },
  ] as const satisfies RunPlan["jobs"];
  const histories = [
    new NodeHistory(0)
      .after(HOUR_US)
      .add("confirmed", 0, 0)
      .after(2 * HOUR_US)
      .add("confirmed", 0, 1),
    new NodeHistory(1).after(2 * HOUR_US).add("confirmed", 0, 1),
  ];
  const records = [JOB_CREATED, { ...JOB_CREATED, count: 1 }, ...histories.flatMap((history) => history.records)];

  const { timelines, jobs: results } = computeResult(
    reduce(planOf(4, { jobs }), records),
    factsOf({ endedAtUs: 4 * HOUR_US }),
  );

  const at = (column: readonly number[] | undefined, us: number) => column?.[Math.floor(us / timelines.bucketUs)];
  const [release, hotfix] = results.map(({ confirmed }) => confirmed);
  const moments = [HOUR_US - SECOND_US, HOUR_US, 2 * HOUR_US, 3 * HOUR_US];
  expect(moments.map((us) => at(release, us))).toEqual([0, 1, 1, 1]);
  expect(moments.map((us) => at(hotfix, us))).toEqual([0, 0, 1, 2]);
  expect(timelines.confirmed).toEqual(release?.map((count, bucket) => count + (hotfix?.[bucket] ?? 0)));
});

test("of one job the curve is that of the run, and told once", () => {
  const { jobs } = computeResult(reduce(planOf(2), [JOB_CREATED]), factsOf());

  expect(jobs.map(({ confirmed }) => confirmed)).toEqual([undefined]);
});
