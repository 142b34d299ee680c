import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  PACKET_ID_MAX,
  SUBSCRIBES_IN_FLIGHT_MAX,
  WRITE_BACKLOG_BYTES_MAX,
} from "../../../src/drivers/live/mqtt-link.ts";
import { INBOUND_PACKET_BYTES_MAX } from "../../../src/drivers/live/packet-frame.ts";
import { freePort, hasMosquitto, MOSQUITTO, startAedes, startMosquitto, type TestBroker } from "./brokers.ts";
import { accept, cleanUps, encode, once, open, PUBLISH, startOperator, startPeer, closesLinks } from "./mqtt-peer.ts";
import { RecordedLinks } from "./recorded-links.ts";

closesLinks();

const brokers = [
  { name: "aedes", isThere: true, start: () => startAedes() },
  { name: "mosquitto", isThere: hasMosquitto, start: startMosquitto },
];
if (!hasMosquitto) console.warn(`skipped: the link against mosquitto, because ${MOSQUITTO} is not installed`);

describe.each(brokers)("a link to $name", ({ isThere, start }) => {
  describe.skipIf(!isThere)("(installed)", () => {
    let broker: TestBroker;
    beforeAll(async () => {
      broker = await start();
    });
    afterAll(() => broker.stop());

    test("connects and tells how long TCP and the whole dial took, in whole microseconds", async () => {
      const heard = new RecordedLinks();

      open(broker, heard, { clientId: "timed" });
      const { parts } = await heard.next("connected");

      expect(Object.values(parts).every(Number.isInteger)).toBe(true);
      expect(parts.tlsUs).toBe(0);
      expect(parts.tcpUs).toBeGreaterThan(0);
      expect(parts.totalUs).toBeGreaterThanOrEqual(parts.tcpUs);
    });

    test("gets a QoS 1 publish acknowledged and uses its id again afterwards", async () => {
      const heard = new RecordedLinks();
      const link = open(broker, heard, { clientId: "publisher" });
      await heard.next("connected");

      const first = link.publish("node/x/otastatus", "one");
      const second = link.publish("node/x/otastatus", Buffer.from("two"));
      const acknowledged = [await heard.next("puback"), await heard.next("puback")].map((event) => event.packetId);

      expect(acknowledged).toEqual([first, second]);
      expect(link.inFlightCount).toBe(0);
      link.publish("node/x/otastatus", "one", true, first);
      expect((await heard.next("puback")).packetId).toBe(first);
    });

    test("hears what is published to a topic that it subscribed to, and acknowledges it", async () => {
      const heard = new RecordedLinks();
      const operator = await startOperator(broker);
      const link = open(broker, heard, { clientId: "subscriber" });
      await heard.next("connected");

      link.subscribe(["node/subscriber/otaurl", "node/subscriber/params/remote"]);
      expect((await heard.next("suback")).isGranted).toBe(true);
      for (const text of ["a", "b", "ü".repeat(3_000), ""]) {
        await operator.publishAsync("node/subscriber/otaurl", text, { qos: 1 });
      }

      const payloads: string[] = [];
      while (payloads.length < 4) payloads.push((await heard.next("publish")).payload);
      expect(payloads).toEqual(["a", "b", "ü".repeat(3_000), ""]);
    });

    test("leaves its will to the broker when it is destroyed", async () => {
      const heard = new RecordedLinks();
      const operator = await startOperator(broker);
      await operator.subscribeAsync("node/dying/params/local", { qos: 1 });
      const will = once<string>((resolve) => operator.on("message", (_topic, payload) => resolve(payload.toString())));
      const link = open(broker, heard, {
        clientId: "dying",
        will: { topic: "node/dying/params/local", payload: "gone" },
      });
      await heard.next("connected");

      link.destroy();

      expect(await will).toBe("gone");
      expect(heard.events.map((event) => event.kind)).toEqual(["connected"]);
    });

    test("takes its will with it when it disconnects politely", async () => {
      const heard = new RecordedLinks();
      const operator = await startOperator(broker);
      await operator.subscribeAsync("will/#", { qos: 1 });
      const messages: string[] = [];
      const last = once<void>((resolve) =>
        operator.on("message", (topic) => {
          messages.push(topic);
          if (topic === "will/last") resolve();
        }),
      );
      const link = open(broker, heard, { clientId: "polite", will: { topic: "will/polite", payload: "gone" } });
      await heard.next("connected");

      link.disconnect();

      expect((await heard.next("closed")).cause).toBe("disconnected");
      await operator.publishAsync("will/last", "", { qos: 1 });
      await last;
      expect(messages).toEqual(["will/last"]);
    });

    test("is closed when another link takes its client id", async () => {
      const heard = new RecordedLinks();
      open(broker, heard, { clientId: "twice" }, 1);
      await heard.next("connected");

      open(broker, heard, { clientId: "twice" }, 2);

      const closed = await heard.next("closed");
      expect([closed.slot, closed.cause]).toEqual([1, "closed"]);
    });
  });
});

