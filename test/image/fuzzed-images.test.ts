import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseAppImage } from "../../src/image/app-image.ts";
import { buildAppImage } from "../../src/image/build-image.ts";
import { flawText } from "../../src/image/image-flaw.ts";
import { readImageHead } from "../../src/image/image-head.ts";
import { signSecureBootV2 } from "../../src/image/image-signing.ts";
import { parseOtadata } from "../../src/image/otadata.ts";
import { parsePartitionTable } from "../../src/image/partition-table.ts";
import { checkSignature } from "../../src/image/signature.ts";

const IMAGE = buildAppImage({ chip: "esp32c3", project: "thermostat", version: "2.0.0", sizeBytes: 4_096, seed: 7 });
const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const SIGNED = signSecureBootV2(IMAGE, String(privateKey.export({ type: "pkcs8", format: "pem" })));

/** Edits where the structure is: numbers that lengths and counts are made of, at any place, cuts and doublings. */
const edit = fc.oneof(
  fc.tuple(
    fc.constant("u32"),
    fc.nat(340),
    fc.constantFrom(0, 1, 4, 0x7fff_ffff, 0x8000_0000, 0xffff_fffc, 0xffff_ffff),
  ),
  fc.tuple(fc.constant("byte"), fc.nat(9_000), fc.integer({ min: 0, max: 255 })),
  fc.tuple(fc.constant("cut"), fc.nat(9_000), fc.constant(0)),
  fc.tuple(fc.constant("double"), fc.nat(9_000), fc.nat(600)),
);

const mutated = fc
  .tuple(fc.constantFrom(IMAGE, SIGNED), fc.array(edit, { minLength: 1, maxLength: 5 }))
  .map(([of, edits]) => {
    let bytes = Buffer.from(of);
    for (const [kind, place, value] of edits) {
      const at = bytes.length === 0 ? 0 : place % bytes.length;
      if (kind === "cut") bytes = Buffer.from(bytes.subarray(0, at));
      else if (kind === "double")
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at, at + value), bytes.subarray(at)]);
      else if (kind === "byte" && at < bytes.length) bytes[at] = value;
      else if (kind === "u32" && at + 4 <= bytes.length) bytes.writeUInt32LE(value, at);
    }
    return bytes;
  });

test("an image changed anywhere has a verdict, or a flaw with a place in the file; nothing throws, no byte is touched", () => {
  fc.assert(
    fc.property(mutated, (bytes) => {
      const before = Buffer.from(bytes);

      const parse = parseAppImage(bytes);
      const signature = checkSignature(bytes, []);
      readImageHead(bytes);

      if (!parse.ok) {
        expect(parse.flaw.offsetBytes).toBeGreaterThanOrEqual(0);
        expect(parse.flaw.offsetBytes).toBeLessThanOrEqual(bytes.length);
        expect(flawText(parse.flaw)).toMatch(/^[^\n]+: [^\n]+ \(at byte 0x[0-9a-f]+\); [^\n]+$/);
        expect(flawText(parse.flaw)).not.toMatch(/undefined|NaN|\[object/);
      }
      expect(signature.isAccepted).toBe(false);
      expect(bytes.equals(before)).toBe(true);
    }),
    { numRuns: 400, seed: 1 },
  );
});

test("what lies around the bytes in memory is never read", () => {
  fc.assert(
    fc.property(mutated, fc.integer({ min: 0, max: 255 }), (bytes, fill) => {
      const around = Buffer.alloc(bytes.length + 8_192, fill);
      bytes.copy(around, 4_096);

      const inside = parseAppImage(around.subarray(4_096, 4_096 + bytes.length));

      expect(inside).toEqual(parseAppImage(bytes));
    }),
    { numRuns: 100, seed: 2 },
  );
});

test("a partition table and otadata of any bytes, or of none, are read or refused", () => {
  const entry = fc.tuple(
    fc.constantFrom([0xaa, 0x50], [0xeb, 0xeb], [0xff, 0xff], [0, 0]),
    fc.uint8Array({ minLength: 30, maxLength: 30 }),
  );
  const table = fc
    .array(entry, { maxLength: 100 })
    .map((entries) => Buffer.concat(entries.map(([magic, rest]) => Buffer.from([...magic, ...rest]))));
  fc.assert(
    fc.property(fc.oneof(table, fc.uint8Array({ maxLength: 8_192 })), fc.nat(8_192), (bytes, length) => {
      const cut = bytes.subarray(0, length);

      parsePartitionTable(cut);
      parseOtadata(cut);
    }),
    { numRuns: 300, seed: 3 },
  );
});
