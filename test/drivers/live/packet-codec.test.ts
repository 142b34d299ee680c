import fc from "fast-check";
import { generate, parser, type Packet } from "mqtt-packet";
import { expect, test } from "vitest";
import { decodePacket, encodePublish } from "../../../src/drivers/live/packet-codec.ts";

/** The library's bytes of the same PUBLISH. */
function publishOfLibrary(topic: string, payload: string | Buffer, messageId: number, dup: boolean): Buffer {
  return generate({ cmd: "publish", topic, payload, messageId, dup, qos: 1, retain: false });
}

function decodedByLibrary(bytes: Buffer): Packet | undefined {
  let packet: Packet | undefined;
  const reading = parser({ protocolVersion: 4 });
  reading.on("packet", (read: Packet) => (packet = read));
  reading.parse(bytes);
  return packet;
}

const PACKET_ID = fc.integer({ min: 1, max: 65_535 });

test("a PUBLISH has the very bytes that the library writes, whatever its topic, payload, packet id and DUP flag", () => {
  const text = fc.string({ unit: "binary", maxLength: 200 });
  const payload = fc.oneof(
    text,
    fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
  );
  fc.assert(
    fc.property(text, payload, PACKET_ID, fc.boolean(), (topic, what, id, isDuplicate) => {
      const bytes = encodePublish(topic, what, id, isDuplicate);

      expect(bytes.equals(publishOfLibrary(topic, what, id, isDuplicate))).toBe(true);
    }),
    { numRuns: 500, seed: 3 },
  );
});

// Section 2.2.3: these are the largest lengths of one, two and three bytes. Topic and packet id take 5 of them.
test.each([127, 16_383, 2_097_151])("a PUBLISH has the library's bytes on both sides of a length of %i", (largest) => {
  for (const remaining of [largest - 1, largest, largest + 1]) {
    const payload = "x".repeat(remaining - 5);

    const bytes = encodePublish("t", payload, 1, false);

    expect(bytes.equals(publishOfLibrary("t", payload, 1, false))).toBe(true);
  }
});

test("bytes that are a part of a larger array are written alone", () => {
  const part = new Uint8Array([9, 9, 1, 2, 3, 9]).subarray(2, 5);

  expect(encodePublish("t", part, 7, false)).toEqual(publishOfLibrary("t", Buffer.from([1, 2, 3]), 7, false));
});

test("a topic of more than 65,535 bytes is a fault of ours, and the next packet is whole", () => {
  expect(() => encodePublish("ü".repeat(32_768), "", 1, false)).toThrow(/topic is too long/);

  expect(encodePublish("t", "p", 1, false)).toEqual(publishOfLibrary("t", "p", 1, false));
});

test("a packet that was written stays as it is when the next one is", () => {
  const first = encodePublish("one", "first", 1, false);

  encodePublish("two", "second", 2, false);

  expect(first).toEqual(publishOfLibrary("one", "first", 1, false));
});

test("a PUBACK is decoded as the library decodes it", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 65_535 }), (id) => {
      const bytes = Buffer.from([0x40, 2, id >>> 8, id & 0xff]);

      expect(decodePacket(bytes)).toMatchObject({ cmd: "puback", messageId: id });
      expect(decodedByLibrary(bytes)).toMatchObject({ cmd: "puback", messageId: id });
    }),
    { numRuns: 200, seed: 4 },
  );
});

test("a PUBACK with a flag in its head, which section 2.2.2 forbids, is refused", () => {
  expect(decodePacket(Buffer.from([0x42, 2, 0, 9]))).toBe(undefined);
});
