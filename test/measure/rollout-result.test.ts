import { beforeAll, expect, test } from "vitest";
import { HOUR_US, SECOND_US } from "../../src/base/instant.ts";
import { readyHistograms } from "../../src/measure/histogram.ts";
import { emptyState, merge } from "../../src/measure/reducer.ts";
import { rolloutResult } from "../../src/measure/rollout-result.ts";
import { computeResult } from "../../src/measure/result.ts";
import type { RunPlan } from "../../src/measure/run-plan.ts";
import { beliefs, factsOf, type HandRecord, JOB_CREATED, NodeHistory, planOf, reduce } from "./history.ts";

beforeAll(readyHistograms);

/** Six nodes: two in the first stage, four in the second. */
const PLAN: RunPlan = planOf(6, {
  jobs: [
    {
      name: "spring",
      targets: "all",
      stages: [
        { name: "to 30%", targets: 2 },
        { name: "to 100%", targets: 4 },
      ],
    },
  ],
});

test("a stage is released with its first and last target, and done with the end of the last", () => {
  const records = [
    released(0, 0, SECOND_US),
    released(1, 0, 2 * SECOND_US),
    ...life(0).update().records,
    ...life(1).failedUpdate().records,
  ];

  const [first, second] = resultOf(records)!.stages;

  expect(first).toMatchObject({
    targets: 2,
    released: 2,
    firstReleasedAtUs: SECOND_US,
    lastReleasedAtUs: 2 * SECOND_US,
    confirmed: 1,
    hit: 1,
  });
  expect(first!.doneAtUs).toBe(records.find(({ kind }) => kind === "rolled back")!.atUs);
  expect(second).toMatchObject({
    targets: 4,
    released: 0,
    firstReleasedAtUs: null,
    doneAtUs: null,
    confirmed: 0,
    hit: 0,
  });
});

test("who had been released, had downloaded and had been hit is told as of the stop, and again as of the end", () => {
  const late = life(2, 2 * HOUR_US).failedUpdate().records;
  const stop: HandRecord = { ...JOB_CREATED, kind: "rollout stopped", atUs: HOUR_US, detail: 0, a: 1, b: 2 };
  const records = [
    ...[0, 1, 2].map((node) => released(node, node === 2 ? 1 : 0, SECOND_US)),
    ...life(0).update().records,
    ...life(1).failedUpdate().records,
    stop,
    { ...JOB_CREATED, kind: "job cancelled", atUs: HOUR_US } as const,
    ...late,
  ];

  const rollout = resultOf(records)!;

  expect(rollout.stop).toEqual({ atUs: HOUR_US, stage: 1, reason: "failed", hitsOnRecord: 1, ofOnRecord: 2 });
  expect(rollout.byThen).toEqual({ released: 3, downloaded: 2, confirmed: 1, hit: 1, overtaken: 0, hitOnRecord: 1 });
  expect(rollout.atEnd).toMatchObject({ released: 3, downloaded: 3, confirmed: 1, hit: 2 });
});

test("a bricked node is hit if it was released, and one that was not is none of the rollout's", () => {
  const records = [released(0, 0, SECOND_US), ...life(0).add("bricked").records, ...life(1).add("bricked").records];

  expect(resultOf(records)!.atEnd).toMatchObject({ released: 1, hit: 1 });
});

test("who refuses the image comes to an end and is not hit; the backend's word for it counts as one all the same", () => {
  const records = [
    released(0, 0, SECOND_US),
    released(1, 0, SECOND_US),
    ...life(0).fetch().offer().ends("project mismatch", "rejected").records,
    ...life(1).update().records,
  ];

  const rollout = resultOf(records, beliefs("rejected", "success", "none", "none", "none", "none"))!;

  expect(rollout.stages[0]).toMatchObject({ hit: 0, confirmed: 1 });
  expect(rollout.stages[0]!.doneAtUs).not.toBeNull();
  expect(rollout.byThen).toMatchObject({ hit: 0, hitOnRecord: 1 });
});

