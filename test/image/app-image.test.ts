import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AppImage, parseAppImage } from "../../src/image/app-image.ts";
import { buildAppImage } from "../../src/image/build-image.ts";
import { describeImage } from "../../src/image/image-description.ts";
import { flawText, type ImageFlawCode } from "../../src/image/image-flaw.ts";
import { IMAGE_HEAD_BYTES, readImageHead } from "../../src/image/image-head.ts";
import { writeU16, writeU32 } from "../../src/image/little-endian.ts";
import { checksumOf, walkSegments } from "../../src/image/segments.ts";
import { checkSignature } from "../../src/image/signature.ts";

const IMAGE = buildAppImage({ chip: "esp32", project: "thermostat", version: "2.0.0", sizeBytes: 4096, seed: 7 });

describe("an upload is refused", () => {
  test("at whatever length it was cut off", () => {
    for (let length = 0; length < IMAGE.length; length += 1) {
      expect(parseAppImage(IMAGE.subarray(0, length)).ok, `cut to ${length} bytes`).toBe(false);
    }
  });

  test("whichever single byte of it was changed", () => {
    fc.assert(
      fc.property(fc.nat(IMAGE.length - 1), fc.integer({ min: 1, max: 255 }), (offset, change) => {
        const damaged = edited((bytes) => (bytes[offset] = (bytes[offset] ?? 0) ^ change));
        expect(parseAppImage(damaged).ok).toBe(false);
      }),
    );
  });

  test("with the reason for each way in which a header, a segment or the end can be wrong", () => {
    const refusals: readonly (readonly [code: ImageFlawCode, offset: number, bytes: Uint8Array])[] = [
      ["too-short", 287, IMAGE.subarray(0, 287)],
      ["too-short", 0, new Uint8Array()],
      ["segment-count", 1, edited((bytes) => (bytes[1] = 0))],
      ["segment-count", 1, edited((bytes) => (bytes[1] = 17))],
      ["unknown-chip", 12, edited((bytes) => writeU16(bytes, 12, 0xffff))],
      ["segment-past-end", 28, edited((bytes) => writeU32(bytes, 28, 0xfffffffc))],
      ["segment-length", 28, edited((bytes) => writeU32(bytes, 28, 301))],
      ["cut-short", IMAGE.length - 1, IMAGE.subarray(0, -1)],
      ["checksum", IMAGE.length - 33, edited((bytes) => (bytes[1000] = (bytes[1000] ?? 0) ^ 1))],
      ["sha256", IMAGE.length - 32, edited((bytes) => (bytes[2] = 0))],
      ["trailing-bytes", IMAGE.length, Uint8Array.from([...IMAGE, 0])],
      ["trailing-bytes", IMAGE.length, Uint8Array.from([...IMAGE, ...new Uint8Array(4096).fill(0xff)])],
      ["no-app-description", 32, sealed(edited((bytes) => writeU32(bytes, 32, 0x11111111)))],
      ["segment-misaligned", 32, sealed(edited((bytes) => writeU32(bytes, 24, 0x3f401000)))],
    ];

    for (const [code, offsetBytes, bytes] of refusals) {
      expect(parseAppImage(bytes), code).toMatchObject({ ok: false, flaw: { code, offsetBytes } });
    }
  });

  test.each([
    ["a ZIP archive", "PK\x03\x04"],
    ["a gzip file", "\x1f\x8b\x08"],
    ["a zlib stream", "\x78\x9c"],
    ["an ELF file", "\x7fELF"],
    ["a UF2 file", "UF2\n"],
    ["an Intel HEX file", ":020000040800F2"],
    ["a Motorola S-record file", "S00600004844521B"],
    ["an HTML or XML text", "<!DOCTYPE html>"],
    ["a JSON text", '{"message":'],
  ])("by name where it is %s", (title, begin) => {
    const bytes = Uint8Array.from([...Buffer.from(begin, "latin1"), ...new Uint8Array(600)]);

    const parse = parseAppImage(bytes);

    expect(parse).toMatchObject({ ok: false, flaw: { code: "foreign-file", seen: expect.stringContaining(title) } });
  });

  test("as erased flash, or as no image, where it begins with anything else", () => {
    const erased = parseAppImage(new Uint8Array(600).fill(0xff));
    const zeroed = parseAppImage(new Uint8Array(600));

    expect(erased).toMatchObject({ flaw: { code: "wrong-magic", seen: expect.stringContaining("erased flash") } });
    expect(zeroed).toMatchObject({ flaw: { code: "wrong-magic", seen: "its first byte is 0x00" } });
  });

  test("with a segment of 16 MiB, which no bootloader takes", () => {
    const file = new Uint8Array(16 * 2 ** 20 + 64);
    file.set(IMAGE.subarray(0, 32));
    writeU32(file, 28, 16 * 2 ** 20);

    expect(parseAppImage(file)).toMatchObject({ flaw: { code: "segment-length", offsetBytes: 28 } });
  });

  test("with a retired chip named", () => {
    const parse = parseAppImage(edited((bytes) => writeU16(bytes, 12, 4)));

    expect(parse).toMatchObject({ flaw: { seen: "the chip id is 0x0004 (ESP32-S3 beta 2, never sold)" } });
  });

  test("with one sentence that tells what was seen, where, and what would be right", () => {
    const parse = parseAppImage(edited((bytes) => (bytes[1] = 17)));

    expect(parse.ok ? "" : flawText(parse.flaw)).toBe(
      "the header has a wrong number of segments: the segment count is 17 (at byte 0x1); an image has 1 to 16 segments",
    );
  });
});

