import { beforeAll, describe, expect, test } from "vitest";
import { HOUR_US, SECOND_US } from "../../src/base/instant.ts";
import type { RecordKind } from "../../src/measure/event-record.ts";
import { readyHistograms } from "../../src/measure/histogram.ts";
import { BatchWriter, type EndMark } from "../../src/measure/record-batch.ts";
import { kindNumber } from "../../src/measure/record-codec.ts";
import { addBatch, addRecord, emptyState } from "../../src/measure/reducer.ts";
import { computeResult } from "../../src/measure/result.ts";
import type { RunFacts } from "../../src/measure/run-facts.ts";
import { type HandRecord, JOB_CREATED, factsOf, planOf, reduce, rollout } from "./history.ts";

beforeAll(readyHistograms);

const NODES = 200;

describe("the laws", () => {
  test("hold in a run whose every record is there", () => {
    const laws = lawsOf((records) => records);

    expect(laws.filter(({ verdict }) => verdict === "broken")).toEqual([]);
    expect(laws.filter(({ verdict }) => verdict === "not checkable").map(({ id }) => id)).toEqual(["C11"]);
  });

  test("whose far side the backend does not show are not checkable, never held", () => {
    const laws = lawsOf((records) => records, { backend: {} });
    const unseen = laws.filter(({ verdict }) => verdict === "not checkable").map(({ id }) => id);

    expect(unseen).toEqual(["C7", "C8.statuses", "C8.sends", "C8.fetches", "C8.offers", "C8.connections", "C11"]);
  });

  test("hold where others use the backend beside the run, which may count more and never less", () => {
    const backend = { statusesReceived: 1e6, imageBytesServed: 1e12 };
    const of = (facts: Partial<RunFacts>) =>
      lawsOf((records) => records, { isBackendShared: true, ...facts }).filter(({ verdict }) => verdict === "broken");

    expect(of({ backend })).toEqual([]);
    expect(of({ backend: { statusesReceived: 1 } }).map(({ id }) => id)).toEqual(["C8.statuses"]);
  });

  test("hold where a worker was lost: what is missing lies in its range", () => {
    const records = rollout(NODES).byNode.flatMap((own, node) => (node < 100 ? own : own.slice(0, 1 + (node % 9))));
    const state = emptyState(planOf(NODES));
    feed(state, [JOB_CREATED, ...records]);
    const lostWorkers = [{ worker: 1, shard: 1, firstNode: 100, lastNode: 199, lostMs: 250 }];
    const { backend, beliefs } = rollout(NODES);

    const { laws } = computeResult(
      state,
      factsOf({ lostWorkers, backend, beliefs: [beliefs], endedAtUs: 2 * HOUR_US }),
    );

    expect(laws.filter(({ verdict }) => verdict === "broken")).toEqual([]);
  });
});

describe("the sides of a law", () => {
  test("are the first two terms of its sentence, in their order", () => {
    const backend = Object.fromEntries(Object.keys(rollout(NODES).backend).map((name) => [name, 1e12]));
    const held = lawsOf((records) => records, { backend, isBackendShared: true, driver: "live", wallMs: 7_200_000 });
    const checked = held.filter(({ left }) => left !== null);

    expect(checked.length).toBeGreaterThan(15);
    for (const { id, sentence, verdict, left, right } of checked) {
      const [, sign] = /^[^=<>]+ (<=|=) [^=<>]+$/.exec(sentence) ?? [];
      const isSo = sign === "=" ? left === right : Number(left) <= Number(right);
      expect([id, sentence, verdict, isSo]).toEqual([id, expect.stringMatching(/ (<=|=) /), "held", true]);
    }
    expect(checked.find(({ id }) => id === "C7")).toMatchObject({ right: 1e12 });
  });

  test("stand with the sentence in the reason why a run is invalid", () => {
    const { reasons } = computeResult(
      reduce(planOf(NODES), rollout(NODES).records),
      factsOf({ backend: { statusesReceived: 1e6 }, endedAtUs: 2 * HOUR_US }),
    );

    expect(reasons).toContainEqual(
      expect.stringMatching(
        /^Law C8\.sends is broken \(statuses received by the backend <= statuses sent by nodes, .*\): left 1000000, right \d+\.$/,
      ),
    );
  });
});

