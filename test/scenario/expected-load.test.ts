import { expect, test } from "vitest";
import { HOUR_US, MINUTE_US } from "../../src/base/instant.ts";
import { seedOf } from "../../src/base/random.ts";
import { traitsOf } from "../../src/fleet/traits.ts";
import { expectedLoad } from "../../src/scenario/expected-load.ts";
import { isRaceFree } from "../../src/scenario/race-free.ts";
import { targetsOf } from "../../src/scenario/targets.ts";
import { scenarioOf, scenarioText } from "./reading.ts";

test("expectedLoad counts nodes by zone exactly as they are born", () => {
  const scenario = scenarioOf(
    scenarioText({
      cohort:
        "name: a, zones: { Europe/Berlin: 3, Asia/Tokyo: 1 }, autofetch: { every: 6h }, faults: { boot-loop: 10% }",
    }),
  );
  const born = Array.from({ length: scenario.fleet.nodes }, (_, node) =>
    traitsOf(scenario.fleet, seedOf(scenario.seed), node),
  );

  const load = expectedLoad(scenario);

  expect(load.zones).toEqual(
    ["Europe/Berlin", "Asia/Tokyo"].map((name) => ({
      zone: name,
      nodes: born.filter(({ zone }) => zone === name).length,
    })),
  );
  expect(load.cohorts[0]?.faults).toEqual([
    { fault: "boot-loop", nodes: born.filter(({ faults }) => faults === 1).length },
  ]);
  expect(load.cohorts[0]?.startsOffline).toBe(born.filter(({ startsOfflineForUs }) => startsOfflineForUs > 0).length);
});

test("expectedLoad tells who is offline when the run begins, and who of them to its end", () => {
  const away = (offline: string, end: string): (number | undefined)[] => {
    const text = scenarioText({ cohort: `name: a${offline}`, job: "name: a, trigger: force-push", end });
    const [cohort] = expectedLoad(scenarioOf(text)).cohorts;
    return [cohort?.startsOffline, cohort?.awayToTheEnd];
  };

  const [offline = 0, toTheEnd = 0] = away("", "{ after: 1h }");

  expect(offline).toBeGreaterThan(5);
  expect(toTheEnd).toBeGreaterThan(offline / 2);
  expect(away("", "{ after: 3650d }")).toEqual([offline, 0]);
  expect(away(", offline: none", "{ after: 1h }")).toEqual([0, 0]);
});

test("expectedLoad gives fetches in fleet and wall seconds, and the bytes of all downloads", () => {
  const text = scenarioText({
    clock: "{ start: 2026-03-10T12:00:00Z, speed: 60 }",
    cohort: "name: a, autofetch: { every: 1h }",
    more: "nodes: 7200\nimage: { make: { size: 1MB } }",
  });

  const load = expectedLoad(scenarioOf(text));

  expect(load.fetchesPerFleetSecond).toBeCloseTo(2, 9);
  expect(load.fetchesPerWallSecond).toBeCloseTo(120, 9);
  expect(load.downloadBytes).toBe(7_200 * 1e6);
});

test("herds stand where windows open, zone by zone", () => {
  const text = scenarioText({
    cohort: "name: a, zones: { Europe/Berlin: 1, Asia/Kolkata: 1 }, autofetch: { every: 1h }",
    job: "name: a, window: 02:00-04:30",
  });

  const { herds } = expectedLoad(scenarioOf(text));

  // From 12:00Z: 02:00 in Kolkata is 20:30Z, in Berlin 01:00Z.
  expect(herds.map(({ zones, atUs, overUs }) => [zones, atUs, overUs])).toEqual([
    [["Asia/Kolkata"], 8.5 * HOUR_US, MINUTE_US],
    [["Europe/Berlin"], 13 * HOUR_US, MINUTE_US],
  ]);
});

test("a validity in the future calls all nodes of the world in one second", () => {
  const text = scenarioText({
    cohort: "name: a, autofetch: { every: 1h }",
    job: "name: a, validity: { from: 2026-03-11T00:00:00Z }",
  });

  expect(expectedLoad(scenarioOf(text)).herds).toMatchObject([{ nodes: 1_000, atUs: 12 * HOUR_US, overUs: 1_000_000 }]);
});

