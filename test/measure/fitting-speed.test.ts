import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { composedUs } from "../../src/measure/composed-time.ts";
import { fittingSpeed, type JudgedRun } from "../../src/measure/fitting-speed.ts";
import { reportInput } from "../report/result-fixture.ts";

const { result } = reportInput();

describe("the speed at which a metric could be used", () => {
  test("is none where it can be used as it is", () => {
    expect(fittingSpeed("fetch_ack", late(0, true))).toBeUndefined();
  });

  test.each([
    { p99Us: 50_000, speed: 600, speedMax: 60 },
    { p99Us: 147_000, speed: 600, speedMax: 20 },
    { p99Us: 6_000, speed: 600, speedMax: 500 },
    { p99Us: 900_000, speed: 60, speedMax: 1 },
  ])("is $speedMax where starts were $p99Us us late at $speed and 5 ms are let pass", ({ p99Us, speed, speedMax }) => {
    const found = fittingSpeed("fetch_ack", late(p99Us, false, speed));

    expect(found?.speedMax).toBe(speedMax);
    expect(found?.needs).toMatch(/^a lateness of 5 ms at p99 or less, which clock\.speed \d+( or less)? should give$/);
  });

  test("is unknown where the clock ran at 1 already: then it was the machine", () => {
    expect(fittingSpeed("fetch_ack", late(50_000, false, 1))).toEqual({
      speedMax: undefined,
      needs:
        "a lateness of 5 ms at p99 or less, on a quieter machine or with fewer nodes, as its clock ran in real time already",
    });
  });

  test("brings raw and composed within 10 % where a node's own time and its waits are as they were", () => {
    const own = fc.integer({ min: 0, max: 10_000_000_000 });
    const waited = fc.integer({ min: 1, max: 100_000_000 });

    fc.assert(
      fc.property(own, waited, fc.integer({ min: 2, max: 100_000 }), (ownUs, waitedUs, speed) => {
        const rawAt = (at: number): number => ownUs + at * waitedUs;
        const compression = rawAt(speed) / composedUs(rawAt(speed), waitedUs, speed);
        fc.pre(compression > 1.1);

        const { speedMax } = fittingSpeed("download", compressed(compression, speed))!;

        expect(rawAt(speedMax!) / composedUs(rawAt(speedMax!), waitedUs, speedMax!)).toBeLessThan(1.1 + 1e-9);
        expect(speedMax).toBeLessThan(speed);
      }),
    );
  });
});

function late(p99Us: number, isValid: boolean, speed = 600): JudgedRun {
  const { metrics, generator, clock } = result;
  const fetch_ack = { ...metrics["fetch_ack"]!, isValid, invalidBecause: isValid ? "" : "the generator was late" };
  const lateness = { count: 100, p99Us, maxUs: p99Us, limitUs: 5_000, isValid };
  return {
    metrics: { ...metrics, fetch_ack },
    generator: { ...generator, lateness: { ...generator.lateness, fetch_ack: lateness } },
    clock: { ...clock, speed },
  };
}

function compressed(compression: number, speed: number): JudgedRun {
  const { metrics, generator, clock } = result;
  const download = { ...metrics["download"]!, isValid: false, invalidBecause: "compressed", compression };
  return { metrics: { ...metrics, download }, generator, clock: { ...clock, speed } };
}
