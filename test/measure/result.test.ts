import { Ajv2020 } from "ajv/dist/2020.js";
import { beforeAll, describe, expect, test } from "vitest";
import { HOUR_US, MINUTE_US, SECOND_US } from "../../src/base/instant.ts";
import { DROP_CAUSES } from "../../src/measure/event-record.ts";
import { readyHistograms } from "../../src/measure/histogram.ts";
import { computeResult } from "../../src/measure/result.ts";
import { RUN_RESULT, resultJsonSchema } from "../../src/measure/result-schema.ts";
import type { HealthSample, RunFacts } from "../../src/measure/run-facts.ts";
import type { RunResult } from "../../src/measure/run-result.ts";
import { type Threshold, parseThreshold } from "../../src/measure/threshold.ts";
import { type HandRecord, JOB_CREATED, NodeHistory, beliefs, factsOf, planOf, reduce, rollout } from "./history.ts";

beforeAll(readyHistograms);

describe("a run", () => {
  test("passes where everything holds, with no reason", () => {
    expect(runOf([updated(0), updated(1)])).toMatchObject({ verdict: "passed", reasons: [] });
  });

  test("that updated not one node says so, unless a threshold is on outcomes or somebody stopped it", () => {
    const asked = new NodeHistory(0, SECOND_US).connect();
    const remark = "Not one node was updated, and no threshold is on outcomes: the verdict says nothing of it.";
    const remarksOf = (facts: Partial<RunFacts>) => runOf([asked], facts).remarks;

    expect(remarksOf({})).toEqual([remark]);
    expect(remarksOf({ remarks: ["a cancel was late."] })).toEqual(["a cancel was late.", remark]);
    expect(remarksOf({ thresholds: thresholds("connect: p(50)<1s") })).toEqual([remark]);
    expect(remarksOf({ thresholds: thresholds("outcome.success: rate>0.9") })).toEqual([]);
    expect(remarksOf({ interruptedBecause: "it was interrupted" })).toEqual([]);
    expect(runOf([updated(0)]).remarks).toEqual([]);
  });

  test("fails where a threshold does not hold", () => {
    const result = runOf([updated(0), updated(1)], { thresholds: thresholds("completion: p(50)<1s") });

    expect(result.verdict).toBe("failed");
    expect(result.reasons[0]).toMatch(/^Threshold completion: p\(50\)<1s does not hold/);
  });

  test("fails where the backend calls a node a success that neither runs the image nor ever said so", () => {
    const result = runOf([updated(0), rolledBack(1)], { beliefs: [beliefs("success", "success")] });

    expect(result.verdict).toBe("failed");
    expect(result.truth).toMatchObject({ falseSuccess: 1, falseSuccessNodes: [1], misled: 0 });
    expect(result.truth.matrix.rolledBack.success).toBe(1);
    expect(result.reasons[0]).toMatch(/^False success/);
  });

  test("is incomplete where the backend's side could not be read: no false success would be seen", () => {
    const told = { expected: { beliefs: true, counters: true, healthOf: 0 }, backend: { fetches: 2 } };
    const sides = [
      { ...told, beliefs: [beliefs("success", "success")] },
      { ...told, beliefs: [undefined] },
      { ...told, beliefs: [] },
      { ...told, beliefs: [beliefs("success", "success")], backend: {} },
    ];

    expect(sides.map((side) => runOf([updated(0), updated(1)], side)).map((result) => result.reasons)).toEqual([
      [],
      ["What the backend has on record of job spring could not be read at the end."],
      ["What the backend has on record of job spring could not be read at the end."],
      ["The backend's own counters could not be read at the end."],
    ]);
    expect(runOf([updated(0), updated(1)], sides[1]).verdict).toBe("incomplete");
  });

  test("is incomplete where a worker told nothing of its health: it might have been the limit", () => {
    const told = { expected: { beliefs: false, counters: false, healthOf: 2 } };
    const health = { atWallMs: 1, loopDelayMaxMs: 1, loopLatenessMs: 0, cpuMs: 1, runQueueWaitMs: 0, sockets: 1 };

    const result = runOf([updated(0)], { ...told, health: [{ worker: 0, ...health }] });

    expect(result.verdict).toBe("incomplete");
    expect(result.reasons).toContain("Worker 1 told nothing of its health.");
  });

  test("does not fail where the node itself had said success before it fell back: the backend was misled", () => {
    const liar = new NodeHistory(1)
      .connect()
      .after(2 * SECOND_US)
      .fetch()
      .offer()
      .download();
    liar.report("success", "finished").reboot().rollBack().connect();

    const result = runOf([updated(0), liar], { beliefs: [beliefs("success", "success")] });

    expect(result.verdict).toBe("passed");
    expect(result.truth).toMatchObject({ falseSuccess: 0, misled: 1, misledNodes: [1] });
  });

  test("shows nodes whose success was acknowledged and is not on record as disbelieved, and no others", () => {
    const nodes = [updated(0), updated(1), updated(2), rolledBack(3)];
    const { truth } = runOf(nodes, { beliefs: [beliefs("success", "rejected", "unknown", "rejected")] });

    expect(truth).toMatchObject({ disbelieved: 1, unreported: 0, misled: 0, falseSuccess: 0 });
    expect(truth.matrix.success.rejected).toBe(1);
  });

  test("shows nodes that run the image and could not say so as unreported", () => {
    const silent = new NodeHistory(1)
      .connect()
      .after(2 * SECOND_US)
      .fetch()
      .offer()
      .download()
      .reboot()
      .connect();
    silent.add("confirmed", 0, 0).reportLost("success", "verified");

    const result = runOf([updated(0), silent], { beliefs: [beliefs("success", "in-progress")] });

    expect(result.truth.unreported).toBe(1);
    expect(result.outcomes.unreported).toBe(1);
    expect(result.truth.matrix.success).toMatchObject({ success: 1, "in-progress": 1 });
  });

  test("believes unknown, never success, where a backend was not asked", () => {
    expect(runOf([updated(0)]).truth.matrix.success).toMatchObject({ unknown: 1, success: 0 });
  });

  test("is invalid where nothing was tested", () => {
    const noTargets = { ...planOf(1), jobs: [] };
    const untested = computeResult(reduce(noTargets, []), factsOf());
    const allOffline = computeResult(reduce(planOf(2), [JOB_CREATED]), factsOf());
    const noOffer = runOf([new NodeHistory(0).connect().fetch()]);

    for (const { verdict, reasons } of [untested, allOffline, noOffer]) {
      expect(verdict).toBe("invalid");
      expect(reasons[0]).toMatch(/^Nothing was tested/);
    }
  });

  test("is invalid where a fault was drawn and never fired", () => {
    const drawn = updated(0).add("fault drawn", 1);
    const fired = updated(0).add("fault drawn", 1).add("fault fired", 1);

    expect(runOf([drawn])).toMatchObject({ verdict: "invalid", faults: { "lost-status": { drawn: 1, fired: 0 } } });
    expect(runOf([fired])).toMatchObject({ verdict: "passed", faults: { "lost-status": { drawn: 1, fired: 1 } } });
  });

  test("is invalid where the backend was to misbehave and never did, drawn or not", () => {
    const of = (drawn: number, fired: number) =>
      runOf([updated(0)], { backendFaults: { "lost-offers": { drawn, fired } } });

    expect(of(0, 0).reasons).toEqual([
      "The backend was to misbehave by lost-offers, which never took place: nothing was drawn for it.",
    ]);
    expect(of(3, 0).reasons[0]).toMatch(/lost-offers, which never took place: it was drawn 3 times/);
    expect(of(3, 0).verdict).toBe("invalid");
    expect(of(3, 1)).toMatchObject({
      verdict: "passed",
      faults: { "lost-offers": { of: "backend", drawn: 3, fired: 1 } },
    });
  });

  test("is invalid where a law is broken", () => {
    const result = runOf([updated(0)], { backend: { statusesReceived: 0 } });

    expect(result.verdict).toBe("invalid");
    expect(result.reasons[0]).toMatch(/^Law C8.statuses is broken/);
  });

  test("is incomplete where a worker was lost, and says which nodes", () => {
    const lostWorkers = [{ worker: 1, shard: 1, firstNode: 1, lastNode: 1, lostMs: 250 }];
    const result = runOf([updated(0), new NodeHistory(1).connect()], { lostWorkers });

    expect(result.verdict).toBe("incomplete");
    expect(result.reasons[0]).toBe("Worker 1 was lost with nodes 1 to 1; up to 250 ms of their records are missing.");
    expect(result.lost).toEqual({ workers: [1], nodeRanges: [[1, 1]], nodes: 1, lostMs: 250 });
    expect(result.outcomes.lost).toBe(1);
  });

  test("is incomplete where it was stopped, or a shard has no end mark", () => {
    expect(runOf([updated(0)], { interruptedBecause: "SIGINT" }).verdict).toBe("incomplete");
    expect(runOf([updated(0)], { shards: 2, endMarks: [] }).reasons).toContain(
      "The records of shard 1 have no end mark.",
    );
  });

  test("that was stopped names what is missing, and neither faults nor thresholds, which half a run does not meet", () => {
    const drawn = updated(0).add("fault drawn", 1);
    const result = runOf([drawn], {
      interruptedBecause: "stopped by Ctrl-C",
      thresholds: thresholds("completion: p(50)<1s"),
    });

    expect(result.reasons).toEqual(["The run was stopped before its end: stopped by Ctrl-C."]);
    expect(result.thresholds[0]?.verdict).toBe("cannot pass");
  });

  test("tells of one node as one node", () => {
    expect(runOf([updated(0).add("fault drawn", 1)]).reasons).toContain(
      "The fault lost-status was drawn for 1 node and never fired.",
    );
  });

  test("is judged by the gravest: incomplete before invalid before failed, and tells all reasons in that order", () => {
    const result = runOf([updated(0), rolledBack(1)], {
      interruptedBecause: "SIGINT",
      health: [health({ loopDelayMaxMs: 3_000 })],
      beliefs: [beliefs("success", "success")],
    });

    expect(result.verdict).toBe("incomplete");
    expect(result.reasons.map((reason) => reason.split(" ")[1])).toEqual(["run", "generator", "success:"]);
  });
});

