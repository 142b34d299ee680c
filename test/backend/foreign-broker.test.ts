import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { connect as connectSocket, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { connect, connectAsync } from "mqtt";
import type { MqttClient } from "mqtt";
import { MESSAGE_BYTES_MAX } from "../../src/backend/serve/node-topics.ts";
import type { ForeignBrokerTarget } from "../../src/backend/serve/messages.ts";
import { Backend } from "../../src/backend/serve/backend.ts";
import { embedded, rollout } from "./embedded.ts";
import type { Embedded } from "./embedded.ts";
import { Mosquitto, NO_MOSQUITTO } from "./mosquitto.ts";

test("a broker that is not there is named in one sentence", async () => {
  const start = Backend.start({ broker: { url: "mqtt://127.0.0.1:1" } });

  await expect(start).rejects.toThrow(/^the broker at mqtt:\/\/127\.0\.0\.1:1 cannot be used: .*ECONNREFUSED/);
});

describe.skipIf(NO_MOSQUITTO !== undefined)("a backend that is a client of Mosquitto", () => {
  let mosquitto: Mosquitto;
  const clients: MqttClient[] = [];
  let running: Embedded;

  beforeAll(async () => {
    mosquitto = await Mosquitto.start();
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) client.end(true);
    await running?.stop();
  });

  afterAll(() => mosquitto.stop());

  test.each([
    ["plain", "mqtt", "node/node-a/otafetch"],
    ["by TLS, basic ingest", "mqtts", "$aws/rules/esp_node_otafetch/node/node-a/otafetch"],
  ])("answers a fetch with an offer: %s", async (_name, scheme, topic) => {
    const made = await backend(scheme);
    const node = await nodeOf(scheme);
    const offer = nextOffer(node);
    await node.subscribeAsync("node/node-a/otaurl", { qos: 1 });

    await node.publishAsync(topic, '{"node_id":"node-a","fw_version":"1.0.0"}', { qos: 1 });

    expect(await offer).toMatchObject({ ota_job_id: made.jobId, fw_version: "2.0.0" });
  });

  test("does not trust a certificate of an authority that nobody named", async () => {
    const start = Backend.start({ broker: { url: `mqtts://127.0.0.1:${mosquitto.tlsPort}` } });

    await expect(start).rejects.toThrow(/cannot be used: .*(self.signed|unable to (get|verify))/i);
  });

  test("takes statuses of the node in the topic, and nobody's for a topic that no node has", async () => {
    const made = await backend("mqtt");
    const node = await nodeOf("mqtt");
    const refused = running.backend.counters()["mqttPublishesRefused"] ?? 0;
    const status = JSON.stringify({ ota_job_id: made.jobId, status: "in-progress", additional_info: "half" });

    await node.publishAsync("node/nobody/otastatus", status, { qos: 1 });
    await node.publishAsync("node/node-b/otastatus", status, { qos: 1 });

    await expect.poll(async () => (await beliefs(running, made.jobId)).get("node-b")?.info).toBe("half");
    expect((await beliefs(running, made.jobId)).get("node-a")?.belief).toBe("triggered");
    expect(running.backend.counters()["mqttPublishesRefused"]).toBe(refused + 1);
  });

  test("does not read a message that is longer than a node's may be", async () => {
    await backend("mqtt");
    const node = await nodeOf("mqtt");

    await node.publishAsync("node/node-a/config", "x".repeat(MESSAGE_BYTES_MAX + 1), { qos: 1 });
    await node.publishAsync("node/node-a/config", "x".repeat(MESSAGE_BYTES_MAX), { qos: 1 });

    await expect.poll(() => running.backend.counters()["nodeConfigs"]).toBe(1);
    expect(running.backend.counters()["mqttPacketsTooLarge"]).toBe(1);
  });

  test("pushes to all but the nodes whose last will has said that they are gone", async () => {
    const made = await backend("mqtt");
    const will = { topic: "node/node-b/params/local", payload: Buffer.from('{"Connectivity":{"Connected":false}}') };
    const gone = await nodeOf("mqtt", { will: { ...will, qos: 1, retain: false } });
    await gone.publishAsync("node/node-b/config", "{}", { qos: 1 });
    await expect.poll(() => running.backend.health().nodesConnected).toBe(1);

    gone.stream.destroy();
    await expect.poll(() => running.backend.health().nodesConnected).toBe(0);
    await running.operator.cancelJob(made.jobId);
    const jobId = await running.operator.createJob({ ...made.plan, name: "forced", trigger: "force-push" });

    const believed = await beliefs(running, jobId);
    expect([believed.get("node-a")?.belief, believed.get("node-b")?.belief]).toEqual(["started", "triggered"]);
  });

  test("has a status that the broker acknowledged while the backend was away from it", async () => {
    const cut = await CuttableWay.to(mosquitto.port);
    running = await embedded({ broker: { url: `mqtt://127.0.0.1:${cut.port}` } });
    const made = await rollout(running);
    const node = await nodeOf("mqtt");
    const status = JSON.stringify({ ota_job_id: made.jobId, status: "success", additional_info: "done" });

    await cut.close();
    await node.publishAsync("node/node-a/otastatus", status, { qos: 1 });
    expect((await beliefs(running, made.jobId)).get("node-a")?.belief).toBe("triggered");
    cut.open();

    await expect.poll(async () => (await beliefs(running, made.jobId)).get("node-a")?.belief).toBe("success");
    await running.stop();
    cut.end();
  });

  test("dials again once its broker is back from a crash, subscribes anew, and hears its nodes", async () => {
    const made = await backend("mqtt");
    const node = await nodeOf("mqtt");
    const links = running.backend.counters()["brokerLinks"] ?? 0;
    const status = JSON.stringify({ ota_job_id: made.jobId, status: "success", additional_info: "done" });

    await mosquitto.kill();
    await mosquitto.restart();
    await expect.poll(() => running.backend.counters()["brokerLinks"], { timeout: 5_000 }).toBeGreaterThan(links);
    await node.publishAsync("node/node-a/otastatus", status, { qos: 1 });

    await expect.poll(async () => (await beliefs(running, made.jobId)).get("node-a")?.belief).toBe("success");
  });

  async function backend(scheme: string) {
    running = await embedded({ broker: targetOf(scheme) });
    return rollout(running);
  }

  function targetOf(scheme: string): ForeignBrokerTarget {
    if (scheme === "mqtt") return { url: `mqtt://127.0.0.1:${mosquitto.port}` };
    return { url: `mqtts://127.0.0.1:${mosquitto.tlsPort}`, caPem: mosquitto.caPem };
  }

  async function nodeOf(scheme: string, options = {}): Promise<MqttClient> {
    const { url, caPem } = targetOf(scheme);
    const client = connect(url, { ...(caPem === undefined ? {} : { ca: caPem }), reconnectPeriod: 100, ...options });
    clients.push(client);
    client.on("error", () => {});
    await new Promise((resolve) => client.once("connect", resolve));
    return client;
  }
});

