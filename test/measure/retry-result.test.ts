import { beforeAll, expect, test } from "vitest";
import { readyHistograms } from "../../src/measure/histogram.ts";
import { merge } from "../../src/measure/reducer.ts";
import { computeResult } from "../../src/measure/result.ts";
import type { RunState } from "../../src/measure/run-state.ts";
import { factsOf, JOB_CREATED, NodeHistory, planOf, reduce } from "./history.ts";

beforeAll(readyHistograms);

test("a target that began its eleventh download and did not get there is told of, the tenth is not", () => {
  const ten = retriesOf(reduce(planOf(2), [JOB_CREATED, ...tries(0, 10).records, ...tries(1, 3).records]));
  const eleven = retriesOf(reduce(planOf(2), [JOB_CREATED, ...tries(0, 3).records, ...tries(1, 11).records]));

  expect(ten.retries).toMatchObject({ most: 10, mostNode: 0, mostJob: "spring", over: 0, overUndone: 0 });
  expect(ten.remarks).toEqual([]);
  expect(eleven.retries).toMatchObject({ most: 11, mostNode: 1, over: 1, overUndone: 1, brokenBytes: 14 * 5 });
  expect(eleven.remarks).toEqual([
    "1 target began more than 10 downloads and did not get there (the busiest of all, node 1 in job spring, 11): 100 % of all image bytes went to attempts that broke off. Nodes ask again as long as the backend offers.",
  ]);
});

test("who got there in the end is no remark, however often it tried", () => {
  const { retries, remarks } = retriesOf(reduce(planOf(1), [JOB_CREATED, ...tries(0, 20).update().records]));

  expect(retries).toMatchObject({ most: 21, over: 1, overUndone: 0 });
  expect(remarks).toEqual([]);
});

test("a target's downloads are counted to 255, and the sentence says that they may be more", () => {
  const { retries, remarks } = retriesOf(reduce(planOf(1), [JOB_CREATED, ...tries(0, 300).records]));

  expect(retries).toMatchObject({ most: 255, brokenBytes: 1_500 });
  expect(remarks[0]).toContain("node 0 in job spring, 255 or more");
});

test("shards merge to the same", () => {
  const [first, second] = [0, 1].map((node) => reduce(planOf(2), [JOB_CREATED, ...tries(node, 12 + node).records]));
  const whole = reduce(planOf(2), [JOB_CREATED, ...tries(0, 12).records, ...tries(1, 13).records]);

  expect(retriesOf(merge(first!, second!)).retries).toEqual(retriesOf(whole).retries);
});

/** So many downloads that broke off after five bytes. */
function tries(node: number, times: number): NodeHistory {
  const life = new NodeHistory(node).connect().fetch().offer();
  for (let time = 0; time < times; time++) life.download(5, "cut");
  return life;
}

function retriesOf(state: RunState) {
  const { retries, remarks } = computeResult(state, factsOf({ endRule: "time", thresholds: [] }));
  return {
    retries,
    remarks: remarks.filter((remark) => !remark.startsWith("Not one node") && !remark.startsWith("It ended")),
  };
}