test("plain links give no samples of TLS: a threshold on it cannot pass, and no lateness of it is told", () => {
  const plain = updated(0).records.map((record) => (record.kind === "connect parts" ? { ...record, b: 0 } : record));
  const state = reduce(planOf(1), [JOB_CREATED, ...plain]);

  const result = computeResult(state, factsOf({ thresholds: thresholds("connect_tls: max<1h") }));

  expect(result.metrics["connect_tls"]?.count).toBe(0);
  expect(result.metrics["connect_tcp"]?.count).toBeGreaterThan(0);
  expect(result.thresholds[0]?.verdict).toBe("cannot pass");
  expect(Object.keys(result.generator.lateness)).toEqual(expect.arrayContaining(["connect_tcp"]));
  expect(Object.keys(result.generator.lateness)).not.toContain("connect_tls");
  expect(result.laws.filter(({ verdict }) => verdict === "broken")).toEqual([]);
});

describe("the generator", () => {
  test.each([
    [1_000, "passed"],
    [1_001, "invalid"],
  ])("whose loop stood still for %i ms at once leaves the run %s", (loopDelayMaxMs, verdict) => {
    expect(runOf([updated(0)], { health: [health({}), health({ loopDelayMaxMs })] }).verdict).toBe(verdict);
  });

  test("that was late a little everywhere is not the limit of outcomes", () => {
    const samples = Array.from({ length: 60 }, () => health({ loopLatenessMs: 400, loopDelayMaxMs: 200 }));

    const { verdict, generator } = runOf([updated(0)], { health: samples });

    expect(verdict).toBe("passed");
    expect(generator.workers[0]).toMatchObject({ loopLatenessMs: 24_000, loopDelayMaxMs: 200 });
  });

  test.each(["no slot", "no port", "no file"] as const)(
    "that could not start for want of %s invalidates the run",
    (cause) => {
      const dropped = updated(0).add("start dropped", DROP_CAUSES.indexOf(cause));

      expect(runOf([dropped])).toMatchObject({ verdict: "invalid", generator: { verdict: "was the limit" } });
    },
  );

  test("that is late by no more than 5 ms, or 10 % of the metric's p99, leaves the metric valid", () => {
    expect(latenessOf(100_000, 10_000)).toMatchObject({ limitUs: 10_000, isValid: true });
    expect(latenessOf(100_000, 10_001)).toMatchObject({ isValid: false });
    expect(latenessOf(6_000, 5_000)).toMatchObject({ limitUs: 5_000, isValid: true });
    expect(latenessOf(6_000, 5_001)).toMatchObject({ isValid: false });
  });

  test("that was too late in a metric invalidates a run only where a threshold is on it", () => {
    const late = new NodeHistory(0)
      .connect()
      .after(2 * SECOND_US)
      .update();
    late.add("fetch sent", 0, 0, 90_000).add("fetch acked", 0, 0, 100_000, 90_000);

    const without = runOf([late], { thresholds: thresholds("completion: count>0") });
    const withOne = runOf([late], { thresholds: thresholds("fetch_ack: max<10s") });

    expect(without.metrics["fetch_ack"]).toMatchObject({ isValid: false });
    expect(without.verdict).toBe("passed");
    expect(withOne.verdict).toBe("invalid");
    expect(withOne.thresholds[0]).toMatchObject({ verdict: "cannot pass", actual: 100_000 });
  });
});