describe("an image is accepted", () => {
  test("without an appended hash; then a changed header shows in the file's own digest alone", () => {
    const stripped = edited((bytes) => (bytes[23] = 0)).slice(0, -32);
    const changed = stripped.slice();
    changed[2] = 0;

    const image = accepted(stripped);

    expect(image.appendedSha256).toBeUndefined();
    expect(accepted(changed).sha256).not.toBe(image.sha256);
  });

  test("with any hash mark other than 0, as bootloaders do", () => {
    expect(accepted(sealed(edited((bytes) => (bytes[23] = 0x80)))).header.isHashAppended).toBe(true);
  });

  test("with no highest chip revision where the header has 0 or 65535", () => {
    const highest = [0, 399, 0xffff].map((value) => accepted(sealed(edited((bytes) => writeU16(bytes, 17, value)))));

    expect(highest.map(({ header }) => header.maxChipRevision)).toEqual([undefined, 399, undefined]);
  });

  test("with the forms of a V1 signature behind it on an ESP32, and on no other chip", () => {
    const other = buildAppImage({ chip: "esp32c3", project: "x", version: "1", sizeBytes: 4096, seed: 7 });
    const version1 = new Uint8Array(68).fill(7).fill(0, 0, 4);
    const padded = [...version1, ...new Uint8Array(12).fill(0xff)];

    expect(accepted(Uint8Array.from([...IMAGE, ...version1])).signature).toBe("secure-boot-v1");
    expect(accepted(Uint8Array.from([...IMAGE, ...padded])).signature).toBe("secure-boot-v1");
    expect(parseAppImage(Uint8Array.from([...other, ...version1])).ok).toBe(false);
    expect(parseAppImage(Uint8Array.from([...IMAGE, ...version1.fill(1)])).ok).toBe(false);
  });

  test("with texts that fill their field without a NUL, and texts that are no UTF-8", () => {
    const image = sealed(
      edited((bytes) => {
        bytes.fill(0x76, 48, 80);
        bytes.set([0x61, 0xff, 0x62, 0], 80);
      }),
    );

    const { description } = accepted(image);

    expect(description.version).toBe("v".repeat(32));
    expect(description.project).toBe("a\u{fffd}b");
    expect(readImageHead(image)).toMatchObject({ version: "v".repeat(32), project: "a\u{fffd}b" });
  });

  test("with terminal codes in its names, which a description does not pass on", () => {
    const image = accepted(sealed(edited((bytes) => bytes.set([0x1b, 0x5b, 0x32, 0x4a, 0xe2, 0x80, 0xae, 0], 80))));

    expect(describeImage(image)[0]).toEqual({ label: "project", value: "\u{fffd}[2J\u{fffd}" });
  });
});

describe("random bytes never throw", () => {
  test("as they are", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2000 }), isAnswered));
  });

  test("behind a header that is nearly right", () => {
    const begin = fc.tuple(fc.nat(3), fc.constantFrom(0, 2, 5, 13), fc.uint8Array({ maxLength: 600 }));

    fc.assert(
      fc.property(begin, ([count, chipId, rest]) => {
        const bytes = Uint8Array.from([...IMAGE.subarray(0, 24), ...rest]);
        bytes[1] = count;
        bytes[12] = chipId;
        isAnswered(bytes);
      }),
    );
  });

  function isAnswered(bytes: Uint8Array): void {
    const parse = parseAppImage(bytes);
    expect(parse.ok ? "" : flawText(parse.flaw)).not.toBe("an application image");
    checkSignature(bytes);
    readImageHead(bytes);
  }
});

test("an image head needs 288 bytes and an application's descriptor", () => {
  expect(readImageHead(IMAGE.subarray(0, IMAGE_HEAD_BYTES))).toEqual({
    chipId: 0,
    chip: "esp32",
    minChipRevision: 0,
    maxChipRevision: undefined,
    project: "thermostat",
    version: "2.0.0",
    secureVersion: 0,
  });
  expect(readImageHead(IMAGE.subarray(0, IMAGE_HEAD_BYTES - 1))).toBeUndefined();
  expect(readImageHead(edited((bytes) => (bytes[0] = 0xff)))).toBeUndefined();
  expect(readImageHead(edited((bytes) => (bytes[32] = 0)))).toBeUndefined();
});

test("an image head keeps the id of a chip that nobody knows", () => {
  const head = readImageHead(edited((bytes) => writeU16(bytes, 12, 0x7777)));

  expect(head).toMatchObject({ chipId: 0x7777, chip: undefined });
});

function accepted(bytes: Uint8Array): AppImage {
  const parse = parseAppImage(bytes);
  if (!parse.ok) throw new Error(flawText(parse.flaw));
  return parse.image;
}

function edited(edit: (bytes: Uint8Array) => void): Uint8Array {
  const copy = IMAGE.slice();
  edit(copy);
  return copy;
}

/** Makes checksum and hash right again after an edit. */
function sealed(bytes: Uint8Array): Uint8Array {
  const walk = walkSegments(bytes, bytes[1] ?? 0);
  if (walk.ok) bytes[bytes.length - 33] = checksumOf(bytes, walk.segments);
  bytes.set(createHash("sha256").update(bytes.subarray(0, -32)).digest(), bytes.length - 32);
  return bytes;
}
