import { expect, test } from "vitest";
import { Book } from "../../../src/base/book.ts";
import { jobImageNumbers, ShardImages } from "../../../src/drivers/live/shard-images.ts";
import type { ImageHead } from "../../../src/image/image-head.ts";
import type { ImageIdentity } from "../../../src/node/image-identity.ts";
import { liveScenario } from "./live-run.ts";

const SIZE = 65_536;
const HEAD: ImageHead = {
  chipId: 5,
  chip: "esp32c3",
  minChipRevision: 0,
  maxChipRevision: undefined,
  project: "thermostat",
  version: "2.0.0",
  secureVersion: 0,
};

function shelf() {
  const scenario = liveScenario();
  const book = new Book<ImageIdentity>();
  const { project } = scenario.image;
  book.add({ project, version: "1.0.0", secureVersion: 0, suitsChip: true, sizeBytes: 0, sha256: "" });
  const images = new ShardImages(book, scenario, [{ sha256: "abc", md5: "", sizeBytes: SIZE }]);
  return { scenario, book, images };
}

test("the job's image has the numbers that the scenario alone tells, by whether it suits the chip", () => {
  const { scenario, book, images } = shelf();

  const suits = images.numberOf(HEAD, SIZE, "esp32c3", 0)!;
  const doesNot = images.numberOf(HEAD, SIZE, "esp32s3", 0)!;

  expect([[suits, doesNot]]).toEqual(jobImageNumbers(scenario));
  expect([suits, doesNot].map((number) => images.jobsOf(number))).toEqual([[0], [0]]);
  expect([book.get(suits).suitsChip, book.get(doesNot).suitsChip]).toEqual([true, false]);
  expect(book.get(suits).sha256).toBe("abc");
});

test("equal heads of equal length are one image, and any difference makes another", () => {
  const { images } = shelf();

  const other = images.numberOf({ ...HEAD, version: "3.0.0" }, SIZE, "esp32c3", 0)!;

  expect(images.numberOf({ ...HEAD, version: "3.0.0" }, SIZE, "esp32c3", 0)).toBe(other);
  expect(images.jobsOf(other)).toEqual([]);
  for (const [head, sizeBytes] of [
    [{ ...HEAD, project: "lamp" }, SIZE],
    [{ ...HEAD, secureVersion: 1 }, SIZE],
    [HEAD, SIZE + 16],
  ] as const) {
    expect(images.jobsOf(images.numberOf(head, sizeBytes, "esp32c3", 0)!)).toEqual([]);
  }
});

test("a backend that sends ever new images does not fill the book", () => {
  const { book, images } = shelf();

  for (let size = 0; size < 10_000; size++) images.numberOf(HEAD, size, "esp32c3", 0);

  expect(book.size).toBeLessThan(5_000);
  expect(images.numberOf(HEAD, 9_999, "esp32c3", 0)).toBeUndefined();
  expect(images.numberOf(HEAD, SIZE, "esp32c3", 0)).toBeDefined();
});
