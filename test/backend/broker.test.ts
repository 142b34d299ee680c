import { connect as tcpConnect } from "node:net";
import type { Socket } from "node:net";
import mqttPacket from "mqtt-packet";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { embedded, link, rollout } from "./embedded.ts";
import type { Embedded, NodeLink } from "./embedded.ts";

let running: Embedded;
let made: Awaited<ReturnType<typeof rollout>>;
const links: NodeLink[] = [];

beforeAll(async () => {
  running = await embedded({ mqttTls: true });
  made = await rollout(running, undefined, ["node-a", "node-b", "node-c", "node-d", "node-e", "node-f"]);
});

afterAll(async () => {
  for (const one of links) one.end();
  await running.stop();
});

describe("a node's rollout over MQTT", () => {
  test("gives a node that fetches its offer, and the job is started for it", async () => {
    const node = await nodeLink("node-a");
    await node.subscribe();

    await node.fetch();
    const offer = await node.offer();

    expect(offer).toMatchObject({ ota_job_id: made.jobId, fw_version: "2.0.0", file_size: 100_000 });
    expect(offer["file_md5"]).toMatch(/^[0-9a-f]{32}$/);
    expect(offer["url"]).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/images\//);
    expect(await beliefOf("node-a")).toEqual({ belief: "started", info: "OTA URL Sent to Node" });
  });

  test("knows an acknowledged status, by basic ingest as by the plain topic, and lets success absorb", async () => {
    const node = await nodeLink("node-b");
    const ingest = "$aws/rules/esp_node_otastatus/node/node-b/otastatus";

    await node.publish(ingest, { ota_job_id: made.jobId, status: "in-progress", additional_info: "Downloading" });
    expect(await beliefOf("node-b")).toEqual({ belief: "in-progress", info: "Downloading" });
    await node.status(made.jobId, "success", "verified");
    await node.status(made.jobId, "failed", "never mind");

    expect(await beliefOf("node-b")).toEqual({ belief: "success", info: "verified" });
  });

  test("counts a status that was cut in the middle and lives on", async () => {
    const node = await nodeLink("node-c");
    const before = running.backend.counters();

    await node.publish("node/node-c/otastatus", `{"ota_job_id":"${made.jobId}","status":"failed","additional_in`);

    expect(running.backend.counters()["statusesUnreadable"]).toBe((before["statusesUnreadable"] ?? 0) + 1);
    expect((await beliefOf("node-c"))?.belief).toBe("triggered");
  });

  test("learns version and project from the node's config", async () => {
    const node = await nodeLink("node-c");

    await node.publish("node/node-c/config", { info: { fw_version: "1.9.0", project_name: "boiler" } });

    const { ledger } = running.backend;
    const number = ledger.nodeOf("node-c") ?? -1;
    expect(ledger.rules.fieldsOf(number)).toMatchObject({ version: "1.9.0", project: "boiler" });
  });

  test("works over TLS for a client that trusts the backend's CA only", async () => {
    const node = await nodeLink("node-d", { ca: running.address.caPem });
    await node.subscribe();

    await node.fetch();

    expect((await node.offer())["ota_job_id"]).toBe(made.jobId);
  });

  test("pushes a forced job to the nodes that are online", async () => {
    const node = await nodeLink("node-f");
    await node.subscribe();
    await node.status(made.jobId, "rejected");

    const jobId = await running.operator.createJob({ ...made.plan, name: "forced", trigger: "force-push" });

    expect((await node.offer())["ota_job_id"]).toBe(jobId);
  });
});

