import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { draw } from "../../../../src/base/random.ts";
import { FairLink } from "../../../../src/drivers/virtual/models/fair-link.ts";
import { isWithinConfidence } from "./confidence.ts";
import { type FluidCase, fluidEnds } from "./progressive-filling.ts";

const CAPS = [3, 10, 40, 100, 1_000] as const;

/** Never such that a flow is done in the very instant of a step, where the last bit of a sum would decide. */
const gaps = fc.nat(3_000_000).map((us) => us + 0.377);
const joins = fc.record({
  kind: fc.constant("join" as const),
  gapUs: gaps,
  ofClass: fc.nat(CAPS.length - 1),
  bytes: fc.integer({ min: 1, max: 200 }),
});
const leaves = fc.record({ kind: fc.constant("leave" as const), gapUs: gaps, which: fc.nat(20) });
const capacities = fc.record({
  kind: fc.constant("capacity" as const),
  gapUs: gaps,
  capacity: fc.integer({ min: 0, max: 400 }),
});
const cases = fc.record({
  capacity: fc.integer({ min: 1, max: 400 }),
  steps: fc.array(fc.oneof({ arbitrary: joins, weight: 5 }, leaves, capacities), { minLength: 1, maxLength: 25 }),
});

describe("a fair link", () => {
  test("ends every flow where filling all flows step by step ends it, with caps, departures and changes of capacity", () => {
    fc.assert(
      fc.property(cases, (given) => {
        const ends = linkEnds(given);
        const expected = fluidEnds(given, CAPS);

        expect(ends.map(({ how }) => how)).toEqual(expected.map(({ how }) => how));
        ends.forEach(({ atUs, gotBytes }, flow) => {
          expect(Math.abs(atUs - (expected[flow]?.atUs ?? 0))).toBeLessThan(0.01 + atUs * 1e-9);
          expect(Math.abs(gotBytes - (expected[flow]?.gotBytes ?? 0))).toBeLessThan(1e-3);
        });
      }),
      { numRuns: 400 },
    );
  });

  test("never carries more than it can, and all of it where anybody could take more", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(CAPS.length - 1), { maxLength: 30 }), fc.nat(2_000), (classes, capacity) => {
        const link = new FairLink(CAPS, capacity);
        for (const ofClass of classes) link.join(ofClass, 1_000, 0);

        const wanted = classes.reduce((sum, ofClass) => sum + (CAPS[ofClass] as number), 0);
        expect(link.rate).toBe(Math.min(capacity, wanted));
      }),
    );
  });

  test("keeps 256 classes apart", () => {
    const caps = Array.from({ length: 256 }, (_, number) => 1_000 + number);
    const link = new FairLink(caps, 1_000_000);

    for (let ofClass = 0; ofClass < 256; ofClass++) link.join(ofClass, 1_000_000, 0);

    const order: number[] = [];
    for (let flow = link.doneBy(link.lookAtUs); order.length < 256; flow = link.doneBy(link.lookAtUs)) {
      order.push(flow);
      link.leave(flow, link.lookAtUs);
    }
    // The fastest is done first.
    expect(order).toEqual(Array.from({ length: 256 }, (_, number) => 255 - number));
  });

  test("does nothing and ends nobody while it has no capacity, and goes on where it stood", () => {
    const link = new FairLink([100], 100);
    const flow = link.join(0, 100, 0);
    link.setCapacity(0, 400_000);

    expect(link.lookAtUs).toBe(Infinity);
    link.setCapacity(100, 900_000);
    expect(link.gotBytes(flow, 900_000)).toBeCloseTo(40, 6);
    expect(link.lookAtUs).toBe(1_500_000);
  });
});

describe("processor sharing", () => {
  const MEAN_BYTES = 1_000;
  const CAPACITY = 1_000_000;
  const RHO = 0.7;

  test.each([
    ["all of one size", () => MEAN_BYTES],
    ["exponential", (u: number) => -MEAN_BYTES * Math.log(u)],
    // Many small ones and a few of ten times the mean: a coefficient of variation of 3.
    ["of two kinds", (u: number) => (u < 0.1 ? 9 * MEAN_BYTES : MEAN_BYTES / 9)],
  ] as const)("has a mean sojourn that depends on the mean size only: %s", (_, sizeOf) => {
    const runs = Array.from({ length: 20 }, (_each, seed) => meanSojourn(seed + 1, sizeOf));

    // E[T] = E[S] / (1 - rho), whatever the law of S.
    expect(isWithinConfidence(runs, (MEAN_BYTES / CAPACITY / (1 - RHO)) * 1e6)).toBe(true);
  });

  function meanSojourn(seed: number, sizeOf: (u: number) => number): number {
    const flows = 4_000;
    const link = new FairLink([CAPACITY], CAPACITY);
    const begunUs = new Map<number, number>();
    let [nowUs, sum, arrived, done] = [0, 0, 0, 0];
    let nextUs = gapUs(seed, 0);
    while (done < flows) {
      const arrives = arrived < flows && nextUs <= link.nextUs;
      nowUs = arrives ? nextUs : link.nextUs;
      if (arrives) {
        begunUs.set(link.join(0, sizeOf(draw(seed, arrived, 2, 0)), nowUs), nowUs);
        nextUs = nowUs + gapUs(seed, ++arrived);
        continue;
      }
      const flow = link.doneBy(nowUs);
      sum += nowUs - (begunUs.get(flow) ?? Number.NaN);
      link.leave(flow, nowUs);
      done++;
    }
    return sum / flows;
  }

  function gapUs(seed: number, number: number): number {
    return (-Math.log(draw(seed, number, 1, 0)) * MEAN_BYTES * 1e6) / CAPACITY / RHO;
  }
});

interface End {
  readonly how: "done" | "left" | "open";
  readonly atUs: number;
  readonly gotBytes: number;
}

/** How each flow of a case ends, in the order of joining. */
function linkEnds({ capacity, steps }: FluidCase): End[] {
  const link = new FairLink(CAPS, capacity);
  const ends: End[] = [];
  const flowOf = new Map<number, number>();
  const bytesOf: number[] = [];
  let nowUs = 0;
  const finishUntil = (untilUs: number): void => {
    while (link.nextUs <= untilUs) {
      const atUs = link.nextUs;
      const flow = link.doneBy(atUs);
      const number = flowOf.get(flow) as number;
      ends[number] = { how: "done", atUs, gotBytes: bytesOf[number] as number };
      link.leave(flow, atUs);
      flowOf.delete(flow);
    }
  };
  for (const step of steps) {
    finishUntil(nowUs + step.gapUs);
    nowUs += step.gapUs;
    if (step.kind === "join") {
      const number = bytesOf.push(step.bytes) - 1;
      ends[number] = { how: "open", atUs: 0, gotBytes: 0 };
      flowOf.set(link.join(step.ofClass, step.bytes, nowUs), number);
    } else if (step.kind === "capacity") link.setCapacity(step.capacity, nowUs);
    else {
      const open = [...flowOf].sort(([, a], [, b]) => a - b);
      const chosen = open[step.which % Math.max(1, open.length)];
      if (chosen === undefined) continue;
      const [flow, number] = chosen;
      ends[number] = { how: "left", atUs: nowUs, gotBytes: link.leave(flow, nowUs) };
      flowOf.delete(flow);
    }
  }
  finishUntil(Number.MAX_SAFE_INTEGER);
  return ends;
}
