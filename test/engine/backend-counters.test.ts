import { expect, test } from "vitest";
import { backendFaultCounts, countersSince, lawCounters } from "../../src/engine/backend-counters.ts";

const EMBEDDED = { mqttSessions: 5, fetches: 7, fetchesAnswered: 3, pushes: 2, offersDoubled: 1, statuses: 9 };

test("counters of the embedded backend get the names of the laws, and keep their own", () => {
  expect(lawCounters(EMBEDDED, "backend")).toEqual({
    ...EMBEDDED,
    connections: 5,
    fetchesReceived: 7,
    // A doubled offer is written twice.
    offersSent: 6,
    statusesReceived: 9,
  });
});

test("nodes without MQTT have no links that a law could count", () => {
  expect(lawCounters(EMBEDDED, "none")).not.toHaveProperty("connections");
});

test("a foreign broker shows nothing of links and acknowledgements, while the backend's own counts stay", () => {
  const named = lawCounters({ ...EMBEDDED, imageRequests: 4 }, "foreign");

  expect(named).toEqual({ ...EMBEDDED, imageRequests: 4 });
});

test("a backend that shows nothing is claimed nothing of", () => {
  expect(lawCounters({}, "backend")).toEqual({});
});

test("misbehaviours that were asked for have their counts, and 0 where a backend says nothing of them", () => {
  const plans = [{ name: "lost-acks" }, { name: "restart" }] as const;

  expect(backendFaultCounts(plans, { "faultDrawn:lost-acks": 5, "faultFired:lost-acks": 4, statuses: 9 })).toEqual({
    "lost-acks": { drawn: 5, fired: 4 },
    restart: { drawn: 0, fired: 0 },
  });
});

test("of a backend that was there before the run only what came since is counted", () => {
  const life = { startedAtMs: 1_700_000_000_000 };

  expect(countersSince({ ...life, statuses: 40, fetches: 7 }, { ...life, statuses: 49, fetches: 7 })).toEqual({
    statuses: 9,
    fetches: 0,
  });
  expect(countersSince({ ...life, statuses: 40 }, { ...life, statuses: 49, fetches: 7 })).toEqual({ statuses: 9 });
});

test.each([
  ["fell", { startedAtMs: 1, statuses: 40 }, { startedAtMs: 1, statuses: 3 }],
  ["began anew and passed the old ones", { startedAtMs: 1, statuses: 0 }, { startedAtMs: 2, statuses: 58 }],
  ["do not say of which life they are", { statuses: 0 }, { statuses: 58 }],
])("of a backend whose counters %s nothing is claimed", (_title, before, now) => {
  expect(countersSince(before, now)).toEqual({});
});