describe("a bookkeeping bug breaks a law:", () => {
  test.each<[bug: string, law: string, records: (records: readonly HandRecord[]) => readonly HandRecord[]]>([
    ["a connected is not counted", "C4.dials", without("connected")],
    ["a connected is counted twice", "C4.dials", twice("connected")],
    ["a failed dial is not counted", "C4.dials", without("connect failed")],
    ["a dial is not counted", "C4.dials", without("dialled")],
    ["a fetch is not counted", "C4.fetches", without("fetch sent")],
    ["an acknowledged fetch is counted twice", "C4.fetches", twice("fetch acked")],
    ["a download's start is not counted", "C4.downloads", without("download started")],
    ["a download's end is counted twice", "C4.downloads", twice("download ended")],
    ["a download's start is counted twice", "C10", twice("download started")],
    ["a download's end is counted twice, for the integral too", "C10", twice("download ended")],
    ["the bytes of a download are cut", "C7", changed("download ended", ({ a }) => ({ a: a - 1 }))],
    ["the bytes of a download are counted twice", "C7", changed("download ended", ({ a }) => ({ a: a * 2 }))],
    ["a status made is not counted", "C8.reports", without("report made")],
    ["a status acknowledged is counted twice", "C8.reports", twice("report acked")],
    ["a status sent is not counted", "C8.sends", without("report sent")],
    ["an offer is counted twice", "C8.offers", twice("offer received")],
    ["a latency is negative", "C5", changed("fetch acked", () => ({ a: -1 }))],
    ["a latency is no number", "C5", changed("connected", () => ({ a: Number.NaN }))],
    [
      "a latency is in milliseconds, and its lateness is not",
      "C9.lateness",
      changed("report acked", () => ({ a: 15 })),
    ],
    [
      "TCP is measured in other units than the whole",
      "C9.connect",
      changed("connect parts", ({ a }) => ({ a: a * 1_000 })),
    ],
    ["a node is not released", "C3", without("released")],
    ["a node is released twice", "C3", twice("released")],
  ])("%s (%s)", (_, id, mutate) => {
    const broken = lawsOf(mutate).filter(({ verdict }) => verdict === "broken");

    expect(broken.map((law) => law.id)).toContain(id);
  });

  test.each<[bug: string, law: string, facts: Partial<RunFacts>]>([
    ["the coordinator's clock ran differently", "C11", { driver: "live", wallMs: 3_700_000, endedAtUs: HOUR_US }],
    ["the backend served less than was received", "C7", { backend: { imageBytesServed: 1 } }],
    ["the backend received less than it acknowledged", "C8.statuses", { backend: { statusesReceived: 1 } }],
    ["the backend received more than was sent", "C8.sends", { backend: { statusesReceived: 1e6 } }],
  ])("%s (%s)", (_, id, facts) => {
    const broken = lawsOf((records) => records, facts).filter(({ verdict }) => verdict === "broken");

    expect(broken.map((law) => law.id)).toContain(id);
  });

  test.each<[bug: string, harm: (mark: EndMark) => EndMark, keep: (sequence: number) => boolean]>([
    ["a batch is lost", (mark) => mark, (sequence) => sequence !== 1],
    ["the last batch is lost", (mark) => mark, (sequence) => sequence < 2],
    ["the shard counted more than it sent", (mark) => ({ ...mark, records: mark.records + 1 }), () => true],
    ["bytes changed on their way", (mark) => ({ ...mark, checksum: mark.checksum ^ 1 }), () => true],
  ])("%s (C6)", (_, harm, keep) => {
    const broken = shardLaws(harm, keep);

    expect(broken).toEqual(["C6"]);
  });

  test("none, where every batch arrived as it was sent (C6)", () => {
    expect(
      shardLaws(
        (mark) => mark,
        () => true,
      ),
    ).toEqual([]);
  });
});

function lawsOf(
  mutate: (records: readonly HandRecord[]) => readonly HandRecord[],
  facts: Partial<RunFacts> = {},
): ReturnType<typeof computeResult>["laws"] {
  const run = rollout(NODES);
  const state = emptyState(planOf(NODES));
  feed(state, mutate(run.records));
  const writer = new BatchWriter("run", 0);
  addBatch(state, writer.flush());
  const whole = {
    backend: run.backend,
    beliefs: [run.beliefs],
    endedAtUs: 2 * HOUR_US,
    shards: 1,
    endMarks: [writer.end()],
  };
  return computeResult(state, factsOf({ ...whole, ...facts })).laws;
}

function shardLaws(harm: (mark: EndMark) => EndMark, keep: (sequence: number) => boolean): readonly string[] {
  const writer = new BatchWriter("run", 0);
  const batches = [1, 2, 3].map((second) => {
    writer.record(kindNumber("network up"), 0, second * SECOND_US, 0, 0, 0, 0);
    return writer.flush();
  });
  const state = emptyState(planOf(1));
  for (const batch of batches) if (keep(batch.sequence)) addBatch(state, batch);
  const { laws } = computeResult(state, factsOf({ shards: 1, endMarks: [harm(writer.end())] }));
  return laws.filter(({ id, verdict }) => verdict === "broken" && id === "C6").map(({ id }) => id);
}

function feed(state: ReturnType<typeof emptyState>, records: readonly HandRecord[]): void {
  for (const { kind, node, atUs, detail, count, a, b } of records) {
    addRecord(state, kindNumber(kind), node, atUs, detail, count, a, b);
  }
}

/** Drops one record of a kind, in mid-run. */
function without(kind: RecordKind) {
  return (records: readonly HandRecord[]) => {
    const at = nth(records, kind);
    return records.filter((_, index) => index !== at);
  };
}

/** Counts one record of a kind twice. */
function twice(kind: RecordKind) {
  return (records: readonly HandRecord[]) => {
    const at = nth(records, kind);
    return records.flatMap((record, index) => (index === at ? [record, record] : [record]));
  };
}

/** Changes one record of a kind. */
function changed(kind: RecordKind, change: (record: HandRecord) => Partial<HandRecord>) {
  return (records: readonly HandRecord[]) => {
    const at = nth(records, kind);
    return records.map((record, index) => (index === at ? { ...record, ...change(record) } : record));
  };
}

function nth(records: readonly HandRecord[], kind: RecordKind): number {
  const found = records.flatMap((record, index) => (record.kind === kind ? [index] : []));
  expect(found.length).toBeGreaterThan(2);
  return found[Math.floor(found.length / 2)]!;
}
