import fc from "fast-check";
import { expect, test } from "vitest";
import { pairedTimelines } from "../../src/measure/paired-timelines.ts";
import type { RunResult } from "../../src/measure/run-result.ts";
import { reportInput } from "../report/result-fixture.ts";

const SECOND_US = 1_000_000;

test("timelines of equal buckets stay as they are, where a bucket lasts ten seconds or more", () => {
  const { result } = reportInput();

  const common = pairedTimelines(result, result);

  expect(common.bucketUs).toBe(result.timelines.bucketUs);
  const fetches = common.curves.find(({ name }) => name === "fetches");
  expect(fetches?.first).toEqual(result.timelines.fetches);
  expect(fetches?.second).toEqual(result.timelines.fetches);
});

test("buckets of one second become ten, events added up and levels as they stood at the end", () => {
  const one = resultOf(1, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 5]);
  const other = resultOf(10, [3, 4]);

  const { bucketUs, curves } = pairedTimelines(one, other);

  expect(bucketUs).toBe(10 * SECOND_US);
  expect(curves.find(({ name }) => name === "fetches")).toMatchObject({ first: [10, 5], second: [3, 4] });
  expect(curves.find(({ name }) => name === "nodesOnline")).toMatchObject({ first: [1, 5], second: [3, 4] });
});

test("a run that ended sooner stays where it stood, and nothing takes place in it any more", () => {
  const { curves } = pairedTimelines(resultOf(10, [7]), resultOf(10, [1, 2, 3]));

  expect(curves.find(({ name }) => name === "confirmed")?.first).toEqual([7, 7, 7]);
  expect(curves.find(({ name }) => name === "fetches")?.first).toEqual([7, 0, 0]);
});

test("no event is lost and none is added, whatever the widths of the buckets", () => {
  const widths = fc.constantFrom(1, 2, 5, 10, 15, 30, 60, 120);
  const events = fc.array(fc.nat(1_000), { maxLength: 50 });

  fc.assert(
    fc.property(widths, events, widths, events, (width, values, otherWidth, otherValues) => {
      const { curves } = pairedTimelines(resultOf(width, values), resultOf(otherWidth, otherValues));
      const fetches = curves.find(({ name }) => name === "fetches");

      expect(fetches?.first.length).toBe(fetches?.second.length);
      expect([sum(fetches?.first), sum(fetches?.second)]).toEqual([sum(values), sum(otherValues)]);
    }),
  );
});

function sum(values: readonly number[] = []): number {
  return values.reduce((total, value) => total + value, 0);
}

/** A result whose every timeline holds these values. */
function resultOf(seconds: number, values: readonly number[]): RunResult {
  const { result } = reportInput();
  const { timelines } = result;
  const columns = Object.fromEntries(
    Object.entries(timelines)
      .filter(([, value]) => Array.isArray(value))
      .map(([name]) => [name, values]),
  );
  return {
    ...result,
    timelines: { ...timelines, ...columns, bucketUs: seconds * SECOND_US, buckets: values.length },
  };
}
