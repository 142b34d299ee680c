import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { UserError } from "../../src/base/user-error.ts";
import { type AppImage, parseAppImage } from "../../src/image/app-image.ts";
import { BUILD_BYTES_MIN, buildAppImage, type ImageRequest } from "../../src/image/build-image.ts";
import { DEFECTS_MAX, defectText, HARDWARE_PATTERN, type ImageDefect } from "../../src/image/image-defects.ts";
import { describeImage } from "../../src/image/image-description.ts";
import { flawText } from "../../src/image/image-flaw.ts";
import { checksumOf } from "../../src/image/segments.ts";

const REQUEST: ImageRequest = { chip: "esp32c3", project: "thermostat", version: "2.0.0", sizeBytes: 4_096, seed: 1 };
const LOOP: ImageDefect = { fault: "boot-loop", hardware: "rev-b", share: 0.3, afterUs: 0 };
/** The mark, behind the descriptor. */
const LIST_AT = 288;

const defect = fc.record({
  fault: fc.stringMatching(/^[a-z][a-z0-9-]{0,30}$/),
  hardware: fc.option(fc.stringMatching(HARDWARE_PATTERN), { nil: undefined }),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  afterUs: fc.maxSafeNat().map((us) => us % 2 ** 50),
});

test("an image carries the defects that it was made with, to the bit, and is sound on any size", () => {
  fc.assert(
    fc.property(
      fc.array(defect, { maxLength: DEFECTS_MAX }),
      fc.integer({ min: 2_048, max: 40_000 }),
      (defects, sizeBytes) => {
        const read = parsed(buildAppImage({ ...REQUEST, sizeBytes, defects }));

        expect(read.defects).toEqual(defects);
        expect(read.description.version).toBe("2.0.0");
        expect(read.fileLengthBytes).toBe(Math.ceil(sizeBytes / 16) * 16);
      },
    ),
    { numRuns: 60 },
  );
});

test("an image without defects has the bytes that it always had, and says nothing of them", () => {
  const plain = buildAppImage(REQUEST);

  expect(buildAppImage({ ...REQUEST, defects: [] })).toEqual(plain);
  expect(parsed(plain).defects).toEqual([]);
  expect(describeImage(parsed(plain)).map(({ label }) => label)).not.toContain("defect");
});

test("a description names each defect", () => {
  const late: ImageDefect = { fault: "boot-loop", share: 1, afterUs: 14 * 86_400e6 };
  const image = parsed(buildAppImage({ ...REQUEST, defects: [LOOP, late] }));

  expect(describeImage(image).flatMap(({ label, value }) => (label === "defect" ? [value] : []))).toEqual([
    "boot-loop on 30% of rev-b",
    "boot-loop on every node, 14d after its boot",
  ]);
  expect(defectText({ fault: "brick", hardware: "rev-b", share: 1, afterUs: 90e6 })).toBe(
    "brick on rev-b, 90s after its boot",
  );
});

test("whatever stands behind the mark, an image with a right checksum is read or refused, and nothing throws", () => {
  const made = buildAppImage({ ...REQUEST, defects: [LOOP, LOOP] });
  const edit = fc.tuple(fc.integer({ min: 16, max: 184 }), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 12 }), (edits) => {
      const bytes = Uint8Array.from(made);
      for (const [at, value] of edits) bytes[LIST_AT + at] = value;

      const parse = parseAppImage(resealed(bytes));

      if (parse.ok) {
        for (const { share, hardware = "rev-b" } of parse.image.defects) {
          expect(share >= 0 && share <= 1).toBe(true);
          expect(hardware).toMatch(HARDWARE_PATTERN);
        }
      } else {
        expect(parse.flaw.code).toBe("defects");
        expect(flawText(parse.flaw)).toMatch(/^the image's list of defects cannot be read: [^\n]+ make it again$/);
      }
    }),
    { numRuns: 300 },
  );
});

test.each([
  ["none", 16, [0, 0, 0, 0]],
  ["nine", 16, [9, 0, 0, 0]],
  ["more than there is room for", 16, [255, 255, 255, 255]],
  ["a share that is no number", 24 + 64, [0, 0, 0, 0, 0, 0, 0xf8, 0x7f]],
  ["a fault without a name", 24, [0]],
])("a list of %s is refused by its place", (_, offset, patch) => {
  const bytes = buildAppImage({ ...REQUEST, defects: [LOOP] });
  bytes.set(patch, LIST_AT + offset);

  const parse = parseAppImage(resealed(bytes));

  expect(parse).toMatchObject({ ok: false, flaw: { code: "defects" } });
  expect(parse.ok ? 0 : parse.flaw.offsetBytes).toBeGreaterThanOrEqual(LIST_AT);
});

test("a mark that is one letter off is the application's own data", () => {
  const bytes = buildAppImage({ ...REQUEST, defects: [LOOP] });
  bytes[LIST_AT] = "O".charCodeAt(0);

  expect(parsed(resealed(bytes)).defects).toEqual([]);
});

test("the last good and the first bad request of each bound", () => {
  const of = (count: number): ImageDefect[] => Array.from({ length: count }, () => LOOP);
  const make = (changes: Partial<ImageRequest>) => () => buildAppImage({ ...REQUEST, ...changes });

  expect(parsed(make({ defects: of(8) })()).defects).toHaveLength(8);
  expect(make({ defects: of(9) })).toThrow(/defect stands there 9 times; an image carries at most 8/);
  const leastBytes = 1_024 - 428 + 24 + 8 * 80 + 64;
  expect(parsed(make({ defects: of(8), sizeBytes: leastBytes })()).defects).toHaveLength(8);
  expect(make({ defects: of(8), sizeBytes: leastBytes - 1 })).toThrow(/size is \d+ bytes; an image with 8 defects has/);
  expect(parsed(make({ defects: of(3), sizeBytes: BUILD_BYTES_MIN })()).defects).toHaveLength(3);
  for (const wrong of [{ share: 1.01 }, { share: Number.NaN }, { hardware: "" }, { hardware: "a b" }, { fault: "" }]) {
    expect(make({ defects: [{ ...LOOP, ...wrong }] })).toThrow(UserError);
  }
  expect(parsed(make({ defects: [{ ...LOOP, share: 1, hardware: "r".repeat(31) }] })()).defects).toHaveLength(1);
  expect(make({ defects: [{ ...LOOP, hardware: "r".repeat(32) }] })).toThrow(UserError);
});

function parsed(bytes: Uint8Array): AppImage {
  const parse = parseAppImage(bytes);
  if (!parse.ok) throw new Error(flawText(parse.flaw));
  return parse.image;
}

/** The same image with the checksum and the hash that its changed bytes ask for. */
function resealed(bytes: Uint8Array): Uint8Array {
  const sealed = Uint8Array.from(bytes);
  const { segments } = parsed(buildAppImage({ ...REQUEST, defects: [LOOP, LOOP], sizeBytes: bytes.length }));
  const hashAt = sealed.length - 32;
  // A list of one moves no segment: at this size a fifth of the image is more than both need.
  sealed[hashAt - 1] = checksumOf(sealed, segments);
  sealed.set(createHash("sha256").update(sealed.subarray(0, hashAt)).digest(), hashAt);
  return sealed;
}
