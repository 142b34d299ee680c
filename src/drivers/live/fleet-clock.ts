/**
 * The clock that a run's threads and processes share. Its origin lies on the machine's monotonic clock
 * (`process.hrtime`, which all threads and processes of a machine read alike; `performance.now()` they do not).
 * Before the origin fleet time stands still at 0, so that the ramp of connects costs no fleet time.
 */
import { NEVER, type InstantUs } from "../../base/instant.ts";

/** The law between wall and fleet time of one run; plain values, so that it can be posted to a worker. */
export interface FleetClock {
  /** Monotonic instant, in whole microseconds, at which fleet time begins to run. */
  readonly originHrtimeUs: number;
  /** The fleet's date at the origin (`clock.start`), in milliseconds since 1970. */
  readonly startEpochMs: number;
  /** Fleet seconds that pass in a wall second; above 0. */
  readonly speed: number;
}

/** Reads the machine's monotonic clock, in whole microseconds. */
export function hrtimeUs(): number {
  // The array form: the bigint form would leave two big integers behind at each reading.
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1_000_000 + Math.trunc(nanoseconds / 1_000);
}

/** Turns a monotonic instant (microseconds) into the fleet instant that has been reached by then. */
export function fleetInstantAt(clock: FleetClock, atHrtimeUs: number): InstantUs {
  const wallUs = atHrtimeUs - clock.originHrtimeUs;
  return wallUs <= 0 ? 0 : Math.floor(wallUs * clock.speed);
}

/** Turns a fleet instant into the first monotonic microsecond at which it has been reached; NEVER stays Infinity. */
export function hrtimeUsOf(clock: FleetClock, instant: InstantUs): number {
  if (instant === NEVER) return Infinity;
  let atUs = clock.originHrtimeUs + Math.ceil(instant / clock.speed);
  // Rounding of the quotient may land one microsecond to either side; a waker that came early would spin.
  while (fleetInstantAt(clock, atUs) < instant) atUs += 1;
  while (atUs > clock.originHrtimeUs && fleetInstantAt(clock, atUs - 1) >= instant) atUs -= 1;
  return atUs;
}

/** Gives the fleet's date at an instant, in whole milliseconds since 1970. */
export function fleetEpochMs(clock: FleetClock, instant: InstantUs): number {
  return clock.startEpochMs + Math.floor(instant / 1_000);
}

/** Turns a span of fleet time into wall time, both in microseconds. */
export function wallSpanUs(clock: FleetClock, fleetSpanUs: number): number {
  return fleetSpanUs / clock.speed;
}

/** Reads the fleet instant of this moment. */
export function fleetNowUs(clock: FleetClock): InstantUs {
  return fleetInstantAt(clock, hrtimeUs());
}
