/**
 * Fleet time: whole microseconds since the scenario's clock.start.
 * A Float64 holds 285 years of them exactly; nothing in the pure rooms knows another kind of time.
 */
export type InstantUs = number;

/** A deadline that does not come. */
export const NEVER: InstantUs = Infinity;

export const MILLISECOND_US = 1_000;
export const SECOND_US = 1_000_000;
export const MINUTE_US = 60 * SECOND_US;
export const HOUR_US = 60 * MINUTE_US;
export const DAY_US = 24 * HOUR_US;
