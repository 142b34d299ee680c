import fc from "fast-check";
import { expect, test } from "vitest";
import { EvenPlaces } from "../../src/fleet/even-places.ts";

const placesOf = (count: number): number[] => {
  const places = new EvenPlaces(count);
  return Array.from({ length: count }, (_, number) => places.of(number));
};

test("each number has a place of its own, whatever the count", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3_000 }), (count) => {
      const sorted = placesOf(count).toSorted((a, b) => a - b);

      expect(sorted).toEqual(Array.from({ length: count }, (_, place) => place));
    }),
    { numRuns: 100, seed: 1 },
  );
});

test("a count of ten million has exact places", () => {
  const places = new EvenPlaces(10_000_000);

  expect(places.of(9_999_999)).toBeGreaterThanOrEqual(0);
  expect(Number.isInteger(places.of(9_999_999))).toBe(true);
  // The distance from one number to the next is the same, all along the line.
  const step = (number: number) => (places.of(number + 1) - places.of(number) + 10_000_000) % 10_000_000;
  expect(step(9_999_998)).toBe(step(0));
});

test.each([
  [1_000, 2],
  [1_024, 8],
  [9_973, 5],
  [10_000, 4],
])("of %i in %i shards, each shard has its share of every twentieth of the line", (count, shards) => {
  const places = placesOf(count);
  const share = count / shards / 20;
  for (let shard = 0; shard < shards; shard++) {
    const own = places.slice(Math.floor((shard * count) / shards), Math.floor(((shard + 1) * count) / shards));
    for (let part = 0; part < 20; part++) {
      const inPart = own.filter((place) => Math.floor((place * 20) / count) === part);

      expect(Math.abs(inPart.length - share), `shard ${shard}, part ${part}`).toBeLessThanOrEqual(3);
    }
  }
});
