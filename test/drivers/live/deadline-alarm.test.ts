import { expect, test } from "vitest";
import { NEVER } from "../../../src/base/instant.ts";
import { DeadlineAlarm } from "../../../src/drivers/live/deadline-alarm.ts";
import { fleetNowUs, hrtimeUs, type FleetClock } from "../../../src/drivers/live/fleet-clock.ts";

const SPEED = 600;

function clockFrom(originHrtimeUs: number): FleetClock {
  return { originHrtimeUs, startEpochMs: 0, speed: SPEED };
}

/** Rings until so many have rung; each slot rings once. */
function alarmOf(rings: number, clock: FleetClock) {
  const rung: { readonly slot: number; readonly dueUs: number; readonly isEarly: boolean }[] = [];
  let done: () => void = () => undefined;
  const over = new Promise<void>((resolve) => (done = resolve));
  const alarm: DeadlineAlarm = new DeadlineAlarm(rings, (slot, dueHrtimeUs) => {
    rung.push({ slot, dueUs: dueHrtimeUs - clock.originHrtimeUs, isEarly: hrtimeUs() < dueHrtimeUs });
    alarm.set(slot, NEVER);
    if (rung.length === rings) done();
  });
  return { alarm, rung, over };
}

test("deadlines ring in their order, never early, and tell when on the wall they were due", async () => {
  const clock = clockFrom(hrtimeUs());
  const { alarm, rung, over } = alarmOf(3, clock);
  alarm.begin(clock);

  // An earlier one that comes later takes the place of the one that is waited for.
  alarm.set(0, 9_000_000);
  alarm.set(1, 3_000_000);
  alarm.set(2, 6_000_000);
  await over;

  expect(rung.map(({ slot }) => slot)).toEqual([1, 2, 0]);
  expect(rung.map(({ dueUs }) => dueUs)).toEqual([5_000, 10_000, 15_000]);
  expect(rung.some(({ isEarly }) => isEarly)).toBe(false);
});

test("nothing rings before fleet time begins, nor after the stop", async () => {
  const clock = clockFrom(hrtimeUs() + 20_000);
  const { alarm, rung, over } = alarmOf(1, clock);
  alarm.set(0, 0);

  await new Promise((resolve) => setImmediate(resolve));
  expect(rung).toEqual([]);
  alarm.begin(clock);
  await over;
  expect(fleetNowUs(clock)).toBeGreaterThanOrEqual(0);

  alarm.stop();
  alarm.set(0, 1);
  await new Promise((resolve) => setImmediate(resolve));
  expect(rung).toHaveLength(1);
});

test("a herd is served in slices, so that others get their turn", async () => {
  const herd = 2_000;
  const clock = clockFrom(hrtimeUs());
  let rung = 0;
  let turns = 0;
  let done: () => void = () => undefined;
  const over = new Promise<void>((resolve) => (done = resolve));
  const alarm: DeadlineAlarm = new DeadlineAlarm(herd, (slot) => {
    for (const untilUs = hrtimeUs() + 10; hrtimeUs() < untilUs;);
    alarm.set(slot, NEVER);
    rung += 1;
    if (rung === herd) done();
  });
  for (let slot = 0; slot < herd; slot++) alarm.set(slot, 1);
  const turn = (): void => {
    turns += 1;
    if (rung < herd) setImmediate(turn);
  };

  alarm.begin(clock);
  turn();
  await over;

  expect(turns).toBeGreaterThan(3);
  alarm.stop();
});