test("a job that the timeline starts is a herd at the instant that it names, or whenever its condition holds", () => {
  const text = scenarioText({
    job: "name: a, window: 02:00-04:30 } , { name: b, trigger: force-push, starts: by timeline, image: { make: { version: 3.0.0 } }",
    more: "timeline: [{ WHEN, do: [{ start: b }] }]",
  });
  const herds = (when: string): unknown => expectedLoad(scenarioOf(text.replace("WHEN", when))).herds;

  expect(herds("at: 30h")).toMatchObject([
    { job: "a", atUs: 13 * HOUR_US },
    { job: "b", atUs: 30 * HOUR_US, sinceJobUs: 0 },
  ]);
  expect(herds("at: 30h")).not.toMatchObject([{}, { isOnceStarted: true }]);
  expect(herds('when: "success{job:a} > 90%"')).toMatchObject([{ job: "b", isOnceStarted: true }, { job: "a" }]);
});

test("the busiest wall second holds a whole herd where the clock is fast, and a part of it where it is slow", () => {
  const busiest = (speed: number): number =>
    expectedLoad(
      scenarioOf(
        scenarioText({
          clock: `{ start: 2026-03-10T12:00:00Z, speed: ${speed} }`,
          job: "name: a, window: 02:00-04:30",
        }),
      ),
    ).busiestWallSecond.handshakes;

  expect(busiest(600)).toBe(1_000);
  expect(busiest(6)).toBeCloseTo(100, 9);
});

test("the highest honest speed falls as herds and images grow", () => {
  const speed = (nodes: number, size: string): number =>
    expectedLoad(
      scenarioOf(
        scenarioText({
          job: "name: a, window: 02:00-04:30",
          more: `nodes: ${nodes}\nimage: { make: { size: ${size} } }`,
        }),
      ),
    ).honestSpeed.speed;

  expect(speed(2_000, "256KiB")).toBeGreaterThan(speed(20_000, "256KiB"));
  expect(speed(20_000, "256KiB")).toBeGreaterThan(speed(20_000, "2MiB"));
});

test.each([
  ["the clock is not compressed", "speed: 1", "every: 1h"],
  ["they hear of it once at most", "speed: 600", "every: 5h"],
])("nodes that wait for a window to open leave a scenario race-free where %s", (_, speed, every) => {
  const { reasons } = isRaceFree(
    scenarioOf(
      scenarioText({
        clock: `{ start: 2026-03-28T18:00:00Z, ${speed} }`,
        cohort: `name: a, autofetch: { ${every} }, zones: Europe/Berlin, link: { throughput: 100KB/s }`,
        job: "name: spring, window: 23:30-00:30",
        end: "{ after: 14d }",
      }),
    ),
  );

  expect(reasons.join()).not.toContain("set a timer");
});

test("a scenario with time to spare is race-free", () => {
  expect(isRaceFree(scenarioOf(scenarioText({ end: "{ after: 14d }" })))).toEqual({
    raceFree: true,
    reasons: [],
    secondOffers: [],
  });
});

