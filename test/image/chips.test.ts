import { expect, test } from "vitest";
import { CHIP_NAMES, type Chip, chipOfId, chipOfName, isFlashMapped, mmuPageBytes } from "../../src/image/chips.ts";

test("chips are known by the ids of the image header", () => {
  const ids = CHIP_NAMES.map((name) => chipNamed(name).id);

  expect(ids).toEqual([0x00, 0x02, 0x05, 0x09, 0x0c, 0x0d, 0x10, 0x12, 0x14, 0x17, 0x19, 0x1c, 0x20]);
  expect(ids.map((id) => chipOfId(id)?.name)).toEqual(CHIP_NAMES);
  expect(chipOfId(0xffff)).toBeUndefined();
  expect(chipOfName("esp8266")).toBeUndefined();
});

test("the MMU page of most chips is 64 KiB, whatever the descriptor says", () => {
  expect(mmuPageBytes(chipNamed("esp32"), 13)).toBe(65_536);
  expect(mmuPageBytes(chipNamed("esp32c3"), 0)).toBe(65_536);
});

test("the MMU page of the other chips is the descriptor's, and the smallest default where it tells none", () => {
  const chip = chipNamed("esp32c6");

  expect([12, 13, 15, 16, 17, 0].map((log2) => mmuPageBytes(chip, log2))).toEqual([
    16_384, 8_192, 32_768, 65_536, 16_384, 16_384,
  ]);
});

test("addresses of RAM and of padding are not mapped from flash, the ends of the ranges included", () => {
  const chip = chipNamed("esp32");

  const isMapped = [0, 0x3ffb0000, 0x40080000, 0x3f400000, 0x3f7ffffc, 0x3f800000, 0x400cfffc, 0x400d0000].map((each) =>
    isFlashMapped(chip, each),
  );

  expect(isMapped).toEqual([false, false, false, true, true, false, false, true]);
});

function chipNamed(name: string): Chip {
  const chip = chipOfName(name);
  if (chip === undefined) throw new Error(`${name} should be a chip`);
  return chip;
}
