import fc from "fast-check";
import { expect, test } from "vitest";
import { DAY_US, HOUR_US } from "../../src/base/instant.ts";
import { ForetoldEvents, type PlanStand } from "../../src/engine/foretold-events.ts";
import { smallScenario } from "./small-runs.ts";

const WEEK = smallScenario("nodes=1000", "end={ when: time, after: 7d }", "autofetch.every=24h");
const NODES = WEEK.fleet.nodes;

test("a plan that has not begun has its births, a week of questions and an update a node before it", () => {
  const foretold = new ForetoldEvents(WEEK);

  const left = foretold.left(stand({ born: 0 }), stand({ born: 0 }));

  expect(left / NODES).toBeGreaterThan(5 + 7 * 3 + 20);
  expect(left / NODES).toBeLessThan(5 + 7 * 4 + 20 + 10);
  expect(foretold.share(stand({ born: 0 }), stand({ born: 0 }))).toBe(0);
});

test("half of the work is done where half of it is, whatever the fleet's clock says", () => {
  const foretold = new ForetoldEvents(WEEK);
  const nobodyNew = { fleetUs: DAY_US, reachable: NODES, reachableSettled: NODES, offers: NODES };
  const early = stand({ ...nobodyNew, events: (3.2 + 20) * NODES });

  const share = foretold.share(early, early);

  // A day of seven, and all updates: 5 + 23 of 5 + 42 events a node.
  expect(share).toBeGreaterThan(0.5);
  expect(share).toBeLessThan(0.65);
});

test("where nodes do more than usual, more is left of it", () => {
  const foretold = new ForetoldEvents(WEEK);
  const usual = { fleetUs: 3 * DAY_US, reachable: NODES, reachableSettled: NODES, offers: NODES };
  const at = (events: number) => foretold.left(stand({ ...usual, events }), stand(usual));

  expect(at(200 * NODES)).toBeGreaterThan(3 * at(30 * NODES));
});

test("what nodes do while the backend is away, and when they come back, says nothing of the rest", () => {
  const away = smallScenario(
    "nodes=1000",
    "end={ when: time, after: 7d }",
    "autofetch.every=24h",
    "model.outages=[{ at: 24h, for: 1h }]",
    "model.broker.connects=10/s",
  );
  const foretold = new ForetoldEvents(away);
  const settled = { reachable: NODES, reachableSettled: NODES, offers: NODES };
  const at = (hours: number, events: number) => {
    const now = stand({ ...settled, fleetUs: hours * HOUR_US, events: events * NODES });
    return foretold.left(now, now) / NODES;
  };
  const before = at(23.9, 24);
  const herd = at(26, 160);
  const after = at(48, 164);

  // Five days more of 3.2 events each, and until the outage the dials of a herd that is let in ten a second.
  expect(before - herd).toBeGreaterThan(5);
  expect(after).toBeGreaterThan(5 * 3);
  expect(after).toBeLessThan(5 * 5);
});

test("a herd that is let in bit by bit has its refused dials, half of the wait for the last on average", () => {
  const before = stand({ reachable: NODES, reachableSettled: NODES, offers: NODES });
  const left = (...model: readonly string[]): number =>
    new ForetoldEvents(
      smallScenario("nodes=1000", "end={ when: time, after: 7d }", "model.outages=[{ at: 24h, for: 1h }]", ...model),
    ).left(before, before) / NODES;

  // 100 s for the last, so five dials each, of two to three events.
  const refused = left("model.broker.connects=10/s") - left();
  expect(refused).toBeGreaterThan(5 * 2);
  expect(refused).toBeLessThan(5 * 3);
});

test("what the scenario says of its end holds until that has passed", () => {
  const day = smallScenario("nodes=1000", "end.after=7d", "autofetch.every=20m");
  const foretold = new ForetoldEvents(day);
  const early = stand({ fleetUs: 10 * 60e6, reachable: NODES, reachableSettled: NODES / 2, offers: NODES / 2 });

  // Ten minutes and an update for the other half, not a week of questions each twenty minutes.
  expect(foretold.left(early, stand({ reachable: NODES })) / NODES).toBeLessThan(20);
});

test("a plan that ends when all are settled has less before it the faster they are", () => {
  // Once its foretold end has passed, that is.
  const foretold = new ForetoldEvents(smallScenario("nodes=1000", "end.after=7d", "autofetch.every=20m"));
  const now = { fleetUs: DAY_US, reachable: NODES, reachableSettled: 0.9 * NODES, offers: NODES, events: 25 * NODES };
  const after = (settledBefore: number) =>
    foretold.left(stand(now), stand({ ...now, fleetUs: 0.75 * DAY_US, reachableSettled: settledBefore }));

  expect(after(0.1 * NODES)).toBeLessThan(after(0.89 * NODES));
  expect(after(0.9 * NODES), "nobody came to an end: it may go on for its time").toBeGreaterThan(after(0.1 * NODES));
});

test("whatever a plan is at, its share is one", () => {
  const foretold = new ForetoldEvents(WEEK);
  const count = fc.nat({ max: NODES });
  const some = fc.record({
    born: count,
    events: fc.nat(),
    fleetUs: fc.integer({ min: -1e6, max: 8 * DAY_US }),
    reachable: count,
    reachableSettled: count,
    offers: fc.nat(),
  });

  fc.assert(
    fc.property(some, some, (now, before) => {
      const share = foretold.share(now, before);
      return share >= 0 && share <= 1;
    }),
  );
});

function stand(changes: Partial<PlanStand>): PlanStand {
  return { born: NODES, events: 0, fleetUs: 0, reachable: 0, reachableSettled: 0, offers: 0, ...changes };
}
