import { expect, test } from "vitest";
import { SECOND_US } from "../../../../src/base/instant.ts";
import { FlowMeter } from "../../../../src/drivers/virtual/models/flow-meter.ts";

test("bytes fall into the buckets in which they flow, and the peak is what lasted", () => {
  const meter = new FlowMeter(SECOND_US, 3 * SECOND_US);
  meter.flows(100, 0.5 * SECOND_US);
  meter.flows(9_000, 2.25 * SECOND_US);
  meter.flows(200, 2.25 * SECOND_US);
  meter.flows(0, 2.5 * SECOND_US);

  expect(meter.bytesBy(3 * SECOND_US)).toEqual([50, 100, 75, 0]);
  // A rate that stood for no time at all was none.
  expect(meter.peak).toBe(200);
});

test("what flows behind the end is in the last bucket", () => {
  const meter = new FlowMeter(SECOND_US, 1.5 * SECOND_US);
  meter.flows(10, 0);

  expect(meter.bytesBy(4 * SECOND_US)).toEqual([10, 30]);
});
