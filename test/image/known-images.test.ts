import { describe, expect, test } from "vitest";
import { flawText, type ImageFlawCode } from "../../src/image/image-flaw.ts";
import { type AppImage, parseAppImage } from "../../src/image/app-image.ts";
import { describeImage } from "../../src/image/image-description.ts";
import { readImageHead } from "../../src/image/image-head.ts";
import { isFlashMapped, chipOfName } from "../../src/image/chips.ts";
import { parseOtadata } from "../../src/image/otadata.ts";
import { parsePartitionTable } from "../../src/image/partition-table.ts";
import { firmware, hasFirmware } from "./firmware-folder.ts";

interface KnownApp {
  readonly chip: string;
  readonly project: string;
  readonly version: string;
  readonly idf: string;
  readonly sha256: string;
  readonly segments: string;
  readonly entry: number;
  readonly flash: string;
  /** Old minimum, full minimum, full maximum. */
  readonly revisions: readonly [number, number, number | undefined];
  readonly checksum: number;
  readonly appendedSha256: string;
  readonly length: number;
  readonly compiled: string;
  readonly elfSha256: string;
}

const APPS: Readonly<Record<string, KnownApp>> = {
  "esp32-hello-world.bin": {
    chip: "esp32",
    project: "hello_world",
    version: "v1.4.1-2-g0296947-dirty",
    idf: "v5.2.2-dirty",
    sha256: "d98bfba1b7e4343a7d68d492a45d51248a6842ba9cb749de0d573506bb420d33",
    segments: "0x3f400020+7908, 0x3ffb0000+6208, 0x40080000+38828, 0x0+12560, 0x400d0020+58804",
    entry: 0x40080af0,
    flash: "DIO/0/2",
    revisions: [0, 0, 399],
    checksum: 0x9a,
    appendedSha256: "6cb56aed943b28b3",
    length: 124416,
    compiled: "Jul 25 2024 16:23:40",
    elfSha256: "ade8c451fff03a31",
  },
  "esp32-delta-ota-hello-world.bin": {
    chip: "esp32",
    project: "hello_world",
    version: "qa-test-esp32c61-master-2025070",
    idf: "v6.0-dev-5018-gebc68a19107-dirt",
    sha256: "85c952fccbf094f04f23ab744bdc3b9d3148625a95445fdec7aa4ef3bba29b25",
    segments: "0x3f400020+26476, 0x3ffb0000+10116, 0x40080000+28920, 0x400d0020+41904, 0x400870f8+12864, 0x50000000+40",
    entry: 0x4008101c,
    flash: "DIO/0/2",
    revisions: [0, 0, 399],
    checksum: 0x24,
    appendedSha256: "2d1a1270f7823d2a",
    length: 120432,
    compiled: "Jan  8 2026 15:36:45",
    elfSha256: "d5c808c9c0523389",
  },
  "esp32s2-blink.bin": {
    chip: "esp32s2",
    project: "blink",
    version: "qa-test-v5.0-20220830-4-g4532e6",
    idf: "v5.0-beta1-427-g4532e6e0b2-dirt",
    sha256: "a62c4d60cfab37953fd76124fa93ea5bafa3e2962fd75ad933b2a75b4d941d12",
    segments: "0x3f000020+35864, 0x3ffbde90+8268, 0x40022000+21380, 0x40080020+89320, 0x40027384+27404, 0x50000000+16",
    entry: 0x40022f84,
    flash: "DIO/15/2",
    revisions: [0, 0, undefined],
    checksum: 0x18,
    appendedSha256: "10f48f4a71a48cc4",
    length: 182368,
    compiled: "Sep 13 2022 19:46:07",
    elfSha256: "3059e6b55a965865",
  },
  "esp32s3-hello-world.bin": {
    chip: "esp32s3",
    project: "hello_world",
    version: "v1.4.1-2-g0296947-dirty",
    idf: "v5.2.2-dirty",
    sha256: "3dfbf390a908ac4a5e0cc83d55f0f5e6bbec28fc40f3f6823944e24f5f4373fc",
    segments: "0x3c020020+9924, 0x3fc8eb00+7008, 0x40374000+43672, 0x0+4900, 0x42000020+69400",
    entry: 0x40374bc4,
    flash: "DIO/15/2",
    revisions: [0, 0, 99],
    checksum: 0x47,
    appendedSha256: "2f1dabd3f0587f35",
    length: 135008,
    compiled: "Jul 25 2024 16:25:51",
    elfSha256: "dd199a8370f6f8bd",
  },
  "esp32c3-hello-world.bin": {
    chip: "esp32c3",
    project: "hello_world",
    version: "v1.4.1-2-g0296947-dirty",
    idf: "v5.2.2-dirty",
    sha256: "06ea6806942019baa484808a54a62fe2e9eb4a524edada9e00c741d0a98a047a",
    segments: "0x3c010020+5844, 0x3fc87c00+1988, 0x40380000+31664, 0x0+26008, 0x42000020+58584",
    entry: 0x40380250,
    flash: "DIO/15/2",
    revisions: [3, 3, 199],
    checksum: 0x2f,
    appendedSha256: "7649e5a30b390bb4",
    length: 124192,
    compiled: "Jul 25 2024 16:24:20",
    elfSha256: "bbb25c207b342b08",
  },
  "esp32c6-hello-world.bin": {
    chip: "esp32c6",
    project: "hello_world",
    version: "v1.4.1-2-g0296947-dirty",
    idf: "v5.2.2-dirty",
    sha256: "848755dd3f78ce15d18f7249e3cf9bb883395dd4a3e69d5ddd6d24adffca2afa",
    segments: "0x42008020+2244, 0x40800000+29836, 0x40807490+664, 0x42000020+29800, 0x40807728+1764",
    entry: 0x40800250,
    flash: "DIO/0/2",
    revisions: [0, 0, 99],
    checksum: 0x89,
    appendedSha256: "7ae7e7ff40ada475",
    length: 64416,
    compiled: "Jul 25 2024 16:24:42",
    elfSha256: "c1462ec323f47e2c",
  },
  "esp32c3-wled-0.14.4.bin": {
    chip: "esp32c3",
    project: "arduino-lib-builder",
    version: "esp-idf: v4.4.3 6407ecb3f8",
    idf: "v4.4.3",
    sha256: "35452a3e741c7cc22d88ac6f91b15b19234b6125a6304a062d81079f179322df",
    segments:
      "0x3c110020+353104, 0x3fc90200+18660, 0x40380000+21428, 0x42000020+1065872, 0x403853b4+44548, 0x50000010+16",
    entry: 0x40383710,
    flash: "DOUT/15/4",
    revisions: [0, 0, undefined],
    checksum: 0xac,
    appendedSha256: "0547fe3116201e73",
    length: 1503744,
    compiled: "Dec 20 2022 23:49:02",
    elfSha256: "5707e8ebab4a7eb2",
  },
};

