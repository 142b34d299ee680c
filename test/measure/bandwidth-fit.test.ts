import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { draw } from "../../src/base/random.ts";
import { fitBandwidth, type Transfer } from "../../src/measure/bandwidth-fit.ts";

const KIB = 1_024;
const OWN = 500 * KIB;

describe("limits that are fitted to downloads", () => {
  test("are unknown where every download was as fast as its node", () => {
    const fit = fitBandwidth(shared({ egress: Infinity, cap: Infinity, seed: 1 }));

    expect([fit.egress, fit.perConnection]).toEqual([undefined, undefined]);
    expect(fit.noEgressBecause).toBe("0 of 300 downloads were slower than their nodes");
    expect(fit.connectionMost).toBeGreaterThan(OWN * 0.9);
  });

  test("are those of a connection, where each had its own", () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 300 }), fc.nat(99), (kib, seed) => {
        const { perConnection, egress } = fitBandwidth(shared({ egress: Infinity, cap: kib * KIB, seed }));

        expect(perConnection!.perSecond / (kib * KIB)).toBeGreaterThan(0.95);
        expect(perConnection!.perSecond / (kib * KIB)).toBeLessThan(1.05);
        expect(egress).toBeUndefined();
      }),
      { numRuns: 6, seed: 5 },
    );
  });

  test("are those of all together, where they shared one line", () => {
    fc.assert(
      fc.property(fc.integer({ min: 800, max: 2_500 }), fc.nat(99), (kib, seed) => {
        const { egress } = fitBandwidth(shared({ egress: kib * KIB, cap: Infinity, seed }));

        expect(egress!.perSecond / (kib * KIB)).toBeGreaterThan(0.85);
        expect(egress!.perSecond / (kib * KIB)).toBeLessThan(1.15);
      }),
      { numRuns: 6, seed: 6 },
    );
  });

  test("are both, where a crowd shared a line and a few met their own limit", () => {
    const { perConnection, egress } = fitBandwidth(
      shared({ egress: 1_500 * KIB, cap: 150 * KIB, seed: 3, count: 600 }),
    );

    expect(perConnection!.perSecond / (150 * KIB)).toBeCloseTo(1, 1);
    expect(egress!.perSecond / (1_500 * KIB)).toBeGreaterThan(0.85);
    expect(egress!.perSecond / (1_500 * KIB)).toBeLessThan(1.15);
  });

  test("cannot be told apart where as many downloads ran all the time", () => {
    const transfers = Array.from({ length: 200 }, (_, at): Transfer => {
      const fromUs = Math.floor(at / 10) * 10_000_000;
      return { fromUs, untilUs: fromUs + 10_000_000, bytes: 500 * KIB, ownBytesPerSecond: OWN };
    });

    const fit = fitBandwidth(transfers);

    expect([fit.egress, fit.perConnection]).toEqual([undefined, undefined]);
    expect(fit.noPerConnectionBecause).toMatch(/may be its own limit or its share of all/);
    expect(fit.totalMost / (500 * KIB)).toBeCloseTo(1);
  });

  test("are unknown of a run without downloads", () => {
    expect(fitBandwidth([])).toMatchObject({ egress: undefined, perConnection: undefined, totalMost: 0 });
  });
});

interface SharedLine {
  readonly egress: number;
  readonly cap: number;
  readonly seed: number;
  readonly count?: number;
}

/** Downloads that come and go, sharing a line fairly under a cap each: by brute force, in steps of 10 ms. */
function shared({ egress, cap, seed, count = 300 }: SharedLine): readonly Transfer[] {
  const stepUs = 10_000;
  const arrivals = Array.from({ length: count }, (_, at) => {
    // Some come alone, some in a crowd.
    const crowd = at % 3 === 0 ? draw(seed, at, 1, 0) * 600 : 100 + draw(seed, at, 1, 0) * 40;
    const bytes = (100 + Math.floor(draw(seed, at, 2, 0) * 900)) * KIB;
    return { fromUs: Math.round(crowd * 1_000_000), bytes, left: bytes, untilUs: -1 };
  }).sort((a, b) => a.fromUs - b.fromUs);
  for (let nowUs = 0, done = 0; done < count; nowUs += stepUs) {
    const running = arrivals.filter(({ fromUs, left }) => fromUs <= nowUs && left > 0);
    const each = Math.min(OWN, cap, egress / Math.max(1, running.length));
    for (const transfer of running) {
      transfer.left -= (each * stepUs) / 1_000_000;
      if (transfer.left > 0) continue;
      transfer.untilUs = nowUs + stepUs;
      done += 1;
    }
  }
  return arrivals.map(({ fromUs, untilUs, bytes }) => ({ fromUs, untilUs, bytes, ownBytesPerSecond: OWN }));
}
