/** The counters of a backend by the names that the laws know. */
import type { BackendFaultName } from "../faults/backend/backend-fault-names.ts";
import { DRAWN_PREFIX, FIRED_PREFIX } from "../faults/backend/fault-counters.ts";
import type { BackendCounter, FaultCounts } from "../measure/run-facts.ts";

/** Counters of the embedded backend that are those of `BACKEND_COUNTERS`, or sum to them. */
const SUMS: Readonly<Record<BackendCounter, readonly string[]>> = {
  connections: ["mqttSessions"],
  fetchesReceived: ["fetches"],
  offersSent: ["fetchesAnswered", "pushes", "offersDoubled"],
  statusesReceived: ["statuses"],
  statusesUnreadable: ["statusesUnreadable"],
  imageRequests: ["imageRequests"],
  imageRequestsCut: ["imageRequestsCut"],
  imageBytesServed: ["imageBytesServed"],
};

/**
 * Names whose far side is the broker. A foreign one shows none of them: it is the broker that accepts links and
 * acknowledges, and what it has acknowledged and lost is no fault in the run's books.
 */
const OF_BROKER: readonly BackendCounter[] = ["connections", "fetchesReceived", "offersSent", "statusesReceived"];

/** Whose broker it is that nodes dial. */
export type BrokerOwner = "backend" | "foreign" | "none";

/**
 * Adds the laws' names to what a backend counts. A name whose parts it does not show stays away: its law is then not
 * checkable, and nothing is claimed.
 *
 * @param owner with `none` there are no links to count
 */
export function lawCounters(
  counters: Readonly<Record<string, number>>,
  owner: BrokerOwner,
): Readonly<Record<string, number>> {
  const named: Record<string, number> = { ...counters };
  for (const [name, parts] of Object.entries(SUMS)) {
    const isThere = parts.every((part) => counters[part] !== undefined);
    if (!isThere || (name === "connections" && owner === "none")) continue;
    if (owner === "foreign" && OF_BROKER.includes(name as BackendCounter)) continue;
    named[name] = parts.reduce((sum, part) => sum + (counters[part] ?? 0), 0);
  }
  return named;
}

/** When the backend's process began, ms since 1970: its counters are those of one life, and two lives differ in it. */
const LIFE = "startedAtMs";

/** Counters without what is no count. */
export function countsOnly(counters: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const { [LIFE]: _, ...counts } = counters;
  return counts;
}

/**
 * What a backend that outlives the run has counted since the run began. A name that it did not show then has no
 * begin. Where it was started anew in between, or does not say that it was not, nothing is claimed: what it counted
 * before is gone, and it may have passed the old count since.
 */
export function countersSince(
  before: Readonly<Record<string, number>>,
  now: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  if (now[LIFE] === undefined || now[LIFE] !== before[LIFE]) return {};
  const since = Object.entries(countsOnly(now)).flatMap(([name, count]) => {
    const begin = before[name];
    return begin === undefined ? [] : [[name, count - begin] as const];
  });
  return since.some(([, count]) => count < 0) ? {} : Object.fromEntries(since);
}

/** How often each misbehaviour that was asked for was drawn and took place, as a backend's counters say; else 0. */
export function backendFaultCounts(
  plans: readonly { readonly name: BackendFaultName }[],
  counters: Readonly<Record<string, number>>,
): Readonly<Record<string, FaultCounts>> {
  return Object.fromEntries(
    plans.map(({ name }) => {
      const [drawn, fired] = [counters[DRAWN_PREFIX + name] ?? 0, counters[FIRED_PREFIX + name] ?? 0];
      return [name, { drawn, fired }];
    }),
  );
}
