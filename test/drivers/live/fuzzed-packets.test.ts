import fc from "fast-check";
import { expect, test } from "vitest";
import { imageHead } from "../../../src/adapters/rainmaker/image-request.ts";
import {
  decodePacket,
  encodeConnect,
  encodePuback,
  encodePublish,
  encodeSubscribe,
} from "../../../src/drivers/live/packet-codec.ts";
import {
  FRAME_MALFORMED,
  FRAME_TOO_LONG,
  FRAME_UNFINISHED,
  frameLength,
  INBOUND_PACKET_BYTES_MAX,
} from "../../../src/drivers/live/packet-frame.ts";

const GOOD = [
  encodePublish("node/n/otaurl", '{"ota_job_id":"j"}', 7, false),
  encodePuback(9),
  encodeSubscribe(["node/n/otaurl"], 3),
  encodeConnect({ clientId: "n", username: "u", password: "p", keepAliveSeconds: 120, will: undefined }),
  Buffer.from([0x20, 2, 0, 0]),
  Buffer.from([0x90, 3, 0, 3, 1]),
];

test("a whole packet of changed bytes is decoded or refused, and the next good one is decoded", () => {
  const change = fc.tuple(fc.nat(60), fc.nat(3), fc.uint8Array({ maxLength: 4 }));
  fc.assert(
    fc.property(fc.constantFrom(...GOOD), fc.array(change, { minLength: 1, maxLength: 3 }), (packet, changes) => {
      let bytes: Buffer = packet;
      for (const [at, dropped, by] of changes)
        bytes = Buffer.concat([bytes.subarray(0, at), by, bytes.subarray(at + dropped)]);
      const length = frameLength(bytes, 0);

      if (length > 0 && length <= bytes.length) decodePacket(bytes.subarray(0, length));

      // A SUBACK, as its way leads through the parser that the changed bytes went through.
      expect(decodePacket(Buffer.from([0x90, 3, 0, 9, 1]))).toMatchObject({ cmd: "suback", messageId: 9 });
    }),
    { numRuns: 500, seed: 1 },
  );
});

test("a frame has a length within the limit, or is one of the three signs, wherever one begins to read", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 12 }), fc.nat(14), (bytes, at) => {
      const length = frameLength(bytes, at);

      if (length > 0) expect(length).toBeLessThanOrEqual(INBOUND_PACKET_BYTES_MAX);
      else expect([FRAME_UNFINISHED, FRAME_MALFORMED, FRAME_TOO_LONG]).toContain(length);
    }),
    { numRuns: 500, seed: 2 },
  );
});

test("a range begins only where it was asked from, whatever status and headers say", () => {
  const range = fc.oneof(
    fc.tuple(fc.nat(3_000), fc.nat(9_000), fc.nat(9_000)).map(([from, to, size]) => `bytes ${from}-${to}/${size}`),
    fc.string({ maxLength: 30 }),
  );
  const headers = fc.record({ "content-range": range, "content-length": fc.oneof(fc.string(), fc.nat().map(String)) });
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 999 }),
      headers,
      fc.nat(3_000),
      fc.boolean(),
      (status, given, from, isRanged) => {
        const head = imageHead({ status, headers: given }, from, isRanged);

        if (head.kind !== "begun") return;
        expect(head.fromBytes).toBe(isRanged ? from : 0);
        if (isRanged) expect(given["content-range"].startsWith(`bytes ${from}-`)).toBe(true);
        if (head.lengthBytes !== undefined) expect(head.lengthBytes).toBeGreaterThanOrEqual(0);
      },
    ),
    { numRuns: 500, seed: 3 },
  );
});
