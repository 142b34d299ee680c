import { expect, test } from "vitest";
import { hrtimeUs } from "../../../src/drivers/live/fleet-clock.ts";
import { LATENESS_THRESHOLDS_US, LoopWatch, readThreadSchedule } from "../../../src/drivers/live/loop-watch.ts";

test("loop watch sums the lateness at or above each threshold and keeps the largest", () => {
  const watch = new LoopWatch();

  for (const lateUs of [0, 4_999, 5_000, 60_000, 1_500_000]) watch.sample(10_000_000, 10_000_000 + lateUs);
  watch.sample(10_000_000, 9_999_000);
  const health = watch.read();

  expect(LATENESS_THRESHOLDS_US).toEqual([5_000, 50_000, 1_000_000]);
  expect(health).toMatchObject({ samples: 6, lateUsMax: 1_500_000, lateUsSums: [1_565_000, 1_560_000, 1_500_000] });
});

test("loop watch begins anew after each reading", () => {
  const watch = new LoopWatch();
  watch.sample(0, 7_000);
  watch.read();

  expect(watch.read()).toMatchObject({ samples: 0, lateUsMax: 0, lateUsSums: [0, 0, 0] });
});

test("loop watch sees a stall that is still going on when it is read", () => {
  const watch = new LoopWatch();
  watch.start();

  const until = hrtimeUs() + 120_000;
  while (hrtimeUs() < until);
  const health = watch.read();
  watch.stop();

  expect(health.samples).toBe(1);
  expect(health.lateUsMax).toBeGreaterThanOrEqual(100_000);
  expect(health.lateUsSums[1]).toBe(health.lateUsMax);
  expect(health.processCpuUs).toBeGreaterThan(0);
  expect(health.spanUs).toBeGreaterThanOrEqual(120_000);
});

test.runIf(process.platform === "linux")("loop watch tells this thread's processor time and its wait for one", () => {
  const watch = new LoopWatch();
  watch.start();

  const until = hrtimeUs() + 50_000;
  while (hrtimeUs() < until);
  const health = watch.read();
  watch.stop();

  const ran = (health.threadCpuUs ?? 0) + (health.runQueueWaitUs ?? 0);
  expect(health.threadCpuUs).toBeGreaterThan(0);
  expect(ran).toBeGreaterThan(30_000);
});

test("loop watch says undefined where the system does not tell", () => {
  expect(readThreadSchedule("/proc/no-such-file")).toBeUndefined();
});
