import fc from "fast-check";
import mqttPacket from "mqtt-packet";
import { expect, test } from "vitest";
import { PacketGuard } from "../../src/backend/serve/packet-guard.ts";

test("a stream of packets up to the limit passes, however it is cut into chunks", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(500), { maxLength: 8 }), fc.array(fc.integer({ min: 1, max: 300 })), (sizes, cuts) => {
      const stream = Buffer.concat(sizes.map((size) => (size === 0 ? Buffer.from([0xc0, 0]) : publish(size))));
      const guard = new PacketGuard(600);

      const admitted = chunks(stream, cuts).map((chunk) => guard.admits(chunk));

      expect(admitted.every(Boolean)).toBe(true);
    }),
  );
});

test("a packet of the limit passes and one byte more does not", () => {
  const body = publish(200).length - 3;

  expect(new PacketGuard(body).admits(publish(200))).toBe(true);
  expect(new PacketGuard(body - 1).admits(publish(200))).toBe(false);
});

test("a header that announces 256 MB is refused before its body comes", () => {
  const guard = new PacketGuard(1000);

  expect(guard.admits(Uint8Array.of(0x30, 0xff, 0xff, 0xff))).toBe(false);
});

test("a length of more than four bytes is refused", () => {
  expect(new PacketGuard(1000).admits(Uint8Array.of(0x30, 0x80, 0x80, 0x80, 0x80, 0x80))).toBe(false);
});

function publish(payloadBytes: number): Buffer {
  return mqttPacket.generate({
    cmd: "publish",
    topic: "t",
    payload: Buffer.alloc(payloadBytes, 0xff),
    qos: 0,
    dup: false,
    retain: false,
  });
}

function chunks(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const parts: Buffer[] = [];
  let at = 0;
  for (const cut of cuts) {
    parts.push(bytes.subarray(at, at + cut));
    at += cut;
  }
  return [...parts, bytes.subarray(at)];
}