describe("a result", () => {
  test("keeps to its JSON Schema, and so does an empty one", () => {
    const validate = new Ajv2020({ strict: false }).compile(resultJsonSchema());
    const run = rollout(120);
    const full = computeResult(
      reduce(planOf(120), run.records),
      factsOf({
        backend: run.backend,
        beliefs: [run.beliefs],
        health: [health({})],
        endedAtUs: 2 * HOUR_US,
        thresholds: thresholds("completion: p(95)<9h"),
      }),
    );
    const empty = computeResult(reduce({ ...planOf(0), jobs: [] }, []), factsOf());

    for (const result of [full, empty]) {
      validate(JSON.parse(JSON.stringify(result)));
      expect(validate.errors).toBeNull();
      expect(RUN_RESULT.parse(result)).toEqual(result);
    }
  });

  test("is refused by its schema where a key is missing or a word is none of the list", () => {
    const validate = new Ajv2020({ strict: false }).compile(resultJsonSchema());
    const result = JSON.parse(JSON.stringify(runOf([updated(0)]))) as Record<string, unknown>;

    expect(validate({ ...result, verdict: "pass" })).toBe(false);
    expect(validate({ ...result, truth: undefined })).toBe(false);
  });

  test("has the stable keys first, in one order", () => {
    expect(Object.keys(runOf([updated(0)])).slice(0, 6)).toEqual([
      "schema",
      "version",
      "verdict",
      "reasons",
      "remarks",
      "scenario",
    ]);
  });

  test("sums its cohorts and zones to the whole", () => {
    const run = rollout(100);
    const { outcomes, cohorts, zones, jobs } = computeResult(reduce(planOf(100), run.records), factsOf());

    for (const parts of [cohorts, zones, jobs]) {
      expect(parts.reduce((sum, part) => sum + part.outcomes.success, 0)).toBe(outcomes.success);
      expect(parts.reduce((sum, part) => sum + part.outcomes.targeted, 0)).toBe(100);
    }
  });
});

