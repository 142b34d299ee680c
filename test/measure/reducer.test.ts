import { beforeAll, describe, expect, test } from "vitest";
import { HOUR_US, MILLISECOND_US, SECOND_US } from "../../src/base/instant.ts";
import { BOOT_STATES } from "../../src/measure/event-record.ts";
import { readyHistograms } from "../../src/measure/histogram.ts";
import { progressOf } from "../../src/measure/progress.ts";
import { BatchWriter, type RecordBatch } from "../../src/measure/record-batch.ts";
import { kindNumber } from "../../src/measure/record-codec.ts";
import { addBatch, addRecord, emptyState, merge } from "../../src/measure/reducer.ts";
import { computeResult } from "../../src/measure/result.ts";
import type { RunState } from "../../src/measure/run-state.ts";
import { type HandRecord, JOB_CREATED, NodeHistory, factsOf, planOf, reduce, rollout } from "./history.ts";

beforeAll(readyHistograms);

const NODES = 300;

describe("a reduction", () => {
  test.each([1, 2, 7, 64])("over %i shards merges into the result of one, whatever the order of merging", (shards) => {
    const run = rollout(NODES);
    const facts = factsOf({ backend: run.backend, beliefs: [run.beliefs], endedAtUs: 2 * HOUR_US });
    const whole = JSON.stringify(computeResult(reduce(planOf(NODES), run.records), facts));
    const parts = Array.from({ length: shards }, (_, shard) =>
      reduce(planOf(NODES), [JOB_CREATED, ...run.byNode.filter((_, node) => node % shards === shard).flat()]),
    );

    const empty = emptyState(planOf(NODES));
    const forward = parts.reduce((merged, part) => merge(merged, part), empty);
    const backward = parts.reduceRight((merged, part) => merge(part, merged), empty);
    const inPairs = mergeInPairs(parts);

    expect(JSON.stringify(computeResult(forward, facts))).toBe(whole);
    expect(JSON.stringify(computeResult(backward, facts))).toBe(whole);
    expect(JSON.stringify(computeResult(inPairs, facts))).toBe(whole);
    expect(progressOf(forward)).toEqual(progressOf(reduce(planOf(NODES), run.records)));
  });

  test("does not depend on how the shards' batches interleave", () => {
    const run = rollout(NODES);
    const shards = [0, 1, 2].map((shard) =>
      batchesOf(shard, run.byNode.filter((_, node) => node % 3 === shard).flat()),
    );
    const inTurn = emptyState(planOf(NODES));
    const oneByOne = emptyState(planOf(NODES));
    for (const state of [inTurn, oneByOne]) reduceInto(state, [JOB_CREATED]);

    for (const batch of shards.flat()) addBatch(oneByOne, batch);
    for (let turn = 0; turn < 1_000; turn++) {
      for (const batches of shards) if (batches[turn] !== undefined) addBatch(inTurn, batches[turn]!);
    }

    const facts = factsOf({ endedAtUs: 2 * HOUR_US });
    expect(JSON.stringify(computeResult(inTurn, facts))).toBe(JSON.stringify(computeResult(oneByOne, facts)));
  });

  test("takes a batch that comes twice once, and counts one that is missing", () => {
    const batches = batchesOf(0, rollout(3).byNode.flat());
    const state = emptyState(planOf(3));

    for (const batch of [batches[0]!, batches[0]!, batches[2]!]) addBatch(state, batch);

    const { records, missing, repeated } = state.shards.of(0);
    expect({ records, missing, repeated }).toEqual({ records: 20, missing: 1, repeated: 1 });
  });

  test("counts records of nodes and jobs that the plan does not have, and drops them", () => {
    const state = emptyState(planOf(2));

    addRecord(state, kindNumber("connected"), 2, 0, 0, 0, 1, 0);
    addRecord(state, kindNumber("confirmed"), 0, 0, 0, 1, 1, 0);
    addRecord(state, 255, 0, 0, 0, 0, 1, 0);

    expect(state.unknownRecords).toBe(3);
  });

  test("computes the same bytes twice, and the state stays as it is", () => {
    const run = rollout(50);
    const state = reduce(planOf(50), run.records);

    const first = JSON.stringify(computeResult(state, factsOf()));

    expect(JSON.stringify(computeResult(state, factsOf()))).toBe(first);
  });
});

