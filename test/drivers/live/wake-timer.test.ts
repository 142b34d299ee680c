import { expect, test } from "vitest";
import { hrtimeUs } from "../../../src/drivers/live/fleet-clock.ts";
import { WakeTimer } from "../../../src/drivers/live/wake-timer.ts";

/** Sets a timer for each of these delays, one behind the other, and answers how much behind its time each rang. */
async function rung(delaysUs: readonly number[]): Promise<readonly number[]> {
  const latenessUs: number[] = [];
  for (const delayUs of delaysUs) {
    const atUs = hrtimeUs() + delayUs;
    await new Promise<void>((resolve) => new WakeTimer(resolve).set(atUs));
    latenessUs.push(hrtimeUs() - atUs);
  }
  return latenessUs;
}

test("it never rings before its microsecond, however short or odd the wait", async () => {
  const latenessUs = await rung([0, 1, 400, 999, 1_000, 1_001, 1_999, 2_300, 5_700, 12_345]);
  expect(Math.min(...latenessUs)).toBeGreaterThanOrEqual(0);
});

test("it never rings early in a dense row either, in which it has soon looked as much as it may", async () => {
  const behindUs: number[] = [];
  await new Promise<void>((resolve) => {
    let atUs = hrtimeUs() + 1_300;
    const timer = new WakeTimer(() => {
      behindUs.push(hrtimeUs() - atUs);
      if (behindUs.length === 50) {
        resolve();
        return;
      }
      atUs = hrtimeUs() + 1_300;
      timer.set(atUs);
    });
    timer.set(atUs);
  });
  expect(Math.min(...behindUs)).toBeGreaterThanOrEqual(0);
});

test("setting it again forgets what was set, and a cleared one is silent", async () => {
  const rings: string[] = [];
  const moved = new WakeTimer(() => rings.push("moved"));
  const cleared = new WakeTimer(() => rings.push("cleared"));
  moved.set(hrtimeUs() + 2_000);
  moved.set(hrtimeUs() + 15_000);
  cleared.set(hrtimeUs() + 500);
  cleared.clear();

  await rung([6_000]);
  expect(rings).toEqual([]);
  await rung([20_000]);
  expect(rings).toEqual(["moved"]);
});
