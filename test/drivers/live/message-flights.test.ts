import { expect, test } from "vitest";
import { adapterOf } from "../../../src/adapters/adapters.ts";
import { hrtimeUs } from "../../../src/drivers/live/fleet-clock.ts";
import { MessageFlights } from "../../../src/drivers/live/message-flights.ts";
import { NodeStage } from "../../../src/drivers/live/node-stage.ts";
import { ShardImages } from "../../../src/drivers/live/shard-images.ts";
import { ShardJobs } from "../../../src/drivers/live/shard-jobs.ts";
import { fleetOfShard } from "../../../src/fleet/node-settings.ts";
import { RECORD_KINDS } from "../../../src/measure/event-record.ts";
import { NodeTable } from "../../../src/node/node-table.ts";
import type { OutboxEntry } from "../../../src/node/report.ts";
import { liveScenario } from "./live-run.ts";

/** Two nodes with their outboxes, and the words of the records that are written. */
function flightsOf(answerMaxUs = Infinity) {
  const scenario = liveScenario({ nodes: 2 });
  const { fleet, seed } = scenario;
  const adapter = adapterOf("rainmaker")!;
  const born = fleetOfShard({ fleet, seed, adapter, firstNode: 0, startUtcMs: 0, speed: 1, rampSpeed: 1 });
  const kinds: string[] = [];
  const stage = new NodeStage(born.settings, 2, new SharedArrayBuffer(NodeTable.bytesFor(2)), {
    record: (kind, _node, _atUs, _detail, _count, a) => kinds.push(`${RECORD_KINDS[kind]} ${a}`),
  });
  for (const slot of [0, 1]) stage.nodes.at(slot).born(born.birthOf(slot));
  const { books } = born.settings;
  const jobs = new ShardJobs(new ShardImages(books.images, scenario, [{ sha256: "", md5: "", sizeBytes: 1 }]));
  const flights = new MessageFlights(stage, jobs, answerMaxUs);
  const hand = (slot: number, kind: OutboxEntry["kind"]): number => {
    const message = books.outbox.add(entryOf(slot, kind));
    stage.nodes.at(slot).outbox.first = message;
    return message;
  };
  const take = (slot: number, message: number): void => {
    stage.nodes.at(slot).outbox.first = 0;
    books.outbox.release(message);
  };
  return { flights, hand, take, kinds };
}

function entryOf(slot: number, kind: OutboxEntry["kind"]): OutboxEntry {
  const words = { status: "in-progress", reason: "attempt begins", err: "" } as const;
  const numbers = { job: 0, attempt: 0, attemptsMax: 0, errno: 0, percent: 0, waitSeconds: 0, clockSeconds: 0 };
  return { kind, slot, ...words, ...numbers, dueUs: 0, madeAtUs: 0, agesFromUs: 0, sentAtUs: 0, next: 0 };
}

test("an acknowledgement is its message's", () => {
  const { flights, hand } = flightsOf();
  const message = hand(0, "report");

  flights.sent(message, 7);

  expect(flights.messageOf(0, 7)).toBe(message);
  expect(flights.messageOf(0, 8)).toBe(0);
  expect(flights.messageOf(1, 7)).toBe(0);
});

test("an acknowledgement that comes too late is not that of the next message with the same number", () => {
  const { flights, hand, take } = flightsOf();
  const first = hand(0, "report");
  flights.sent(first, 7);
  flights.lost(first);
  take(0, first);

  const second = hand(0, "report");

  expect(second).toBe(first);
  expect(flights.messageOf(0, 7)).toBe(0);
  expect(flights.packetIdOf(second)).toBeUndefined();
});

test("a message that is written again keeps its packet id, and is told to be sent again", () => {
  const { flights, hand, kinds } = flightsOf();
  const report = hand(0, "report");
  const fetch = hand(1, "fetch");

  flights.sent(report, 7);
  flights.sent(fetch, 1);
  flights.sent(report, flights.packetIdOf(report)!);
  flights.sent(fetch, flights.packetIdOf(fetch)!);

  expect(kinds).toEqual(["report sent 0", "fetch sent 0", "report sent 1", "fetch resent 0"]);
  expect(flights.messageOf(0, 7)).toBe(report);
});

test("a fetch is answered by one offer, and by none that comes much later or after the link is gone", () => {
  const asked = flightsOf();
  asked.flights.sent(asked.hand(0, "fetch"), 1);
  const late = flightsOf(-1);
  late.flights.sent(late.hand(0, "fetch"), 1);
  const gone = flightsOf();
  gone.flights.sent(gone.hand(0, "fetch"), 1);
  gone.flights.linkLost(0);

  const heardUs = hrtimeUs();
  expect(asked.flights.answeredUs(0, heardUs)).toBeGreaterThanOrEqual(0);
  expect(asked.flights.answeredUs(0, heardUs)).toBeUndefined();
  expect(late.flights.answeredUs(0, heardUs)).toBeUndefined();
  expect(gone.flights.answeredUs(0, heardUs)).toBeUndefined();
});

test("what was read before a message was written is no answer to it, and no acknowledgement is quicker than nothing", () => {
  const { flights, hand, kinds } = flightsOf();
  const heardUs = hrtimeUs() - 1_000;
  const fetch = hand(0, "fetch");
  flights.sent(fetch, 1);

  expect(flights.answeredUs(0, heardUs)).toBeUndefined();
  flights.acknowledged(fetch, heardUs);

  expect(kinds).toEqual(["fetch sent 0", "fetch acked 0"]);
  expect(flights.answeredUs(0, hrtimeUs())).toBeGreaterThanOrEqual(0);
});
