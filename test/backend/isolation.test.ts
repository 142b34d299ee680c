/** Ten nodes, each against each: what one may do to itself is done to it alone, and nothing else is done at all. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { embedded, rollout } from "./embedded.ts";
import type { Embedded } from "./embedded.ts";
import { packetBytes, RawLink, textBytes } from "./raw-link.ts";

const NODES = Array.from({ length: 10 }, (_, at) => `node-${at}`);
const PAIRS = NODES.flatMap((self) => NODES.filter((other) => other !== self).map((other) => ({ self, other })));
const UP = ["otafetch", "otastatus", "config", "params/local", "params/local/init", "alert", "user/mapping"];
const DOWN = ["otaurl", "params/remote", "to-node"];

let running: Embedded;
let made: Awaited<ReturnType<typeof rollout>>;
/** One for each node, subscribed to all that is its own; whatever it hears is on record. */
const watchers = new Map<string, RawLink>();

beforeAll(async () => {
  running = await embedded();
  made = await rollout(running, new Uint8Array(1000), NODES);
});

afterAll(async () => {
  for (const each of watchers.values()) each.end();
  await running.stop();
});

test("no node publishes for another, by the plain topic or by basic ingest, retained or not: its link ends", async () => {
  const before = await beliefs();
  const refusedBefore = counter("mqttPublishesRefused");
  let tried = 0;

  for (const { self, other } of PAIRS) {
    // Each pair its own topics, so that every topic meets every node and the test stays short.
    const suffix = UP[tried % UP.length]!;
    for (const topic of [
      `node/${other}/${suffix}`,
      `$aws/rules/esp_node_otastatus/node/${other}/otastatus`,
      `node/${other}/${DOWN[tried % DOWN.length]!}`,
    ]) {
      const link = await greeted(self);
      link.send(publish(topic, tried % 2 === 1));
      await link.closed;
      tried++;
    }
  }

  expect(tried).toBe(270);
  expect(counter("mqttPublishesRefused") - refusedBefore).toBe(tried);
  expect(await beliefs()).toEqual(before);
});

test("no node has a last will on another's topic, nor a retained one, nor one that is a status", async () => {
  const refusedBefore = counter("mqttWillsRefused");
  let tried = 0;

  for (const { self, other } of PAIRS) {
    const will = { topic: `node/${other}/${UP[tried % UP.length]!}`, payload: Buffer.from("{}"), qos: 1 as const };
    expect((await greeted(self, { will: { ...will, retain: tried % 2 === 1 } })).connack).toBe(5);
    tried++;
  }
  for (const suffix of UP) {
    const will = { topic: `node/node-0/${suffix}`, payload: Buffer.from("{}"), qos: 1 as const };
    expect((await greeted("node-0", { will: { ...will, retain: true } })).connack).toBe(5);
    tried++;
  }

  expect(counter("mqttWillsRefused") - refusedBefore).toBe(tried);
  expect(await offersHeardByNewcomers()).toEqual([]);
});

test("no node hears another: no foreign topic, wildcard, shared subscription or $SYS is granted", async () => {
  for (const self of NODES) {
    const foreign = NODES.filter((other) => other !== self).flatMap((other) => [
      `node/${other}/otaurl`,
      `node/${other}/+`,
      `$share/g/node/${other}/otaurl`,
    ]);
    const wide = ["#", "+/#", "node/#", "node/+/otaurl", `node/${self}/#`, `$share/g/node/${self}/otaurl`, "$SYS/#"];
    const filters = [...foreign, ...wide];
    const link = await greeted(self);
    link.send(subscribe([...filters, `node/${self}/otaurl`]));
    const suback = await link.answer("suback");
    expect(suback?.cmd === "suback" && suback.granted).toEqual([...filters.map(() => 128), 1]);
    watchers.set(self, link);
  }

  // Everybody asks once, and hears exactly one offer: its own.
  for (const self of NODES) watchers.get(self)!.send(publish(`node/${self}/otafetch`, false));
  for (const self of NODES) {
    const link = watchers.get(self)!;
    await link.answer("publish");
    expect(await link.isAlive()).toBe(true);
    const heard = link.heard.flatMap((packet) => (packet.cmd === "publish" ? [packet] : []));
    expect(heard.map(({ topic }) => topic)).toEqual([`node/${self}/otaurl`]);
    expect(heard[0]?.payload.toString()).toContain(`&node=${self}&`);
  }
});

test("a status that a node makes up for itself is taken for itself alone, whatever ids it names", async () => {
  const status = { ota_job_id: made.jobId, node_id: "node-3", status: "rejected", additional_info: "spoofed" };
  const link = watchers.get("node-2") ?? (await greeted("node-2"));

  link.send(
    packetBytes(0x30, Buffer.concat([textBytes("node/node-2/otastatus"), Buffer.from(JSON.stringify(status))])),
  );
  expect(await link.isAlive()).toBe(true);

  const believed = await beliefs();
  expect(believed.get("node-2")?.belief).toBe("rejected");
  expect([...believed].filter(([, { belief }]) => belief === "rejected")).toHaveLength(1);
});

/** What is planted and retained would come to whoever subscribes next. */
async function offersHeardByNewcomers(): Promise<readonly unknown[]> {
  const heard: unknown[] = [];
  for (const self of NODES) {
    const link = await greeted(self);
    link.send(subscribe(DOWN.map((suffix) => `node/${self}/${suffix}`)));
    await link.answer("suback");
    await link.isAlive();
    heard.push(...link.heard.filter(({ cmd }) => cmd === "publish"));
    link.end();
  }
  return heard;
}

function greeted(self: string, more: Parameters<typeof RawLink.greeted>[3] = {}): Promise<RawLink> {
  return RawLink.greeted(running.address.mqttPort, self, made.secrets[NODES.indexOf(self)]!, more);
}

function publish(topic: string, isRetained: boolean): Uint8Array {
  return packetBytes(isRetained ? 0x31 : 0x30, Buffer.concat([textBytes(topic), Buffer.from('{"status":"success"}')]));
}

function subscribe(filters: readonly string[]): Uint8Array {
  const asked = filters.flatMap((filter) => [textBytes(filter), Uint8Array.of(1)]);
  return packetBytes(0x82, Buffer.concat([Uint8Array.of(0, 1), ...asked]));
}

function beliefs() {
  return running.operator.beliefs(made.jobId);
}

function counter(name: string): number {
  return running.backend.counters()[name] ?? 0;
}
