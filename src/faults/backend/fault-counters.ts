/** How the counts of misbehaviours stand among a backend's counters. */
import type { BackendFaultName } from "./backend-fault-names.ts";
import type { FaultCount } from "./fault-draws.ts";

/** Before the name of a misbehaviour: how often it was drawn. */
export const DRAWN_PREFIX = "faultDrawn:";
/** Before the name of a misbehaviour: how often it took place. */
export const FIRED_PREFIX = "faultFired:";

/** The counters of these counts. */
export function faultCounters(
  counts: Iterable<readonly [BackendFaultName, Readonly<FaultCount>]>,
): Readonly<Record<string, number>> {
  const counters: Record<string, number> = {};
  for (const [name, { drawn, fired }] of counts) {
    counters[DRAWN_PREFIX + name] = drawn;
    counters[FIRED_PREFIX + name] = fired;
  }
  return counters;
}
