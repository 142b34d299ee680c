import { describe, expect, test } from "vitest";
import { draw, seedOf } from "../../src/base/random.ts";

const DRAWS = 100_000;

describe("draw", () => {
  test("a draw lies inside (0, 1), so its logarithm and that of its complement are finite", () => {
    for (let node = 0; node < DRAWS; node++) {
      const u = draw(1, node, 3, 0);

      if (!(u > 0 && u < 1 && Number.isFinite(Math.log(1 - u)))) expect.fail(`node ${node} drew ${u}`);
    }
  });

  test("the same arguments give the same draw, and these have not changed since the first release", () => {
    const drawn = [
      draw(1, 0, 0, 0),
      draw(1, 1, 0, 0),
      draw(7, 999_999, 255, 2 ** 24 - 1),
      draw(2 ** 32 - 1, 5, 64, 12),
    ];

    expect(drawn).toMatchInlineSnapshot(`
      [
        0.7146230692906831,
        0.986792675450673,
        0.9225948553710718,
        0.03752350470161214,
      ]
    `);
  });

  test("no two of node, purpose and count share a draw", () => {
    const seen = new Set<number>();
    let draws = 0;
    for (let node = 0; node < 400; node++) {
      for (let purpose = 0; purpose < 16; purpose++) {
        for (let count = 0; count < 16; count++, draws++) seen.add(draw(42, node * 7_919, purpose * 16, count * 9_973));
      }
    }

    // 52 of 64 bits are shown: among a hundred thousand draws a collision has a chance of one in a million.
    expect(seen.size).toBe(draws);
  });

  // A statistic of k - 1 degrees of freedom lies within six standard deviations in all but a few of 10^9 cases; the
  // draws are fixed, so a test that passes once passes for ever.
  for (const [name, of] of Object.entries({
    nodes: (n: number) => draw(11, n, 5, 0),
    purposes: (n: number) => draw(11, n >>> 8, n & 255, 0),
    counts: (n: number) => draw(11, 17, 5, n),
    seeds: (n: number) => draw(n, 17, 5, 0),
  })) {
    test(`draws over ${name} are uniform by chi-square, in their first and in their low bits`, () => {
      const high = new Float64Array(100);
      const low = new Float64Array(128);
      for (let n = 0; n < DRAWS; n++) {
        const u = of(n);
        high[Math.floor(u * 100)]! += 1;
        low[Math.floor(u * 2 ** 52) % 128]! += 1;
      }

      expect(chiSquareSigmas(high)).toBeLessThan(6);
      expect(chiSquareSigmas(low)).toBeLessThan(6);
    });
  }

  test("draws of neighbouring purposes, counts, nodes and seeds do not correlate", () => {
    const pairs: Record<string, (n: number) => readonly [number, number]> = {
      purposes: (n) => [draw(3, n, 5, 0), draw(3, n, 6, 0)],
      counts: (n) => [draw(3, n, 5, 0), draw(3, n, 5, 1)],
      nodes: (n) => [draw(3, n, 5, 0), draw(3, n + 1, 5, 0)],
      seeds: (n) => [draw(3, n, 5, 0), draw(4, n, 5, 0)],
    };
    for (const [name, pair] of Object.entries(pairs)) {
      // Without correlation the coefficient has a standard deviation of one over the root of the pairs.
      expect(Math.abs(correlation(pair)), name).toBeLessThan(5 / Math.sqrt(DRAWS));
    }
  });
});

describe("seedOf", () => {
  test("a seed of 32 bits is itself", () => {
    expect([seedOf(0), seedOf(1), seedOf(2 ** 32 - 1)]).toEqual([0, 1, 2 ** 32 - 1]);
  });

  test("a longer seed becomes 32 bits, and near ones become different ones", () => {
    const seeds = Array.from({ length: 10_000 }, (_, n) => seedOf(2 ** 40 + n * 2 ** 32));

    expect(seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)).toBe(true);
    expect(new Set(seeds).size).toBeGreaterThan(9_990);
    expect(seedOf(Number.MAX_SAFE_INTEGER)).not.toBe(seedOf(Number.MAX_SAFE_INTEGER - 1));
  });
});

/** How many standard deviations the statistic lies above its mean. */
function chiSquareSigmas(counts: Float64Array): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const statistic = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  const freedom = counts.length - 1;
  return (statistic - freedom) / Math.sqrt(2 * freedom);
}

function correlation(pair: (n: number) => readonly [number, number]): number {
  let product = 0;
  // A uniform draw has the mean 1/2 and the variance 1/12.
  for (let n = 0; n < DRAWS; n++) {
    const [a, b] = pair(n);
    product += (a - 0.5) * (b - 0.5);
  }
  return (12 * product) / DRAWS;
}