describe("timelines", () => {
  test("count events by second, hold states, and end in what the outcomes say", () => {
    const run = rollout(80);
    const { timelines, outcomes } = computeResult(
      reduce(planOf(80, { endUs: 20 * MINUTE_US }), run.records),
      factsOf({ endedAtUs: 20 * MINUTE_US }),
    );

    expect(timelines.bucketUs).toBe(SECOND_US);
    expect(timelines.buckets).toBe(1_201);
    expect(timelines.nodesOnline).toHaveLength(1_201);
    expect(timelines.confirmed.at(-1)).toBe(outcomes.success);
    expect(timelines.rolledBack.at(-1)).toBe(outcomes.rolledBack);
    expect(timelines.downloadsInFlight.at(-1)).toBe(0);
    expect(Math.min(...timelines.downloadsInFlight, ...timelines.nodesOnline)).toBe(0);
    const sum = (column: readonly number[]) => column.reduce((total, count) => total + count, 0);
    expect(sum(timelines.connects)).toBe(run.backend.connections);
    expect(sum(timelines.bytes)).toBe(run.backend.imageBytesServed);
    expect(sum(timelines.statuses)).toBe(run.backend.statusesReceived);
  });

  test("count what is drained after an early end, in its next second and later, in their last bucket", () => {
    const ends = new NodeHistory(0, 9.5 * SECOND_US).connect();
    const drained = [10.5, 30].flatMap((second, at) => new NodeHistory(at + 1, second * SECOND_US).connect().records);

    const { timelines } = computeResult(
      reduce(planOf(4, { endUs: 20 * MINUTE_US }), [...ends.records, ...drained]),
      factsOf({ endedAtUs: 9.9 * SECOND_US }),
    );

    expect(timelines.connects).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 3]);
  });

  test("close with every outcome that is not open, those of a cancelled and of an expired job too", () => {
    const early = [0, 1].map((node) => updated(node));
    const cancelled = { ...JOB_CREATED, kind: "job cancelled", atUs: 600 * SECOND_US } as const;
    // One refused the offer's form before the cancel; its download never began.
    const malformed = new NodeHistory(2, 2 * SECOND_US).connect().fetch().offer().ends("no url", "failed");
    const records = [JOB_CREATED, ...early.flatMap((node) => node.records), ...malformed.records, cancelled];
    const at = (plan = planOf(6)) => computeResult(reduce(plan, records), factsOf({ endedAtUs: HOUR_US }));
    const closed = ({ timelines: all }: ReturnType<typeof at>, bucket: number) =>
      [all.confirmed, all.rolledBack, all.rejected, all.failed, all.bricked, all.expired, all.cancelled].map((column) =>
        column.at(bucket),
      );

    expect(at().outcomes).toMatchObject({ success: 2, cancelled: 4, failed: 0, unfinished: 0 });
    expect(closed(at(), -1)).toEqual([2, 0, 0, 0, 0, 0, 4]);
    expect(at().timelines.cancelled[Math.floor((600 * SECOND_US) / at().timelines.bucketUs) - 1]).toBe(0);
    expect(at().timelines.failed).toContain(1);

    const jobs = [{ name: "spring", targets: "all", validUntilUs: 300 * SECOND_US }] as const;
    const expiring = computeResult(reduce(planOf(6, { jobs }), records.slice(0, -1)), factsOf({ endedAtUs: HOUR_US }));
    expect(closed(expiring, -1)).toEqual([2, 0, 0, 1, 0, 3, 0]);
  });

  test("of long runs have coarser buckets, never more than 2,000", () => {
    for (const hours of [0.5, 1, 24, 72, 24 * 85]) {
      const plan = planOf(1, { endUs: hours * HOUR_US });
      const { timelines } = computeResult(reduce(plan, [JOB_CREATED]), factsOf({ endedAtUs: hours * HOUR_US }));
      expect(timelines.buckets).toBeLessThanOrEqual(2_000);
      expect(timelines.buckets).toBeGreaterThan(hours === 0.5 ? 1_000 : 500);
    }
  });
});

