import { describe, expect, test } from "vitest";
import { KeepAliveQueue } from "../../../src/drivers/live/keep-alive.ts";
import { startAedes } from "./brokers.ts";
import { accept, cleanUps, open, PUBLISH, startPeer, closesLinks } from "./mqtt-peer.ts";
import { RecordedLinks } from "./recorded-links.ts";

closesLinks();

describe("the keep-alive", () => {
  test("pings half a keep-alive after the connect, and again half a keep-alive after each answer", async () => {
    const heard = new RecordedLinks();
    const peer = await startPeer(accept);
    const link = open(peer, heard, { keepAliveSeconds: 120 });
    await heard.next("connected");
    const queue = new KeepAliveQueue();
    queue.add(link, 0);

    queue.tick(59_999_999);
    expect(queue.dueUs).toBe(60_000_000);
    queue.tick(60_000_000);
    await peer.packet("pingreq");
    peer.send({ cmd: "pingresp" });
    peer.send({ ...PUBLISH, payload: "the answer has been heard before this" });
    await heard.next("publish");
    queue.tick(120_000_000);
    await peer.packet("pingreq");

    expect(link.isOpen).toBe(true);
  });

  test("closes a link a keep-alive after a ping that nobody answered", async () => {
    const heard = new RecordedLinks();
    const peer = await startPeer(accept);
    const link = open(peer, heard, { keepAliveSeconds: 120 });
    await heard.next("connected");
    const queue = new KeepAliveQueue();
    queue.add(link, 0);

    for (const atUs of [60_000_000, 120_000_000]) queue.tick(atUs);
    expect(link.isOpen).toBe(true);
    queue.tick(180_000_000);

    expect((await heard.next("closed")).cause).toBe("keep-alive");
    expect(queue.dueUs).toBe(Infinity);
  });

  test("forgets links that are gone, and leaves out those without keep-alive", async () => {
    const heard = new RecordedLinks();
    const peer = await startPeer(accept);
    const queue = new KeepAliveQueue();
    const mute = open(peer, heard, { keepAliveSeconds: 0 });
    await heard.next("connected");
    queue.add(mute, 0);
    expect(queue.dueUs).toBe(Infinity);
    const link = open(peer, heard, { keepAliveSeconds: 10 });
    await heard.next("connected");
    queue.add(link, 0);

    link.destroy();
    queue.tick(5_000_000);

    expect(queue.dueUs).toBe(Infinity);
  });

  test("gets real answers from a broker", async () => {
    const broker = await startAedes();
    cleanUps.push(() => broker.stop());
    const heard = new RecordedLinks();
    const link = open(broker, heard, { clientId: "pinger" });
    await heard.next("connected");

    link.ping();
    link.publish("t", "the answer to the ping comes before this one's");
    await heard.next("puback");

    // Answered: the first beat pings anew, the second waits, and only the third would give up.
    expect([link.beat(), link.beat(), link.beat()]).toEqual([true, true, false]);
  });
});
