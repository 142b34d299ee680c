import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { UserError } from "../../src/base/user-error.ts";
import { parseAppImage } from "../../src/image/app-image.ts";
import { BUILD_BYTES_MAX, BUILD_BYTES_MIN, buildAppImage, type ImageRequest } from "../../src/image/build-image.ts";
import { CHIP_NAMES, type Chip, chipOfName, isFlashMapped, MMU_PAGE_BYTES } from "../../src/image/chips.ts";
import { flawText } from "../../src/image/image-flaw.ts";

const REQUEST: ImageRequest = { chip: "esp32c3", project: "thermostat", version: "2.0.0", sizeBytes: 65536, seed: 1 };

test("a built image is read back as what was asked for, on every chip and at any size", () => {
  const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 31 }).filter(fitsField);
  const request = fc.record({
    chip: fc.constantFrom(...CHIP_NAMES),
    project: text,
    version: text,
    secureVersion: fc.nat(0xffffffff),
    sizeBytes: fc.integer({ min: BUILD_BYTES_MIN, max: 200_000 }),
    seed: fc.nat(),
  });

  fc.assert(
    fc.property(request, (asked) => {
      const bytes = buildAppImage(asked);

      const parse = parseAppImage(bytes);

      if (!parse.ok) throw new Error(flawText(parse.flaw));
      const { project, version, secureVersion } = parse.image.description;
      expect({ project, version, secureVersion }).toEqual({
        project: asked.project,
        version: asked.version,
        secureVersion: asked.secureVersion,
      });
      expect(parse.image.chip).toBe(asked.chip);
      expect(bytes.length).toBe(Math.ceil(asked.sizeBytes / 16) * 16);
      expect(parse.image.imageLengthBytes).toBe(bytes.length);
    }),
  );
});

test.each(CHIP_NAMES)(
  "an image built for %s has what its bootloader asks of addresses, mapped in whole or in part",
  (name) => {
    for (const sizeBytes of [BUILD_BYTES_MIN, 100_000, 4 * 2 ** 20]) {
      const parse = parseAppImage(buildAppImage({ ...REQUEST, chip: name, sizeBytes }));
      const chip = chipOfName(name);
      if (!parse.ok || chip === undefined) throw new Error("an image for a known chip was expected");
      const { header, segments } = parse.image;

      const mapped = segments.filter((each) => isFlashMapped(chip, each.loadAddress));

      expect(mapped).toHaveLength(2);
      expect(mapped.every((each) => each.loadAddress % MMU_PAGE_BYTES === each.offsetBytes % MMU_PAGE_BYTES)).toBe(
        true,
      );
      expect(mapped.every((each) => isFlashMapped(chip, each.loadAddress + each.lengthBytes - 1))).toBe(true);
      expect(segments[0]?.lengthBytes).toBeGreaterThanOrEqual(256);
      const entered = segments.find((each) => header.entryAddress === each.loadAddress);
      expect(entered?.lengthBytes).toBeGreaterThan(0);
      expect(mapped).not.toContain(entered);
      const [constants, code] = mapped.map((each) => pagesOf(chip, each.loadAddress, each.lengthBytes));
      expect(constants?.some((page) => code?.includes(page))).toBe(false);
    }
  },
);

test("the largest image that is built, the whole of a 16 MiB flash, is accepted", () => {
  const parse = parseAppImage(buildAppImage({ ...REQUEST, sizeBytes: BUILD_BYTES_MAX }));

  expect(parse).toMatchObject({
    ok: true,
    image: { fileLengthBytes: BUILD_BYTES_MAX, header: { flashMegabytes: 16 } },
  });
});

test("one request gives the same bytes always, another seed or version others", () => {
  const bytes = buildAppImage(REQUEST);

  expect(Buffer.compare(buildAppImage(REQUEST), bytes)).toBe(0);
  expect(Buffer.compare(buildAppImage({ ...REQUEST, seed: 2 }), bytes)).not.toBe(0);
  expect(buildAppImage({ ...REQUEST, version: "2.0.1" }).subarray(300, 400)).not.toEqual(bytes.subarray(300, 400));
});

test("a built image does not compress", () => {
  const bytes = buildAppImage({ ...REQUEST, sizeBytes: 2 ** 20 });

  expect(gzipSync(bytes).length).toBeGreaterThan(bytes.length * 0.99);
});

test("a request is refused with all its mistakes at once", () => {
  const request = { ...REQUEST, chip: "esp99" as never, project: "", version: "v".repeat(32), sizeBytes: 1023 };

  const build = (): unknown => buildAppImage({ ...request, secureVersion: -1 });

  expect(build).toThrow(UserError);
  for (const mistake of [
    /chip is "esp99"; known are esp32, /,
    /project has 0 bytes/,
    /version has 32 bytes; an image has room for 1 to 31/,
    /secureVersion is -1/,
    /size is 1023 bytes; an image is made with 1024 to 16777216 bytes/,
  ]) {
    expect(build).toThrow(mistake);
  }
});

test("the last good and first bad request of each bound", () => {
  expect(buildAppImage({ ...REQUEST, sizeBytes: BUILD_BYTES_MIN }).length).toBe(1024);
  expect(() => buildAppImage({ ...REQUEST, sizeBytes: BUILD_BYTES_MAX + 1 })).toThrow(UserError);
  expect(() => buildAppImage({ ...REQUEST, version: "v".repeat(31) })).not.toThrow();
  expect(() => buildAppImage({ ...REQUEST, version: "a\0b" })).toThrow(/a NUL among them/);
  expect(() => buildAppImage({ ...REQUEST, sizeBytes: Number.NaN })).toThrow(UserError);
});

function fitsField(text: string): boolean {
  return Buffer.byteLength(text) <= 31 && !text.includes("\0") && Buffer.from(text).toString() === text;
}

/** MMU entries that a segment takes: on most chips by the low bits of its address alone. */
function pagesOf(chip: Chip, address: number, lengthBytes: number): readonly number[] {
  const range = address >= chip.flashCode.start && address < chip.flashCode.end ? chip.flashCode : chip.flashData;
  const first = Math.floor((address - range.start) / MMU_PAGE_BYTES);
  const last = Math.floor((address + lengthBytes - 1 - range.start) / MMU_PAGE_BYTES);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
