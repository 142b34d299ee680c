import type { Fault } from "./fault.ts";

/** Worn or slow parts: published figures of the chips differ by as much. */
export const slowFlash: Fault = {
  name: "slow-flash",
  about: "The flash writes ten times slower than the cohort's.",
  touch: { point: "flash speed", factor: 0.1 },
};