const REFUSED: Readonly<Record<string, readonly [code: ImageFlawCode, offsetBytes: number, says: RegExp]>> = {
  "esp8266-rtos-hello-world.bin": ["esp8266-image", 8, /ESP8266/],
  "esp32-merged-factory.bin": ["merged-factory-image", 0x1000, /merged factory image.*bootloader/],
  "esp32s3-merged-factory.bin": ["merged-factory-image", 0x8000, /merged factory image.*partition table/],
  "esp32-bootloader-v5.2.bin": ["bootloader", 0x20, /descriptor of a bootloader/],
  "esp32-bootloader-nohash.bin": ["bootloader", 0x20, /runs from RAM/],
  "esp32s3-header-only.bin": ["too-short", 48, /too short/],
  "esp32-partition-table-singleapp.bin": ["partition-table", 0, /partition table/],
  "partitions-idf-test.bin": ["partition-table", 0, /partition table/],
  "otadata-boot_app0.bin": ["otadata", 0, /otadata/],
  "secure-boot/bootloader.bin": ["bootloader", 0x20, /bootloader/],
  "secure-boot/bootloader_signed.bin": ["bootloader", 0x20, /bootloader/],
  "secure-boot/bootloader_unsigned_v2.bin": ["bootloader", 0x20, /bootloader/],
  "secure-boot/bootloader_signed_v2_rsa.bin": ["bootloader", 0x20, /bootloader/],
  "secure-boot/bootloader_signed_v2_ecdsa256.bin": ["bootloader", 0x20, /bootloader/],
  "secure-boot/bootloader_multi_signed_v2_rsa.bin": ["bootloader", 0x20, /bootloader/],
};