test("whom a second offer before its reboot rolled back was not hit by the image, until it is", () => {
  const overtaken = (node: number) => {
    const second = life(node)
      .fetch()
      .offer()
      .download(1_000, "complete")
      .add("image applied")
      .add("download started", 1);
    return second
      .add("powered off")
      .after(8 * SECOND_US)
      .add("rolled back")
      .connect()
      .report("rejected", "rolled back");
  };
  const records = [
    ...[0, 1].map((node) => released(node, 0, SECOND_US)),
    ...overtaken(0).records,
    ...overtaken(1).after(HOUR_US).failedUpdate().records,
    { ...JOB_CREATED, kind: "rollout stopped", atUs: HOUR_US / 2, detail: 0, a: 2, b: 2 } as const,
  ];

  const rollout = resultOf(records, beliefs("rejected", "rejected", "none", "none", "none", "none"))!;

  expect(rollout.byThen).toMatchObject({ hit: 0, overtaken: 2, hitOnRecord: 2 });
  expect(rollout.atEnd).toMatchObject({ hit: 1, overtaken: 1, hitOnRecord: 2 });
  expect(rollout.stages[0]).toMatchObject({
    hit: 1,
    doneAtUs: records.findLast(({ kind }) => kind === "rolled back")!.atUs,
  });
});

test("an offer before its node was released breaks a law, which other runs do not have", () => {
  const late = { ...released(0, 0, HOUR_US) };
  const early = computeResult(reduce(PLAN, [JOB_CREATED, ...life(0).update().records, late]), factsOf());
  const right = computeResult(
    reduce(PLAN, [JOB_CREATED, released(0, 0, SECOND_US), ...life(0).update().records]),
    factsOf(),
  );
  const plain = computeResult(reduce(planOf(6), [JOB_CREATED, ...life(0).update().records]), factsOf());

  expect(early.laws.find(({ id }) => id === "C13")).toMatchObject({ verdict: "broken", left: 1, right: 0 });
  expect(right.laws.find(({ id }) => id === "C13")).toMatchObject({ verdict: "held" });
  expect(plain.laws.find(({ id }) => id === "C13")).toBeUndefined();
  expect(plain.jobs[0]!.rollout).toBeUndefined();
});

test("states of different shards merge into the same rollout", () => {
  const operator = [JOB_CREATED, ...[0, 1].map((node) => released(node, 0, SECOND_US))];
  const whole = reduce(PLAN, [...operator, ...life(0).update().records, ...life(1).failedUpdate().records]);
  const one = reduce(PLAN, [...operator, ...life(0).update().records]);
  const other = reduce(PLAN, [...operator, ...life(1).failedUpdate().records]);

  for (const merged of [merge(one, other), merge(other, one), merge(emptyState(PLAN), merge(one, other))])
    expect(rolloutResult(merged, factsOf(), 0)).toEqual(rolloutResult(whole, factsOf(), 0));
});

test("what the timeline did is told in the order of time, and of hostile records nothing", () => {
  const act = (detail: number, count: number, a: number, b: number): HandRecord => ({
    ...JOB_CREATED,
    kind: "operator acted",
    detail,
    count,
    a,
    b,
  });
  const { operator } = computeResult(
    reduce(PLAN, [JOB_CREATED, act(0, 0, 1, 0), act(5, 0xffff, 2, 99), act(3, 0, 2, 5), act(200, 0, 3, 0)]),
    factsOf(),
  );

  expect(operator).toEqual([
    { atUs: SECOND_US, act: "start", job: "spring", entry: 1, effect: "done" },
    { atUs: SECOND_US, act: "restart", job: null, entry: 2, effect: "done" },
    { atUs: SECOND_US, act: "cancel", job: "spring", entry: 2, effect: "was over" },
  ]);
});

function life(node: number, atUs = 3 * SECOND_US): NodeHistory {
  return new NodeHistory(node, atUs).add("released").connect();
}

function released(node: number, stage: number, atUs: number): HandRecord {
  return { kind: "target released", node, atUs, detail: stage, count: 0, a: 0, b: 0 };
}

function resultOf(records: readonly HandRecord[], believed?: Uint8Array) {
  const state = reduce(PLAN, [JOB_CREATED, ...records]);
  return rolloutResult(state, { beliefs: [believed] }, 0);
}
