import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { batchFrame, endMarkFrame, readFrames } from "../../src/measure/batch-frame.ts";
import { crc32 } from "../../src/measure/crc32.ts";
import { RECORD_BYTES, RECORD_KINDS } from "../../src/measure/event-record.ts";
import { BatchWriter } from "../../src/measure/record-batch.ts";
import { kindNumber, readRecords } from "../../src/measure/record-codec.ts";
import { REASONS, reasonOfCode, statusCode, statusOfCode } from "../../src/measure/status-code.ts";
import { STATUSES } from "../../src/node/report.ts";

type Fields = [kind: number, node: number, atUs: number, detail: number, count: number, a: number, b: number];

const record: fc.Arbitrary<Fields> = fc.tuple(
  fc.nat(RECORD_KINDS.length - 1),
  fc.nat(0xffffffff),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.nat(255),
  fc.nat(0xffff),
  fc.double(),
  fc.double(),
);

describe("records", () => {
  test("come back from their bytes as they were written, over any number of batches", () => {
    fc.assert(
      fc.property(fc.array(fc.array(record, { maxLength: 700 }), { maxLength: 4 }), (groups) => {
        const writer = new BatchWriter("run", 3);
        const seen: Fields[] = [];

        const batches = groups.map((group) => {
          for (const fields of group) writer.record(...fields);
          return writer.flush();
        });
        for (const batch of batches) readRecords(batch.bytes, collector(seen));

        expect(seen).toEqual(groups.flat());
        expect(batches.map(({ sequence }) => sequence)).toEqual(groups.map((_, index) => index));
      }),
      { numRuns: 25 },
    );
  });

  test("lie in their bytes as the layout says, little-endian", () => {
    const writer = new BatchWriter("run", 0);

    writer.record(3, 0x01020304, 1, 7, 0x0506, 2, 4);

    expect(Buffer.from(writer.flush().bytes).toString("hex")).toBe(
      "03070605" + "04030201" + "000000000000f03f" + "0000000000000040" + "0000000000001040",
    );
  });

  test("that are cut off are dropped, and their bytes counted", () => {
    const bytes = new Uint8Array(RECORD_BYTES * 2 + 7);

    expect(readRecords(bytes, collector([]))).toEqual({ records: 2, tornBytes: 7, unknown: 0 });
  });

  test("of an unknown kind, or without a time, are dropped and counted", () => {
    const writer = new BatchWriter("run", 0);
    writer.record(RECORD_KINDS.length, 0, 0, 0, 0, 0, 0);
    writer.record(0, 0, Number.NaN, 0, 0, 0, 0);
    writer.record(0, 0, 5, 0, 0, 0, 0);
    const seen: Fields[] = [];

    const { unknown } = readRecords(writer.flush().bytes, collector(seen));

    expect(unknown).toBe(2);
    expect(seen).toHaveLength(1);
  });
});

describe("an end mark", () => {
  test("counts all batches and records, and has the checksum over all bytes", () => {
    const writer = new BatchWriter("run", 1);
    writer.record(0, 1, 2, 3, 4, 5, 6);
    const first = writer.flush();
    writer.record(1, 1, 2, 3, 4, 5, 6);
    const second = writer.flush();

    const checksum = crc32(Buffer.concat([first.bytes, second.bytes]));

    expect(writer.end()).toEqual({ shard: 1, batches: 2, records: 2, checksum });
  });
});

test("CRC-32 of the digits 1 to 9 is the check value of the standard", () => {
  expect(crc32(Buffer.from("123456789"))).toBe(0xcbf43926);
});

describe("frames", () => {
  test("are read up to the cut, wherever the file was cut", () => {
    const writer = new BatchWriter("run", 1);
    writer.record(0, 1, 2, 3, 4, 5, 6);
    const frames = [batchFrame(writer.flush()), batchFrame(writer.flush()), endMarkFrame(writer.end())];
    const file = Buffer.concat(frames);
    const ends = frames.map((_, index) => Buffer.concat(frames.slice(0, index + 1)).length);

    for (let length = 0; length <= file.length; length++) {
      const read = readFrames(file.subarray(0, length), "run");
      const whole = ends.filter((end) => end <= length);
      expect(read.batches.length + read.endMarks.length).toBe(whole.length);
      expect(read.readBytes).toBe(whole.at(-1) ?? 0);
      expect(read.tornBytes).toBe(length - read.readBytes);
    }
    expect(readFrames(file, "run").endMarks).toEqual([writer.end()]);
  });

  test("of any bytes whatever are read without throwing", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const framed = new Uint8Array([0x4f, 0x54, 0x41, 0x46, ...bytes]);
        expect(readFrames(framed, "run").batches).toEqual([]);
        readRecords(bytes, collector([]));
      }),
    );
  });

  test("with a flipped bit are not read", () => {
    const writer = new BatchWriter("run", 1);
    writer.record(0, 1, 2, 3, 4, 5, 6);
    const frame = batchFrame(writer.flush());

    for (let at = 0; at < frame.length; at++) {
      const damaged = frame.slice();
      damaged[at]! ^= 1;
      expect(readFrames(damaged, "run").batches).toEqual([]);
    }
  });
});

test("every status with every reason fits into a byte and comes back", () => {
  for (const status of STATUSES) {
    for (const reason of REASONS) {
      const code = statusCode(status, reason);
      expect(code).toBeLessThan(256);
      expect([statusOfCode(code), reasonOfCode(code)]).toEqual([status, reason]);
    }
  }
});

test("every kind of record has its number in the list", () => {
  RECORD_KINDS.forEach((kind, number) => expect(kindNumber(kind)).toBe(number));
});

function collector(into: Fields[]) {
  return { record: (...fields: Fields) => void into.push(fields) };
}