describe("a refused or broken dial", () => {
  test("tells bad credentials by the CONNACK's code", async () => {
    const broker = await startAedes();
    cleanUps.push(() => broker.stop());
    const heard = new RecordedLinks();

    open(broker, heard, { clientId: "stranger", username: "u", password: "wrong" });

    expect((await heard.next("failed")).cause).toBe("bad credentials");
  });

  test.each([
    [1, "protocol version refused"],
    [2, "identifier rejected"],
    [3, "server unavailable"],
    [4, "bad credentials"],
    [5, "not authorized"],
    [6, "protocol"],
  ])("tells CONNACK code %i as %s", async (code, cause) => {
    const heard = new RecordedLinks();
    const peer = await startPeer((socket) => socket.write(Buffer.from([0x20, 2, 0, code])));

    open(peer, heard);

    expect((await heard.next("failed")).cause).toBe(cause);
  });

  test("tells that nothing listens", async () => {
    const heard = new RecordedLinks();

    open({ port: await freePort() }, heard);

    expect((await heard.next("failed")).cause).toBe("refused");
  });

  test("tells a peer that closes before its CONNACK", async () => {
    const heard = new RecordedLinks();
    const peer = await startPeer((socket) => socket.end());

    open(peer, heard);

    expect((await heard.next("failed")).cause).toBe("closed");
  });

  test("tells nothing once it is aborted", async () => {
    const heard = new RecordedLinks();
    const peer = await startPeer(() => undefined);
    const gone = once<void>((resolve) => peer.server.on("connection", (socket) => socket.on("close", () => resolve())));

    const link = open(peer, heard);
    await peer.packet("connect");
    link.abort();

    await gone;
    expect(heard.events).toEqual([]);
  });
});

