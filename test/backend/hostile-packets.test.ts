/** Every way to harm the broker with bytes: the sender's link ends, and nobody else's does. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import mqttPacket from "mqtt-packet";
import { OFFERS_WAITING_MAX } from "../../src/backend/serve/embedded-broker.ts";
import { embedded, link, rollout } from "./embedded.ts";
import type { Embedded, NodeLink } from "./embedded.ts";
import { connectPacket, packetBytes, RawLink, textBytes } from "./raw-link.ts";

let running: Embedded;
let port: number;
let made: Awaited<ReturnType<typeof rollout>>;
/** Connected and subscribed all the time. */
let bystander: NodeLink;

beforeAll(async () => {
  running = await embedded();
  port = running.address.mqttPort;
  made = await rollout(running, new Uint8Array(1000), ["node-a", "node-b"]);
  bystander = await link(running.address, "node-b", secretOf("node-b"));
  await bystander.subscribe();
});

afterAll(async () => {
  bystander.end();
  await running.stop();
});

const OWN_FETCH = "node/node-a/otafetch";
const publish = (topic: string | Uint8Array, id: readonly number[] = [], payload = "{}"): Uint8Array =>
  Buffer.concat([textBytes(topic), Uint8Array.from(id), Buffer.from(payload)]);
const subscribe = (filters: readonly (string | Uint8Array)[]): Uint8Array =>
  Buffer.concat([Uint8Array.of(0, 1), ...filters.flatMap((filter) => [textBytes(filter), Uint8Array.of(1)])]);
const NO_UTF8 = Uint8Array.of(0x6e, 0x6f, 0xc3, 0x28);
const SURROGATE = Uint8Array.of(0x6e, 0xed, 0xa0, 0x80);

describe("a node's link is closed, and others go on, after", () => {
  test.each([
    ["a topic that is no UTF-8", packetBytes(0x30, publish(NO_UTF8))],
    ["a topic with a lone surrogate", packetBytes(0x30, publish(SURROGATE))],
    ["NUL in a topic", packetBytes(0x30, publish(`${OWN_FETCH}\0`))],
    ["a wildcard in a publish", packetBytes(0x30, publish("node/+/otafetch"))],
    ["# in a publish", packetBytes(0x30, publish("#"))],
    ["an empty topic", packetBytes(0x30, publish(""))],
    ["a topic of 65,535 bytes", packetBytes(0x30, publish("x".repeat(65_535)))],
    ["a topic of 1,000 levels", packetBytes(0x30, publish("a/".repeat(1_000)))],
    ["a topic that is longer than its packet", packetBytes(0x30, Uint8Array.of(0, 200, 0x61))],
    ["packet id 0", packetBytes(0x32, publish(OWN_FETCH, [0, 0]))],
    ["no packet id", packetBytes(0x32, textBytes(OWN_FETCH))],
    ["QoS 2, which nodes have no use for", packetBytes(0x34, publish(OWN_FETCH, [0, 1]))],
    ["QoS 3", packetBytes(0x36, publish(OWN_FETCH, [0, 1]))],
    ["a retained publish", packetBytes(0x31, publish(OWN_FETCH))],
    ["a publish to $SYS", packetBytes(0x30, publish("$SYS/broker/x"))],
    ["reserved flags of SUBSCRIBE", packetBytes(0x80, subscribe(["node/node-a/otaurl"]))],
    ["reserved flags of PINGREQ", Uint8Array.of(0xc1, 0)],
    ["a SUBSCRIBE of nothing", packetBytes(0x82, Uint8Array.of(0, 1))],
    ["a filter that is no UTF-8", packetBytes(0x82, subscribe([NO_UTF8]))],
    ["NUL in a filter", packetBytes(0x82, subscribe(["node/node-a/\0"]))],
    ["a filter of 1,000 levels", packetBytes(0x82, subscribe(["+/".repeat(1_000)]))],
    ["10,000 filters in one packet", packetBytes(0x82, subscribe(Array.from({ length: 10_000 }, (_, at) => `${at}`)))],
    ["a second CONNECT", mqttPacket.generate(connectPacket("node-a", "x"))],
    ["a CONNACK, which only brokers send", Uint8Array.of(0x20, 2, 0, 0)],
    ["packet type 0", Uint8Array.of(0x00, 0)],
    ["packet type 15, which MQTT 5 has", Uint8Array.of(0xf0, 0)],
    ["a length of five bytes", Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0xff, 0x7f)],
    ["a length of 268,435,455, then silence", Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0x7f)],
    ["a packet of 20 MiB", packetBytes(0x30, publish(OWN_FETCH, [], "x".repeat(20 * 2 ** 20)))],
  ])("%s", async (_title, bytes) => {
    const hostile = await RawLink.greeted(port, "node-a", secretOf("node-a"));
    expect(hostile.connack).toBe(0);

    hostile.send(bytes);
    await hostile.closed;

    await expectBystanderServed();
  });
});

