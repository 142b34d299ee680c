import { describe, expect, test } from "vitest";
import { BAD_GREETINGS, BAD_PACKETS, type BadPacket, USELESS_PACKETS } from "../../fixtures/bad-input/mqtt-packets.ts";
import { accept, encode, open, PUBLISH, startPeer, closesLinks } from "./mqtt-peer.ts";
import { RecordedLinks } from "./recorded-links.ts";

closesLinks();

describe("in place of its CONNACK a node's link hears", () => {
  test.each(BAD_GREETINGS.map(named))("$title, and the dial fails: $cause", async ({ bytes, cause }) => {
    const heard = new RecordedLinks();
    const peer = await startPeer((socket) => socket.end(bytes));
    open(peer, heard);

    const failed = await heard.next("failed");

    expect(failed.cause).toBe(cause);
    expect(heard.events.length).toBe(1);
  });
});

describe("on an open link a node hears", () => {
  test.each(BAD_PACKETS.map(named))("$title, and closes it: $cause", async ({ bytes, cause }) => {
    const heard = new RecordedLinks();
    const peer = await startPeer(accept);
    open(peer, heard);
    await heard.next("connected");

    peer.socket().write(bytes);

    expect((await heard.next("closed")).cause).toBe(cause);
  });

  test.each(USELESS_PACKETS)("%s, and goes on", async (title, bytes) => {
    const heard = new RecordedLinks();
    const peer = await startPeer(accept);
    const link = open(peer, heard);
    await heard.next("connected");

    peer.socket().write(bytes);
    // Of half a packet the rest is still to come.
    if (title === "half of a packet") peer.socket().write(Buffer.alloc(9));
    peer.socket().write(encode({ ...PUBLISH, topic: "after", payload: "it" }));

    for (;;) if ((await heard.next("publish")).topic === "after") break;
    expect(link.isOpen).toBe(true);
  });
});

function named([title, bytes, cause]: BadPacket) {
  return { title, bytes, cause };
}
