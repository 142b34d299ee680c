import { expect, test } from "vitest";
import { parseAppImage } from "../../src/image/app-image.ts";
import { buildAppImage } from "../../src/image/build-image.ts";
import { writeU32 } from "../../src/image/little-endian.ts";
import { buildOtadata } from "../../src/image/otadata.ts";
import { handmadeImage } from "./handmade-image.ts";

const APP = buildAppImage({ chip: "esp32s3", project: "lamp", version: "1.0.0", sizeBytes: 20_000, seed: 3 });
const ESP32_S3 = 0x0009;

test("a bootloader is known by its descriptor, or by running from RAM alone where it has none", () => {
  const described = bootloader(0x50);
  const older = bootloader(0x00);

  expect(parseAppImage(described)).toMatchObject({
    flaw: { code: "bootloader", offsetBytes: 32, seen: "it has the descriptor of a bootloader" },
  });
  expect(parseAppImage(older)).toMatchObject({
    flaw: { code: "bootloader", seen: expect.stringContaining("runs from RAM") },
  });
});

test("an image with code in flash and no descriptor is no bootloader", () => {
  const segment = { loadAddress: 0x3c000020, data: new Uint8Array(400).fill(1) };

  expect(parseAppImage(handmadeImage(ESP32_S3, [segment]))).toMatchObject({ flaw: { code: "no-app-description" } });
});

test("a factory image that begins with a bootloader is known by the partition table in it, wherever that stands", () => {
  for (const tableOffset of [0x8000, 0x10000]) {
    const factory = erased(0x20000);
    factory.set(bootloader(0x50), 0);
    factory.set(partitionTable(), tableOffset);
    factory.set(APP, 0x18000);

    const parse = parseAppImage(factory);

    expect(parse).toMatchObject({ flaw: { code: "merged-factory-image", offsetBytes: tableOffset } });
  }
});

test.each([0x1000, 0x2000])(
  "a factory image that begins with erased flash is known by a bootloader at %i",
  (offset) => {
    const factory = erased(0x20000);
    factory.set(bootloader(0x50), offset);

    expect(parseAppImage(factory)).toMatchObject({ flaw: { code: "merged-factory-image", offsetBytes: offset } });
  },
);

test("a partition table is named even where it is damaged", () => {
  const table = partitionTable();
  table[40] = 0x77;

  expect(parseAppImage(table)).toMatchObject({ flaw: { code: "partition-table" } });
});

test("an otadata partition is named", () => {
  const otadata = buildOtadata([{ sequence: 7, state: "valid" }, undefined]);

  expect(parseAppImage(otadata)).toMatchObject({ flaw: { code: "otadata" } });
});

test("an ESP8266 image is named although it begins with the byte of an ESP32 image", () => {
  const image = new Uint8Array(1024);
  image.set([0xe9, 1, 2, 0x20]);
  writeU32(image, 8, 0x40210010);
  writeU32(image, 12, 800);

  expect(parseAppImage(image)).toMatchObject({ flaw: { code: "esp8266-image", offsetBytes: 8 } });
  // A length that runs past the end makes it no ESP8266 image either.
  writeU32(image, 12, 2000);
  expect(parseAppImage(image)).toMatchObject({ flaw: { code: "unknown-chip" } });
});

test("an ESP8266 image of boot version 2 is named", () => {
  const image = new Uint8Array(1024);
  image.set([0xea, 4, 2, 0x20]);

  expect(parseAppImage(image)).toMatchObject({ flaw: { code: "esp8266-image" } });
});

test("an image with its first segment too small for a descriptor is refused", () => {
  const small = handmadeImage(ESP32_S3, [
    { loadAddress: 0x3c000020, data: APP.slice(32, 232) },
    { loadAddress: 0x40374000, data: new Uint8Array(400) },
  ]);

  expect(parseAppImage(small)).toMatchObject({ flaw: { code: "segment-length", offsetBytes: 28 } });
});

test("a file of another kind, however short, is named before its length is", () => {
  expect(parseAppImage(Buffer.from("PK\x03\x04"))).toMatchObject({ flaw: { code: "foreign-file" } });
});

function bootloader(firstByte: number): Uint8Array {
  const data = new Uint8Array(1000).fill(3);
  data[0] = firstByte;
  return handmadeImage(ESP32_S3, [
    { loadAddress: 0x3fce3810, data },
    { loadAddress: 0x403c9700, data: new Uint8Array(400).fill(9) },
  ]);
}

function partitionTable(): Uint8Array {
  const table = new Uint8Array(64).fill(0xff);
  table.fill(0, 0, 32).set([0xaa, 0x50, 0, 0]);
  writeU32(table, 4, 0x10000);
  writeU32(table, 8, 0x100000);
  table.set(Buffer.from("factory"), 12);
  return table;
}

function erased(sizeBytes: number): Uint8Array {
  return new Uint8Array(sizeBytes).fill(0xff);
}
