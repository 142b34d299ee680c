import { beforeAll, expect, test } from "vitest";
import { SECOND_US } from "../../src/base/instant.ts";
import { LiveMeter } from "../../src/engine/live-meter.ts";
import { readyHistograms } from "../../src/measure/histogram.ts";
import { kindNumber } from "../../src/measure/record-codec.ts";
import { addRecord, emptyState } from "../../src/measure/reducer.ts";
import { planOf } from "../measure/history.ts";

beforeAll(readyHistograms);

test("the rate of fetches is a mean of the last seconds of wall time, not what a batch brought just now", () => {
  const state = emptyState(planOf(1));
  const meter = new LiveMeter(state, { startUtcMs: 0, speed: 600 });
  const rates: number[] = [];
  for (let second = 0; second <= 20; second++) {
    // All fetches of five seconds arrive at once.
    const arrived = second > 0 && second % 5 === 0 ? 500 : 0;
    for (let fetch = 0; fetch < arrived; fetch++) {
      addRecord(state, kindNumber("fetch sent"), 0, second * SECOND_US, 0, 0, 0, 0);
    }
    rates.push(meter.view(second * SECOND_US, second * 1_000).fetchesPerSecond);
  }

  expect(rates[0]).toBe(0);
  expect(rates.slice(5)).toEqual(Array.from({ length: 16 }, () => 100));
});