function updated(node: number): NodeHistory {
  return new NodeHistory(node)
    .connect()
    .after(2 * SECOND_US)
    .update();
}

function rolledBack(node: number): NodeHistory {
  return new NodeHistory(node)
    .connect()
    .after(2 * SECOND_US)
    .failedUpdate();
}

function runOf(histories: readonly NodeHistory[], facts: Partial<RunFacts> = {}): RunResult {
  const records: HandRecord[] = [JOB_CREATED, ...histories.flatMap((history) => history.records)];
  return computeResult(reduce(planOf(histories.length), records), factsOf(facts));
}

function latenessOf(latencyUs: number, latenessUs: number) {
  const life = updated(0);
  const late = life.records.map((record) =>
    record.kind === "fetch acked" ? { ...record, a: latencyUs, b: latenessUs } : record,
  );
  return computeResult(reduce(planOf(1), [JOB_CREATED, ...late]), factsOf()).generator.lateness["fetch_ack"];
}

function health(changes: Partial<HealthSample>): HealthSample {
  const quiet = {
    worker: 0,
    atWallMs: 0,
    loopDelayMaxMs: 12,
    loopLatenessMs: 3,
    cpuMs: 200,
    runQueueWaitMs: 5,
    sockets: 10,
  };
  return { ...quiet, ...changes };
}

function thresholds(...texts: readonly string[]): readonly Threshold[] {
  return texts.map((text) => {
    const [metric = "", expression = ""] = text.split(": ");
    return parseThreshold(metric, expression, { cohorts: [], zones: [], jobs: [] }) as Threshold;
  });
}
