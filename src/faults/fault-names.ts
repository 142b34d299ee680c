/**
 * The faults that a scenario can give to a share of a cohort, by name. The position is the fault's number: in the
 * traits' bit mask, in event records and in results, so a new one goes to the end.
 */
export const FAULT_NAMES = [
  "boot-loop",
  "self-test-fails",
  "no-network-after-update",
  "power-loss-in-write",
  "corrupt-block",
  "slow-flash",
  "wrong-image",
  "lost-status",
  "brick",
] as const;

export type FaultName = (typeof FAULT_NAMES)[number];