test.each([
  ["its limit is within reach", { end: "{ after: 7h }" }, "end.after 7h may come before job spring is done"],
  [
    "its validity may end first",
    { job: "name: spring, validity: { until: 2026-03-10T20:00:00Z }", end: "{ after: 14d }" },
    "the validity of job spring may end before",
  ],
  [
    "its backend loses messages",
    { more: "backend: { faults: { lost-messages: 1% } }", end: "{ after: 14d }" },
    "backend.faults.lost-messages strikes what comes just then",
  ],
  [
    "nodes that it is pushed to ask again before they reboot",
    {
      cohort: "name: a, autofetch: { every: 1m }, link: { throughput: 100KB/s }",
      job: "name: spring, trigger: force-push",
      end: "{ after: 14d }",
    },
    'about 17% of the nodes of cohort a ask again in the 10s between "applied" and the reboot into job spring',
  ],
  [
    "its backend goes away",
    { more: "backend: { faults: { restart: { at: 1h, after: 5s } } }", end: "{ after: 14d }" },
    "backend.faults.restart takes the backend away",
  ],
  [
    "its nodes hear several times of a job whose window is yet to open, and the clock is compressed",
    {
      clock: "{ start: 2026-03-28T18:00:00Z, speed: 600 }",
      cohort: "name: a, autofetch: { every: 1h }, zones: Europe/Berlin, link: { throughput: 100KB/s }",
      job: "name: spring, window: 23:30-00:30",
      end: "{ after: 14d }",
    },
    "nodes of cohort a hear of job spring up to 5 times before its window opens, and each time set a timer for it: at clock.speed 600 answers that take 50 ms more or less set them 30s apart",
  ],
  ["a worker dies in it", { more: "selftest: { worker-dies: 1s }", end: "{ after: 14d }" }, "selftest.worker-dies"],
])("a scenario is not race-free where %s", (_, changes, reason) => {
  const { raceFree, reasons } = isRaceFree(scenarioOf(scenarioText(changes)));

  expect(raceFree).toBe(false);
  expect(reasons.join("\n")).toContain(reason);
});

test.each([
  ["all", 1_000],
  ["{ cohorts: [b] }", 200],
  ["{ where: { version: 9.9.9 } }", 200],
  ['{ nodes: [3, "0-9", "795-804"] }', 20],
])("targets %s are %d nodes, however they are asked for", (targets, expected) => {
  const text = scenarioText({
    cohort: "name: a, nodes: 80%, autofetch: { every: 6h } }, { name: b, nodes: 20%, like: a, runs: { version: 9.9.9 }",
    job: `name: a, targets: ${targets}`,
  });
  const scenario = scenarioOf(text);
  const job = scenario.jobs[0];
  if (job === undefined) throw new Error("no job");

  const wanted = targetsOf(scenario, job);
  const listed = [...wanted];
  const asked = Array.from({ length: scenario.fleet.nodes }, (_, node) => node).filter((node) => wanted.has(node));
  const counted = scenario.fleet.cohorts.reduce((sum, cohort) => sum + wanted.countIn(cohort), 0);

  expect(listed).toEqual(asked);
  expect([listed.length, counted, wanted.size]).toEqual([expected, expected, expected]);
});

test("the load of several jobs is that of all of them, each from its own start", () => {
  const load = expectedLoad(
    scenarioOf(
      scenarioText({
        job: "name: a, targets: { nodes: [0-99] } }, { name: b, starts: 6h, cancel: 2h, trigger: force-push, image: { make: { version: 3.0.0, size: 1MB } }, targets: { nodes: [50-149] } }, { name: c, trigger: { user-approved: { share: 0% } }, targets: { nodes: [7] }",
        more: "image: { make: { size: 2MB } }",
      }).replaceAll(/\[(\d+-\d+)\]/g, '["$1"]'),
    ),
  );

  expect(load.targets).toBe(150);
  const lengths = { typical: expect.any(Object) as unknown, worstUs: expect.any(Number) as unknown };
  expect(load.jobs).toEqual([
    { name: "a", image: "demo 2.0.0", targets: 100, approving: 100, startsUs: 0, cancelledAtUs: null, ...lengths },
    {
      name: "b",
      image: "demo 3.0.0",
      targets: 100,
      approving: 100,
      startsUs: 6 * HOUR_US,
      cancelledAtUs: 8 * HOUR_US,
      ...lengths,
    },
    {
      name: "c",
      image: "demo 2.0.0",
      targets: 1,
      approving: 0,
      startsUs: 0,
      cancelledAtUs: null,
      ...lengths,
      typical: null,
    },
  ]);
  expect(load.downloadBytes).toBe(100 * 2e6 + 100 * 1e6 + 2e6);
  expect(load.herds).toMatchObject([{ nodes: 100, atUs: 6 * HOUR_US, sinceJobUs: 0 }]);
});
