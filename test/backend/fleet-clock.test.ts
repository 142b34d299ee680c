import { expect, test } from "vitest";
import { Backend } from "../../src/backend/serve/backend.ts";
import { FleetClock } from "../../src/backend/serve/fleet-clock.ts";

const START = 1_800_000_000_000;

test("fleet time stands at its start until the clock is set, and until its origin", () => {
  const clock = new FleetClock(START);
  expect(clock.nowMs()).toBe(START);

  clock.set({
    originHrtimeNs: String(process.hrtime.bigint() + 3_600_000_000_000n),
    fleetStartEpochMs: START + 5,
    speed: 600,
  });
  expect(clock.nowMs()).toBe(START + 5);
});

test("fleet time runs at its speed from the origin", () => {
  const clock = new FleetClock(START);

  clock.set({
    originHrtimeNs: String(process.hrtime.bigint() - 10_000_000_000n),
    fleetStartEpochMs: START,
    speed: 600,
  });
  const elapsedMs = clock.nowMs() - START;

  expect(elapsedMs).toBeGreaterThanOrEqual(6_000_000);
  expect(elapsedMs).toBeLessThan(6_000_000 + 600 * 1_000);
  expect(Number.isInteger(elapsedMs)).toBe(true);
});

test("a clock without a fleet is the wall's", () => {
  expect(Math.abs(new FleetClock(undefined).nowMs() - Date.now())).toBeLessThan(1_000);
});

test("a backend that comes back in mid-run has the fleet's time from its first message on", async () => {
  const hourAgoNs = process.hrtime.bigint() - 3_600_000_000_000n;
  const clock = { originHrtimeNs: String(hourAgoNs), fleetStartEpochMs: START, speed: 24 };

  const { backend } = await Backend.start({ fleetStartEpochMs: START, clock });

  const image = backend.ledger.addImage({ name: "a", project: "p", version: "1.0.0", bytes: new Uint8Array(8) });
  expect(image.uploadedAtMs).toBeGreaterThanOrEqual(START + 24 * 3_600_000);
  await backend.stop();
});