describe("nobody gets in", () => {
  test.each([
    ["without a word of MQTT", Buffer.from("GET / HTTP/1.1\r\nHost: x\r\n\r\n")],
    ["with a publish before the CONNECT", packetBytes(0x30, publish(OWN_FETCH))],
    ["with a protocol that is none", packetBytes(0x10, Buffer.concat([textBytes("MQXX"), Uint8Array.of(4, 2, 0, 60)]))],
    ["with reserved flags of CONNECT", mqttPacket.generate(connectPacket("node-a", "x")).fill(0x11, 0, 1)],
    ["with NUL in the client id", mqttPacket.generate(connectPacket("node-a\0", "x"))],
    ["with NUL in the user name", mqttPacket.generate(connectPacket("node-a", "x", { username: "?Platform=\0" }))],
    ["with an empty client id", mqttPacket.generate(connectPacket("", "x"))],
    ["with a client id of 60,000 bytes", mqttPacket.generate(connectPacket("n".repeat(60_000), "x"))],
    ["as what every object has", mqttPacket.generate(connectPacket("__proto__", "x"))],
  ])("%s", async (_title, bytes) => {
    const hostile = await RawLink.open(port);

    hostile.send(bytes);
    await hostile.closed;

    expect(hostile.connack ?? -1).not.toBe(0);
    await expectBystanderServed();
  });

  test("by silence, half a CONNECT, or a byte of it now and then: all are closed in the time for a CONNECT", async () => {
    const bytes = mqttPacket.generate(connectPacket("node-a", secretOf("node-a")));
    const [silent, half, trickling] = await Promise.all([RawLink.open(port), RawLink.open(port), RawLink.open(port)]);
    half.send(bytes.subarray(0, 20));
    let at = 0;
    const drip = setInterval(() => trickling.send(bytes.subarray(at, ++at)), 500);

    await Promise.all([silent.closed, half.closed, trickling.closed]);
    clearInterval(drip);

    expect([silent.heard, half.heard, trickling.heard]).toEqual([[], [], []]);
    await expectBystanderServed();
  });

  test("in another's place: who shows a wrong secret, or a foreign last will, does not end the rightful link", async () => {
    const will = { topic: "node/node-b/otastatus", payload: Buffer.from("{}"), qos: 1 as const, retain: false };

    const stranger = await RawLink.greeted(port, "node-b", "wrong");
    const neighbour = await RawLink.greeted(port, "node-b", secretOf("node-a"));
    const bearer = await RawLink.greeted(port, "node-b", secretOf("node-b"), { will });

    expect([stranger.connack, neighbour.connack, bearer.connack]).toEqual([4, 4, 5]);
    await expectBystanderServed();
  });
});

test("a node that asks without end and does not read holds no more than its share of memory, and nobody waits", async () => {
  const padding = { padding: "x".repeat(16_000) };
  const targets = { kind: "nodes", ids: ["node-a"] } as const;
  await running.operator.createJob({ ...made.plan, name: "wide", targets, metadata: padding, priority: 1 });
  const frozen = await RawLink.greeted(port, "node-a", secretOf("node-a"));
  frozen.send(packetBytes(0x82, subscribe(["node/node-a/otaurl"])));
  await frozen.answer("suback");
  frozen.socket.pause();
  const before = process.memoryUsage.rss();
  const droppedBefore = running.backend.counters()["mqttOffersDropped"] ?? 0;

  // Unbounded, the answers to 20,000 questions had 320 MB.
  frozen.send(Buffer.concat(Array.from({ length: 20_000 }, () => packetBytes(0x30, publish(OWN_FETCH)))));
  const dropped = (): number => (running.backend.counters()["mqttOffersDropped"] ?? 0) - droppedBefore;
  await expect.poll(dropped, { timeout: 5_000 }).toBeGreaterThan(OFFERS_WAITING_MAX);
  await expectBystanderServed();

  expect(process.memoryUsage.rss() - before).toBeLessThan(150 * 2 ** 20);
  frozen.end();
  await frozen.closed;
});

/** The link that was there all the time still asks and is answered. */
async function expectBystanderServed(): Promise<void> {
  await bystander.fetch();
  expect((await bystander.offer())["ota_job_id"]).toBe(made.jobId);
  expect(bystander.client.connected).toBe(true);
}

function secretOf(id: string): string {
  return made.secrets[made.nodes.indexOf(id)] ?? "";
}
