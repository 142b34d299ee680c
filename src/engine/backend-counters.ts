/** The counters of a backend by the names that the laws know. */
import type { BackendCounter } from "../measure/run-facts.ts";

/** Counters of the embedded backend that are those of `BACKEND_COUNTERS`, or sum to them. */
const SUMS: Readonly<Record<BackendCounter, readonly string[]>> = {
  connections: ["mqttSessions"],
  fetchesReceived: ["fetches"],
  offersSent: ["fetchesAnswered", "pushes"],
  statusesReceived: ["statuses"],
  statusesUnreadable: ["statusesUnreadable"],
  imageRequests: ["imageRequests"],
  imageRequestsCut: ["imageRequestsCut"],
  imageBytesServed: ["imageBytesServed"],
};

/**
 * Adds the laws' names to what a backend counts. A name whose parts it does not show stays away: its law is then not
 * checkable, and nothing is claimed.
 *
 * @param link how nodes are connected: with `none` there are no links to count
 */
export function lawCounters(
  counters: Readonly<Record<string, number>>,
  link: "mqtt" | "none",
): Readonly<Record<string, number>> {
  const named: Record<string, number> = { ...counters };
  for (const [name, parts] of Object.entries(SUMS)) {
    const isThere = parts.every((part) => counters[part] !== undefined);
    if (!isThere || (name === "connections" && link === "none")) continue;
    named[name] = parts.reduce((sum, part) => sum + (counters[part] ?? 0), 0);
  }
  return named;
}