describe.skipIf(NO_MOSQUITTO !== undefined)("with topic rules in Mosquitto", () => {
  let mosquitto: Mosquitto;

  afterEach(() => mosquitto.stop());

  test("a node speaks and hears as itself only, and the backend as the user that the rules name", async () => {
    mosquitto = await Mosquitto.start([
      "user otafleet",
      "topic write node/+/otaurl",
      "topic read node/#",
      "topic read $aws/rules/#",
      "pattern write node/%c/#",
      "pattern write $aws/rules/+/node/%c/#",
      "pattern read node/%c/otaurl",
    ]);
    const url = `mqtt://127.0.0.1:${mosquitto.port}`;
    const running = await embedded({ broker: { url, username: "otafleet" } });
    const made = await rollout(running);
    const clients = await Promise.all(["node-a", "node-b"].map((id) => connectAsync(url, { clientId: id })));
    const [self, neighbour] = clients as [MqttClient, MqttClient];
    const offer = nextOffer(self);
    const heard: string[] = [];
    neighbour.on("message", (topic) => heard.push(topic));
    await self.subscribeAsync("node/node-a/otaurl", { qos: 1 });
    for (const topic of ["node/node-a/otaurl", "node/+/otaurl", "#"]) await neighbour.subscribeAsync(topic, { qos: 1 });
    const status = JSON.stringify({ ota_job_id: made.jobId, status: "success" });

    await neighbour.publishAsync("node/node-a/otastatus", status, { qos: 1 });
    await neighbour.publishAsync("$aws/rules/esp_node_otastatus/node/node-a/otastatus", status, { qos: 1 });
    await neighbour.publishAsync("node/node-a/otaurl", "{}", { qos: 1, retain: true });
    await self.publishAsync("node/node-a/otafetch", '{"node_id":"node-a","fw_version":"1.0.0"}', { qos: 1 });

    expect(await offer).toMatchObject({ ota_job_id: made.jobId });
    await neighbour.publishAsync("$aws/rules/esp_node_otastatus/node/node-b/otastatus", status, { qos: 1 });
    await expect.poll(async () => (await beliefs(running, made.jobId)).get("node-b")?.belief).toBe("success");
    expect((await beliefs(running, made.jobId)).get("node-a")?.belief).toBe("started");
    expect(heard).toEqual([]);
    for (const client of clients) client.end(true);
    await running.stop();
  });
});

/** A way to a port that can be cut and opened again. */
class CuttableWay {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isOpen = true;

  private constructor(target: number) {
    this.#server = createServer((socket) => {
      if (!this.#isOpen) return void socket.destroy();
      const onward = connectSocket(target, "127.0.0.1");
      for (const each of [socket, onward]) {
        this.#sockets.add(each);
        each.on("error", () => {});
        each.once("close", () => [socket, onward].forEach((one) => one.destroy()));
      }
      socket.pipe(onward).pipe(socket);
    });
  }

  static async to(target: number): Promise<CuttableWay> {
    const way = new CuttableWay(target);
    await new Promise<void>((resolve) => way.#server.listen(0, "127.0.0.1", resolve));
    return way;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Cuts it; resolves once all sockets are gone. */
  async close(): Promise<void> {
    this.#isOpen = false;
    const open = [...this.#sockets].filter((socket) => !socket.closed);
    const gone = open.map((socket) => new Promise<void>((resolve) => socket.once("close", () => resolve())));
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(gone);
  }

  open(): void {
    this.#isOpen = true;
  }

  end(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

function nextOffer(client: MqttClient): Promise<unknown> {
  return new Promise((resolve) => client.once("message", (_topic, payload) => resolve(JSON.parse(payload.toString()))));
}

function beliefs({ operator }: Embedded, jobId: string) {
  return operator.beliefs(jobId);
}