describe("an open link", () => {
  test("writes PUBACK after its owner has heard the publish, and none when the owner dropped the link meanwhile", async () => {
    const heard = new RecordedLinks();
    const peer = await startPeer(accept);
    const link = open(peer, heard);
    await heard.next("connected");

    peer.send({ cmd: "publish", topic: "t", payload: "p", qos: 1, messageId: 7, dup: false, retain: false });

    expect(await peer.packet("puback")).toMatchObject({ messageId: 7 });
    const dropped = once<void>((resolve) => peer.socket().on("close", () => resolve()));
    heard.onPublish = () => link.destroy();
    peer.send({ cmd: "publish", topic: "t", payload: "p", qos: 1, messageId: 8, dup: false, retain: false });
    await dropped;
    expect(peer.packets.filter((packet) => packet.cmd === "puback")).toHaveLength(1);
  });

  test("keeps the id of a message that is sent again and marks it as a duplicate", async () => {
    const heard = new RecordedLinks();
    const peer = await startPeer(accept);
    const link = open(peer, heard);
    await heard.next("connected");

    expect(link.publish("t", "again", true, 1)).toBe(1);
    expect(link.publish("t", "new")).toBe(2);

    expect(await peer.packet("publish")).toMatchObject({ messageId: 1, dup: true, qos: 1, retain: false });
    expect(await peer.packet("publish")).toMatchObject({ messageId: 2, dup: false });
  });

  test("never gives out an id that is in flight, and begins at 1 again after the largest", async () => {
    const heard = new RecordedLinks();
    const peer = await startPeer(accept);
    const link = open(peer, heard);
    await heard.next("connected");
    const held = [link.publish("t", "held"), link.subscribe(["t"])];

    let largest = 0;
    while (largest < PACKET_ID_MAX) {
      const ids = Array.from({ length: Math.min(500, PACKET_ID_MAX - Math.max(2, largest)) }, () =>
        link.publish("t", ""),
      );
      largest = ids.at(-1) ?? 0;
      for (const messageId of ids) peer.send({ cmd: "puback", messageId });
      while (link.inFlightCount > 1) await new Promise((resolve) => setImmediate(resolve));
    }
    const ids = [link.publish("t", ""), link.subscribe(["t"]), link.publish("t", "")];

    expect(held).toEqual([1, 2]);
    expect(ids).toEqual([3, 4, 5]);
    link.destroy();
  });

  test("does not subscribe any more at a peer that answers none", async () => {
    const heard = new RecordedLinks();
    const peer = await startPeer(accept);
    const link = open(peer, heard);
    await heard.next("connected");

    const ids = Array.from({ length: SUBSCRIBES_IN_FLIGHT_MAX + 1 }, () => link.subscribe(["t"]));

    expect(ids.at(-2)).toBe(SUBSCRIBES_IN_FLIGHT_MAX);
    expect(ids.at(-1)).toBe(0);
    peer.send({ cmd: "suback", messageId: 1, granted: [1] });
    await heard.next("suback");
    expect(link.subscribe(["t"])).toBe(SUBSCRIBES_IN_FLIGHT_MAX + 1);
  });

  test("tells an acknowledgement once, and none that nobody waits for", async () => {
    const heard = new RecordedLinks();
    const peer = await startPeer(accept);
    const link = open(peer, heard);
    await heard.next("connected");
    const id = link.publish("t", "p");

    for (const messageId of [99, id, id]) peer.send({ cmd: "puback", messageId });
    peer.send({ cmd: "suback", messageId: 5, granted: [0x80] });

    expect((await heard.next("suback")).isGranted).toBe(false);
    expect(heard.events.filter((event) => event.kind === "puback")).toEqual([
      { kind: "puback", slot: 0, packetId: id },
    ]);
  });

  test("closes, and says why, when the peer stops reading", async () => {
    const heard = new RecordedLinks();
    const peer = await startPeer((socket) => {
      accept(socket);
      socket.pause();
    });
    const link = open(peer, heard);
    await heard.next("connected");

    let writes = 0;
    while (link.publish("t", "x".repeat(10_000)) !== 0) {
      writes += 1;
      expect(link.backlogBytes).toBeLessThanOrEqual(WRITE_BACKLOG_BYTES_MAX);
      if (writes % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }

    expect((await heard.next("closed")).cause).toBe("write backlog");
    expect(link.publish("t", "late")).toBe(0);
  });

  test("hears packets whatever pieces they come in", async () => {
    const heard = new RecordedLinks();
    const peer = await startPeer(accept);
    open(peer, heard);
    await heard.next("connected");
    const texts = ["", "one", "x".repeat(300), "y".repeat(70_000)];
    const bytes = Buffer.concat(texts.map((text) => encode({ ...PUBLISH, payload: text })));

    for (let at = 0, size = 1; at < bytes.length; at += size, size = size >= 4_000 ? 1 : size * 2) {
      peer.socket().write(bytes.subarray(at, at + size));
      await new Promise((resolve) => setImmediate(resolve));
    }

    for (const text of texts) expect((await heard.next("publish")).payload).toBe(text);
  });

  test.each([
    ["a second CONNACK", Buffer.from([0x20, 2, 0, 0])],
    ["packet type 0", Buffer.from([0x00, 0])],
    ["a CONNECT", Buffer.from([0x10, 2, 0, 0])],
    ["a length of five bytes", Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0x01])],
    ["a publish with QoS 3", Buffer.from([0x36, 5, 0, 1, 0x74, 0, 1])],
    ["a publish with QoS 2", Buffer.from([0x34, 5, 0, 1, 0x74, 0, 1])],
    ["a QoS 1 publish that ends before its id", Buffer.from([0x32, 3, 0, 1, 0x74])],
    ["a QoS 1 publish with id 0", Buffer.from([0x32, 5, 0, 1, 0x74, 0, 0])],
    ["a topic longer than its packet", Buffer.from([0x30, 4, 0xff, 0xff, 0x74, 0x74])],
    ["a suback with a QoS that is none", Buffer.from([0x90, 3, 0, 1, 7])],
  ])("closes with cause protocol at %s", async (_what, bytes) => {
    const heard = new RecordedLinks();
    const peer = await startPeer(accept);
    open(peer, heard);
    await heard.next("connected");

    peer.socket().write(bytes);

    expect((await heard.next("closed")).cause).toBe("protocol");
  });

  test("closes at the head of a packet that is longer than a node takes, before its body", async () => {
    const heard = new RecordedLinks();
    const peer = await startPeer(accept);
    open(peer, heard);
    await heard.next("connected");
    const size = INBOUND_PACKET_BYTES_MAX;

    peer.socket().write(Buffer.from([0x30, (size & 0x7f) | 0x80, ((size >> 7) & 0x7f) | 0x80, size >> 14]));

    expect((await heard.next("closed")).cause).toBe("packet too long");
  });

  test("survives random bytes of any kind, before and after the CONNACK, and ends or stays whole", async () => {
    const random = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      // A lawful head with a random body reaches the parts of the codec that random bytes seldom do.
      fc
        .tuple(fc.integer({ min: 0, max: 255 }), fc.uint8Array({ maxLength: 40 }))
        .map(([head, body]) => Uint8Array.from([head, body.length, ...body])),
    );
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.array(random, { minLength: 1, maxLength: 5 }), async (greets, pieces) => {
        const heard = new RecordedLinks();
        const peer = await startPeer((socket) => {
          if (greets) accept(socket);
          for (const piece of pieces) socket.write(piece);
          socket.end();
        });
        open(peer, heard);
        await Promise.race([heard.next("failed"), heard.next("closed")]);
        const ends = heard.events.filter((event) => event.kind === "failed" || event.kind === "closed");
        expect(ends).toHaveLength(1);
        peer.server.close();
      }),
      { numRuns: 150 },
    );
    // The codec's parser is shared: what one peer sent must not reach the next.
    const heard = new RecordedLinks();
    const peer = await startPeer(accept);
    open(peer, heard);
    await heard.next("connected");
    peer.send({ ...PUBLISH, payload: "clean" });
    expect((await heard.next("publish")).payload).toBe("clean");
  });
});
