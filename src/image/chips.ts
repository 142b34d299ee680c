/**
 * The chips that an image can be made for: ids as in the image header, and where each chip maps flash and RAM.
 * Sources: esp-idf esp_app_format.h (ids), components/soc/Kconfig (MMU pages); esptool targets (address maps).
 */

/** A chip by the name that ESP-IDF uses for it as a build target. */
export type ChipName =
  | "esp32"
  | "esp32s2"
  | "esp32s3"
  | "esp32c2"
  | "esp32c3"
  | "esp32c5"
  | "esp32c6"
  | "esp32c61"
  | "esp32h2"
  | "esp32h21"
  | "esp32h4"
  | "esp32p4"
  | "esp32s31";

/** Addresses from `start` up to, not including, `end`. */
export interface AddressRange {
  readonly start: number;
  readonly end: number;
}

/** What the image room knows about one chip. */
export interface Chip {
  readonly name: ChipName;
  /** The name as it is printed on the chip: `ESP32-C3`. */
  readonly title: string;
  /** The 16-bit id in the image header. */
  readonly id: number;
  /** Where constants in flash appear (DROM). */
  readonly flashData: AddressRange;
  /** Where code in flash appears (IROM); the same range as DROM on chips with one bus. */
  readonly flashCode: AddressRange;
  /** RAM that can hold code and that no cache and no second-stage bootloader occupies. */
  readonly codeRamStart: number;
  /** Whether the image's descriptor, and not the chip, tells the MMU page. */
  readonly isMmuPageConfigurable: boolean;
  /** Where the second-stage bootloader lies in flash; merged factory images show it there. */
  readonly bootloaderOffsetBytes: number;
}

const fixedPage = false;
const ownPage = true;

const CHIPS: readonly Chip[] = [
  chip("esp32", "ESP32", 0x0000, [0x3f400000, 0x3f800000], [0x400d0000, 0x40400000], 0x40080000, fixedPage, 0x1000),
  chip(
    "esp32s2",
    "ESP32-S2",
    0x0002,
    [0x3f000000, 0x3f3f0000],
    [0x40080000, 0x40b80000],
    0x40022000,
    fixedPage,
    0x1000,
  ),
  chip("esp32c3", "ESP32-C3", 0x0005, [0x3c000000, 0x3c800000], [0x42000000, 0x42800000], 0x40380000, fixedPage, 0),
  chip("esp32s3", "ESP32-S3", 0x0009, [0x3c000000, 0x3e000000], [0x42000000, 0x44000000], 0x40374000, fixedPage, 0),
  chip("esp32c2", "ESP32-C2", 0x000c, [0x3c000000, 0x3c400000], [0x42000000, 0x42400000], 0x40380000, ownPage, 0),
  chip("esp32c6", "ESP32-C6", 0x000d, [0x42000000, 0x43000000], [0x42000000, 0x43000000], 0x40800000, ownPage, 0),
  chip("esp32h2", "ESP32-H2", 0x0010, [0x42000000, 0x43000000], [0x42000000, 0x43000000], 0x40800000, ownPage, 0),
  chip(
    "esp32p4",
    "ESP32-P4",
    0x0012,
    [0x40000000, 0x4c000000],
    [0x40000000, 0x4c000000],
    0x4ff40000,
    fixedPage,
    0x2000,
  ),
  chip("esp32c61", "ESP32-C61", 0x0014, [0x42000000, 0x44000000], [0x42000000, 0x44000000], 0x40800000, ownPage, 0),
  chip(
    "esp32c5",
    "ESP32-C5",
    0x0017,
    [0x42000000, 0x44000000],
    [0x42000000, 0x44000000],
    0x40800000,
    fixedPage,
    0x2000,
  ),
  chip("esp32h21", "ESP32-H21", 0x0019, [0x42000000, 0x43000000], [0x42000000, 0x43000000], 0x40800000, ownPage, 0),
  chip("esp32h4", "ESP32-H4", 0x001c, [0x42000000, 0x44000000], [0x42000000, 0x44000000], 0x40810000, ownPage, 0x2000),
  chip(
    "esp32s31",
    "ESP32-S31",
    0x0020,
    [0x40000000, 0x54000000],
    [0x40000000, 0x54000000],
    0x2f000000,
    ownPage,
    0x2000,
  ),
];

/** Ids of chips that were only ever beta silicon; files of that time still carry them. */
const RETIRED_CHIPS = new Map([
  [0x0004, "ESP32-S3 beta 2"],
  [0x0006, "ESP32-S3 beta 3"],
  [0x000e, "an early ESP32-H4"],
]);

const chipsById = new Map(CHIPS.map((each) => [each.id, each]));
const chipsByName = new Map<string, Chip>(CHIPS.map((each) => [each.name, each]));

/** Names of all chips, in the order of their ids. */
export const CHIP_NAMES: readonly ChipName[] = CHIPS.map((each) => each.name);

/** The chip with this id in the image header, if it is a known one. */
export function chipOfId(id: number): Chip | undefined {
  return chipsById.get(id);
}

/** The chip of this name, or undefined for a text that names none. */
export function chipOfName(name: string): Chip | undefined {
  return chipsByName.get(name);
}

/** What a chip id that is retired stood for, or undefined. */
export function retiredChipTitle(id: number): string | undefined {
  return RETIRED_CHIPS.get(id);
}

/** The MMU page of most chips, in bytes. */
export const MMU_PAGE_BYTES = 64 * 1024;

/** The smallest page that a builder chooses by itself; whatever agrees modulo a larger one agrees modulo this one. */
const SMALLEST_DEFAULT_PAGE_BYTES = 16 * 1024;

/**
 * The page, in bytes, modulo which file offset and load address of a flash-mapped segment must agree.
 *
 * @param mmuPageLog2 the descriptor's field; 0 in older builds, whose page followed the flash size of the build,
 *   which the file does not tell for certain: only the smallest such page can be demanded of them
 */
export function mmuPageBytes(chip: Chip, mmuPageLog2: number): number {
  if (!chip.isMmuPageConfigurable) return MMU_PAGE_BYTES;
  // 8 to 64 KiB are the pages that any of these chips can be set to.
  return mmuPageLog2 >= 13 && mmuPageLog2 <= 16 ? 2 ** mmuPageLog2 : SMALLEST_DEFAULT_PAGE_BYTES;
}

/** Whether the bootloader maps a segment with this load address from flash; other segments are copied or skipped. */
export function isFlashMapped(chip: Chip, loadAddress: number): boolean {
  return isWithin(chip.flashData, loadAddress) || isWithin(chip.flashCode, loadAddress);
}

function isWithin(range: AddressRange, address: number): boolean {
  return address >= range.start && address < range.end;
}

function chip(
  name: ChipName,
  title: string,
  id: number,
  [dataStart, dataEnd]: readonly [number, number],
  [codeStart, codeEnd]: readonly [number, number],
  codeRamStart: number,
  isMmuPageConfigurable: boolean,
  bootloaderOffsetBytes: number,
): Chip {
  const flashData = { start: dataStart, end: dataEnd };
  const flashCode = { start: codeStart, end: codeEnd };
  return { name, title, id, flashData, flashCode, codeRamStart, isMmuPageConfigurable, bootloaderOffsetBytes };
}