describe("the broker refuses", () => {
  test("a client id with another node's secret", async () => {
    await expect(link(running.address, "node-a", secretOf("node-b"))).rejects.toThrow(/Bad username or password/i);
  });

  test("a node that nobody enrolled, even with a secret derived for it", async () => {
    const secret = running.backend.ledger.secretOf("stranger");

    await expect(link(running.address, "stranger", secret)).rejects.toThrow(/Bad username or password/i);
  });

  test.each([
    ["another node's status topic", "node/node-b/otastatus"],
    ["another node's topic by basic ingest", "$aws/rules/esp_node_otastatus/node/node-b/otastatus"],
    ["an ingest rule of another topic", "$aws/rules/esp_node_otafetch/node/node-e/otastatus"],
    ["its own offers", "node/node-e/otaurl"],
    ["a topic with NUL", "node/node-e/otafetch\0"],
    ["the broker's own topics", "$SYS/x/new/clients"],
  ])("a publish on %s, and closes the link", async (_name, topic) => {
    const node = await nodeLink("node-e");
    const closed = node.isClosed();

    node.publish(topic, {}).catch(() => {});

    expect(await closed).toBe(true);
    expect((await beliefOf("node-b"))?.belief).toBe("success");
  });

  test("a retained publish, and closes the link", async () => {
    const node = await nodeLink("node-e");
    const closed = node.isClosed();

    node.publish("node/node-e/otafetch", {}, { retain: true }).catch(() => {});

    expect(await closed).toBe(true);
  });

  test.each(["#", "node/+/otaurl", "node/node-b/otaurl", "node/node-e/#", "$SYS/#", "$share/g/node/node-e/otaurl"])(
    "a subscription to %s with 128",
    async (topic) => {
      const node = await nodeLink("node-e");

      expect(await node.subscribe(topic)).toBe(128);
      expect(await node.subscribe()).toBe(1);
    },
  );

  test.each([
    ["on another node's topic", { topic: "node/node-b/otastatus", retain: false }],
    ["that is retained", { topic: "node/node-e/params/local", retain: true }],
  ])("a last will %s", async (_name, will) => {
    const options = { will: { ...will, payload: Buffer.from("{}"), qos: 1 as const } };

    await expect(nodeLink("node-e", options)).rejects.toThrow(/Not authorized/i);
  });

  test("a packet over 128 KB, without reading it", async () => {
    const node = await nodeLink("node-e");
    const before = running.backend.counters()["mqttPacketsTooLarge"] ?? 0;
    const closed = node.isClosed();

    node.publish("node/node-e/config", "x".repeat(130 * 1024)).catch(() => {});

    expect(await closed).toBe(true);
    expect(running.backend.counters()["mqttPacketsTooLarge"]).toBe(before + 1);
  });
});

describe("the broker", () => {
  test("takes the Connectivity will on the node's own topic", async () => {
    const will = { topic: "node/node-e/params/local", payload: Buffer.from("{}"), qos: 1 as const, retain: false };

    const node = await nodeLink("node-e", { will });

    expect(await node.subscribe()).toBe(1);
  });

  test("keeps one session a node: a second link ends the first", async () => {
    const first = await nodeLink("node-e");
    const closed = first.isClosed();

    const second = await nodeLink("node-e");

    expect(await closed).toBe(true);
    expect(await second.subscribe()).toBe(1);
  });

  test("serves others at once while one node does not read, and then cuts that one", async () => {
    const metadata = { padding: "x".repeat(16_000) };
    const targets = { kind: "nodes", ids: ["node-a", "node-c"] } as const;
    const jobId = await running.operator.createJob({ ...made.plan, name: "wide", targets, metadata, priority: 1 });
    const other = await nodeLink("node-c");
    await other.subscribe();
    const frozen = await frozenNode("node-a");
    const slowBefore = running.backend.counters()["mqttLinksSlow"] ?? 0;

    const closed = new Promise<void>((resolve) => frozen.once("close", () => resolve()));
    frozen.on("error", () => {});
    const isCut = (): boolean => (running.backend.counters()["mqttLinksSlow"] ?? 0) > slowBefore;
    let slowestMs = 0;
    // Its answers of 16 KB fill the buffers of the kernel first.
    while (!isCut()) {
      for (let fetch = 0; fetch < 50; fetch++) frozen.write(publishPacket("node/node-a/otafetch", "{}"));
      const begun = performance.now();
      await other.fetch();
      expect((await other.offer())["ota_job_id"]).toBe(jobId);
      slowestMs = Math.max(slowestMs, performance.now() - begun);
    }
    frozen.resume();
    await closed;

    expect(slowestMs).toBeLessThan(900);
  });
});

/** A node that subscribes to its offers and then never reads again. */
async function frozenNode(id: string): Promise<Socket> {
  const socket = tcpConnect(running.address.mqttPort, "127.0.0.1");
  const who = { clientId: id, username: id, password: Buffer.from(secretOf(id)) };
  socket.write(
    mqttPacket.generate({ cmd: "connect", protocolId: "MQTT", protocolVersion: 4, clean: true, keepalive: 60, ...who }),
  );
  const subscriptions = [{ topic: `node/${id}/otaurl`, qos: 1 as const }];
  socket.write(mqttPacket.generate({ cmd: "subscribe", messageId: 1, subscriptions }));
  // CONNACK of 4 bytes, SUBACK of 5.
  let heardBytes = 0;
  await new Promise<void>((resolve) => {
    socket.on("data", (bytes) => {
      heardBytes += bytes.length;
      if (heardBytes >= 9) resolve();
    });
  });
  socket.pause();
  return socket;
}

function publishPacket(topic: string, payload: string): Buffer {
  return mqttPacket.generate({ cmd: "publish", topic, payload, qos: 0, dup: false, retain: false });
}

function secretOf(id: string): string {
  return made.secrets[made.nodes.indexOf(id)] ?? "";
}

async function nodeLink(id: string, options = {}): Promise<NodeLink> {
  const made = await link(running.address, id, secretOf(id), options);
  links.push(made);
  return made;
}

async function beliefOf(id: string) {
  return (await running.operator.beliefs(made.jobId)).get(id);
}
