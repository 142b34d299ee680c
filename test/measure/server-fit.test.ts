import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { draw } from "../../src/base/random.ts";
import { type FittedShape, shapeMean, shapeQuantile } from "../../src/measure/fitted-shape.ts";
import { fitServers, type Visits } from "../../src/measure/server-fit.ts";

const SECOND_US = 1_000_000;
const CALM = { calm: 400, herds: 0, herdOf: 0 };
const HERDS = { calm: 400, herds: 5, herdOf: 400 };

describe("servers that are fitted to visits", () => {
  test("are as many as there were, and take as long, where herds came", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 5_000, max: 50_000 }),
        fc.nat(99),
        (servers, us, seed) => {
          const shape = { kind: "fixed", value: us } as const;

          const fit = fitServers(visitsOf(servers, shape, HERDS, seed), 0);

          expect(fit.work?.shape).toEqual(shape);
          expect(fit.servers?.count).toBeGreaterThanOrEqual(Math.floor(servers * 0.9));
          expect(fit.servers?.count).toBeLessThanOrEqual(Math.ceil(servers * 1.1));
          expect(Math.abs((fit.perSecond ?? 0) / ((servers / us) * SECOND_US) - 1)).toBeLessThan(0.1);
          expect(fit.servers?.goodness.distance).toBeLessThan(0.15);
        },
      ),
      { numRuns: 15, seed: 3 },
    );
  });

  test("are found where a service takes now longer, now shorter", () => {
    const shape: FittedShape = { kind: "lognormal", p50: 4_000, p95: 12_000 };

    const { work, servers, perSecond } = fitServers(visitsOf(8, shape, HERDS, 7), 0);

    expect(shapeMean(work!.shape) / shapeMean(shape)).toBeCloseTo(1, 0);
    expect(perSecond! / ((8 / shapeMean(shape)) * SECOND_US)).toBeGreaterThan(0.85);
    expect(perSecond! / ((8 / shapeMean(shape)) * SECOND_US)).toBeLessThan(1.15);
    expect(Math.abs(servers!.count - 8)).toBeLessThanOrEqual(1);
  });

  test("cannot be counted where none ever waited, while the time of service is known", () => {
    const { work, servers, noServersBecause } = fitServers(visitsOf(4, { kind: "fixed", value: 2_000 }, CALM, 1), 0);

    expect(work?.shape).toEqual({ kind: "fixed", value: 2_000 });
    expect(servers).toBeUndefined();
    expect(noServersBecause).toBe("they were never all at work: at most 1 were there at once");
  });

  test("are unknown from too few visits that found nobody before them", () => {
    const fit = fitServers(visitsOf(4, { kind: "fixed", value: 2_000 }, { ...CALM, calm: 99 }, 1), 0);

    expect(fit.work).toBeUndefined();
    expect(fit.noWorkBecause).toBe("99 of 99 found nobody before them, and 100 are needed");
  });

  test("do not count what a visit spends on the network", () => {
    const far = visitsOf(2, { kind: "fixed", value: 2_000 }, CALM, 1);

    const { work } = fitServers({ ...far, stayUs: far.stayUs.map((us) => us + 30_000) }, 30_000);

    expect(work?.shape).toEqual({ kind: "fixed", value: 2_000 });
  });

  test("are the same in whatever order the visits come", () => {
    const visits = visitsOf(8, { kind: "exponential", mean: 3_000 }, HERDS, 4);
    const backwards = { atUs: visits.atUs.toReversed(), stayUs: visits.stayUs.toReversed() };

    expect(fitServers(backwards, 0)).toEqual(fitServers(visits, 0));
  });
});

/** Visits of a fleet, one a second while it is calm, and herds within ten milliseconds, served first come, first served. */
function visitsOf(
  servers: number,
  shape: FittedShape,
  { calm, herds, herdOf }: { readonly calm: number; readonly herds: number; readonly herdOf: number },
  seed: number,
): Visits {
  const atUs = [
    ...Array.from({ length: calm }, (_, at) => at * SECOND_US),
    ...Array.from({ length: herds * herdOf }, (_, at) => {
      const herd = Math.floor(at / herdOf);
      return (calm + 200 * (herd + 1)) * SECOND_US + draw(seed, at, 2, 0) * 10_000;
    }),
  ].sort((a, b) => a - b);
  const freeAtUs = new Float64Array(servers);
  const stayUs = atUs.map((arrivesUs, visit) => {
    const first = freeAtUs.indexOf(Math.min(...freeAtUs));
    const doneUs = Math.max(arrivesUs, freeAtUs[first]!) + shapeQuantile(shape, draw(seed, visit, 3, 0));
    freeAtUs[first] = doneUs;
    return doneUs - arrivesUs;
  });
  return { atUs: Float64Array.from(atUs), stayUs: Float64Array.from(stayUs) };
}