describe("durations", () => {
  test("are told from the intended start: a stall is in the samples of all who waited for it", () => {
    // A server stands still for 3 s while fetches are due each 100 ms: from the moment of sending, 30 of them would
    // look fast, because the generator itself was held up. From the moment they were due, none does.
    const life = new NodeHistory(0).connect();
    for (let due = 0; due < 100; due++) {
      const latencyUs = due < 30 ? 3 * SECOND_US - due * 100 * MILLISECOND_US : 5 * MILLISECOND_US;
      life.add("fetch sent", 0, 0, 0).add("fetch acked", 0, 0, latencyUs, 0);
    }

    const { fetch_ack } = computeResult(reduce(planOf(1), life.records), factsOf()).metrics;

    // Q(p) = P - (1 - p) T where the pause P = 3 s lies in T = 10 s: 2 s at p90 and 2.9 s at p99.
    expect(Math.abs((fetch_ack?.p90 as number) - 2 * SECOND_US)).toBeLessThan(110 * MILLISECOND_US);
    expect(Math.abs((fetch_ack?.p99 as number) - 2.9 * SECOND_US)).toBeLessThan(110 * MILLISECOND_US);
    expect(fetch_ack?.max).toBe(3 * SECOND_US);
  });

  test("of fleet time are composed: a second of waiting at speed 600 is a second, not ten minutes", () => {
    const plan = planOf(1, { speed: 600 });
    const life = new NodeHistory(0).connect().after(10 * SECOND_US);
    life.waitedUs = 50 + 500;
    life
      .add("fetch sent")
      .after(600 * SECOND_US)
      .add("fetch acked", 0, 0, SECOND_US);
    life.waitedUs += SECOND_US;
    life
      .offer()
      .after(3_600 * SECOND_US)
      .download();
    const createdAtUs = JOB_CREATED.atUs;

    const { metrics } = computeResult(reduce(plan, [JOB_CREATED, ...life.records]), factsOf());

    const offeredRawUs = life.records.find(({ kind }) => kind === "offer received")!.atUs - createdAtUs;
    expect(metrics["offer"]?.raw?.max).toBe(offeredRawUs);
    // The connect took 30 ms of fleet time, so 50 us of wall time: they came before the job, the other 500 us after.
    expect(metrics["offer"]?.max).toBe(offeredRawUs - 599 * (SECOND_US + 500));
    expect(metrics["wait"]?.max).toBe(3_600 * SECOND_US);
    expect(metrics["offer"]).toMatchObject({ isValid: false, invalidBecause: expect.stringContaining("compressed") });
    expect(metrics["wait"]).toMatchObject({ isValid: true, compression: 1 });
  });

  test("count no wait from before the job was created", () => {
    const plan = planOf(1, { speed: 600 });
    const life = new NodeHistory(0).connect();
    life.waitedUs = 5 * SECOND_US;
    life
      .add("report made", 0, 0)
      .after(100 * SECOND_US)
      .offer();

    const { metrics } = computeResult(reduce(plan, [JOB_CREATED, ...life.records]), factsOf());

    expect(metrics["offer"]?.max).toBe(metrics["offer"]?.raw?.max);
  });

  test("count a wait from before the job, of which no step of life told, as none of the job's", () => {
    const life = new NodeHistory(0)
      .after(SECOND_US / 2)
      .add("dialled")
      .add("connected", 0, 0, 700, 0);
    life.waitedUs = 700;
    life.after(3_600 * SECOND_US).offer();

    const { metrics } = computeResult(reduce(planOf(1, { speed: 600 }), [JOB_CREATED, ...life.records]), factsOf());

    expect(metrics["offer"]?.max).toBe(3_600 * SECOND_US - SECOND_US / 2);
  });

  test("count nothing of the ramp, while fleet time stands still and no wait is told", () => {
    const life = new NodeHistory(0)
      .add("dialled")
      .add("connected", 0, 0, 2 * SECOND_US, 0)
      .after(SECOND_US);
    life.waitedUs = 1_000;
    life.after(3_600 * SECOND_US).offer();

    const { metrics } = computeResult(reduce(planOf(1, { speed: 600 }), [JOB_CREATED, ...life.records]), factsOf());

    expect(metrics["offer"]?.max).toBe(3_600 * SECOND_US - 599 * 1_000);
  });

  test("of reboot and self-test overlap: applied to connected, first boot to confirmed", () => {
    const life = new NodeHistory(0).connect().after(SECOND_US).fetch().offer().download();
    life
      .add("image applied", 0, 0)
      .after(10 * SECOND_US)
      .add("powered off")
      .after(SECOND_US);
    life
      .add("booted", BOOT_STATES.indexOf("pending-verify"), 0)
      .after(2 * SECOND_US)
      .connect(MILLISECOND_US * 50);
    life.after(SECOND_US).add("confirmed", 0, 0);

    const { metrics } = computeResult(reduce(planOf(1), [JOB_CREATED, ...life.records]), factsOf());

    expect(metrics["reboot"]?.max).toBe(13 * SECOND_US + 50 * MILLISECOND_US);
    expect(metrics["self_test"]?.max).toBe(3 * SECOND_US + 50 * MILLISECOND_US);
    expect(metrics["download"]?.max).toBe(10 * SECOND_US + MILLISECOND_US);
    expect(metrics["wait"]?.max).toBe(0);
  });

  test("are kept by cohort too, and a node's silence is never sampled", () => {
    const life = new NodeHistory(0).connect().fetch();

    const { metrics } = computeResult(reduce(planOf(4), [JOB_CREATED, ...life.records]), factsOf());

    expect(metrics["connect"]?.cohorts["homes"]?.count).toBe(1);
    expect(metrics["connect"]?.cohorts["workshops"]?.count).toBe(0);
    expect(metrics["fetch_offer"]?.count).toBe(0);
  });
});

function mergeInPairs(states: readonly RunState[]): RunState {
  if (states.length === 1) return merge(emptyState(planOf(NODES)), states[0]!);
  const half = Math.ceil(states.length / 2);
  return merge(mergeInPairs(states.slice(half)), mergeInPairs(states.slice(0, half)));
}

function batchesOf(shard: number, records: readonly HandRecord[]): RecordBatch[] {
  const writer = new BatchWriter("run", shard);
  const batches: RecordBatch[] = [];
  records.forEach(({ kind, node, atUs, detail, count, a, b }, index) => {
    writer.record(kindNumber(kind), node, atUs, detail, count, a, b);
    if (index % 10 === 9) batches.push(writer.flush());
  });
  return [...batches, writer.flush()];
}

function reduceInto(state: RunState, records: readonly HandRecord[]): void {
  for (const { kind, node, atUs, detail, count, a, b } of records) {
    addRecord(state, kindNumber(kind), node, atUs, detail, count, a, b);
  }
}