describe.skipIf(!hasFirmware)("real firmware", () => {
  test.each(Object.entries(APPS))("%s is an application with the fields that its build gave it", (name, known) => {
    const bytes = firmware(name);

    const { header, description, ...image } = acceptedImage(bytes);

    const read: KnownApp = {
      chip: image.chip,
      project: description.project,
      version: description.version,
      idf: description.idfVersion,
      sha256: image.sha256,
      segments: image.segments.map((each) => `0x${each.loadAddress.toString(16)}+${each.lengthBytes}`).join(", "),
      entry: header.entryAddress,
      flash: `${header.spiMode}/${header.spiSpeed}/${header.flashMegabytes}`,
      revisions: [header.minChipRevisionOld, header.minChipRevision, header.maxChipRevision],
      checksum: image.checksum,
      appendedSha256: image.appendedSha256?.slice(0, 16) ?? "none",
      length: image.imageLengthBytes,
      compiled: `${description.compileDate} ${description.compileTime}`,
      elfSha256: description.elfSha256.slice(0, 16),
    };
    expect(read).toEqual(known);
    expect(image.fileLengthBytes).toBe(bytes.length);
    expect(image.signature).toBe("none");
    expect(description.secureVersion).toBe(0);
  });

  test.each(Object.keys(APPS))("%s tells a node its chip and version in its first 288 bytes", (name) => {
    const bytes = firmware(name);
    const { chip, description, header } = acceptedImage(bytes);

    const head = readImageHead(bytes.subarray(0, 288));

    expect(head).toMatchObject({ chip, chipId: header.chipId, project: description.project });
    expect(head?.version).toBe(description.version);
    expect(readImageHead(bytes.subarray(0, 287))).toBeUndefined();
  });

  test.each(Object.entries(REFUSED))("%s is refused by what it is", (name, [code, offsetBytes, says]) => {
    const parse = parseAppImage(firmware(name));

    expect(parse).toMatchObject({ ok: false, flaw: { code, offsetBytes } });
    if (!parse.ok) expect(flawText(parse.flaw)).toMatch(says);
  });

  test("an application signed for secure boot V1 is accepted and its signature is not counted as image", () => {
    const image = acceptedImage(firmware("secure-boot/hello-world-signed.bin"));

    expect(image).toMatchObject({ chip: "esp32", signature: "secure-boot-v1", imageLengthBytes: 196528 });
    expect(image.fileLengthBytes).toBe(196608);
    expect(image.description).toMatchObject({ project: "hello-world", version: "v3.3-beta3-21-g0706bd0d1-dirty" });
    expect(image.description).toMatchObject({ compileDate: "Jun 19 2019", compileTime: "14:43:38" });
  });

  test("an image without its hash, marked so, is accepted", () => {
    const whole = firmware("esp32-hello-world.bin");
    const stripped = whole.slice(0, -32);
    stripped[23] = 0;

    const image = acceptedImage(stripped);

    expect(image.appendedSha256).toBeUndefined();
    expect(image.imageLengthBytes).toBe(whole.length - 32);
  });

  test("an ESP32-C6 build with 32 KiB pages and no page in its descriptor is accepted", () => {
    const { description, segments } = acceptedImage(firmware("esp32c6-hello-world.bin"));

    const chip = chipOfName("esp32c6");

    expect(description.mmuPageLog2).toBe(0);
    const mapped = segments.filter((each) => chip !== undefined && isFlashMapped(chip, each.loadAddress));
    expect(mapped.map((each) => (each.loadAddress - each.offsetBytes) % 0x10000)).toContain(0x8000);
  });

  test("a description of an image names project, chip and digests", () => {
    const lines = describeImage(acceptedImage(firmware("esp32c3-hello-world.bin")));

    const values = Object.fromEntries(lines.map(({ label, value }) => [label, value]));
    expect(values).toMatchObject({
      project: "hello_world",
      chip: "ESP32-C3 (0x0005)",
      "chip revisions": "v0.3 to v1.99",
      compiled: "Jul 25 2024 16:24:20",
      "segment 1": "1988 bytes at 0x16fc for 0x3fc87c00",
      signature: "none",
    });
  });

  test("the single-app partition table has nvs, phy and factory", () => {
    const table = parsePartitionTable(firmware("esp32-partition-table-singleapp.bin"));

    expect(table).toMatchObject({ ok: true, isDigested: true });
    if (!table.ok) return;
    const rows = table.partitions.map((each) => [each.label, each.purpose, each.offsetBytes, each.sizeBytes]);
    expect(rows).toEqual([
      ["nvs", "nvs", 0x9000, 0x6000],
      ["phy_init", "phy", 0xf000, 0x1000],
      ["factory", "factory", 0x10000, 0x100000],
    ]);
  });

  test("a partition label may be any UTF-8 text", () => {
    const table = parsePartitionTable(firmware("partitions-idf-test.bin"));

    expect(table).toMatchObject({ ok: true, partitions: [{}, { label: "phy_инит_" }, {}] });
  });

  test("Arduino's otadata boots slot 0 although its zeroed second copy has a right CRC", () => {
    const otadata = parseOtadata(firmware("otadata-boot_app0.bin"));

    expect(otadata?.copies).toMatchObject([
      { sequence: 1, isCrcRight: true, state: "undefined" },
      { sequence: 0, isCrcRight: true },
    ]);
    expect(otadata?.active).toBe(otadata?.copies[0]);
  });
});

function acceptedImage(bytes: Uint8Array): AppImage {
  const parse = parseAppImage(bytes);
  if (!parse.ok) throw new Error(flawText(parse.flaw));
  return parse.image;
}
