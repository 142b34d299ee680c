import { expect, test } from "vitest";
import { mistakesIn, scenarioOf, scenarioText } from "./reading.ts";

const TEXT = scenarioText({
  cohort: "name: homes, nodes: 80%, autofetch: { every: 6h } }, { name: shops, nodes: 20%, like: homes",
  more: 'thresholds: { completion: ["p(95)<30h"] }',
});

test.each([
  ["clock.speed=60", (s: ReturnType<typeof scenarioOf>) => s.clock.speed, 60],
  ["nodes=50", (s: ReturnType<typeof scenarioOf>) => s.fleet.nodes, 50],
  [
    "fleet.cohorts[1].autofetch.every=2h",
    (s: ReturnType<typeof scenarioOf>) => s.fleet.cohorts[1]?.autofetch,
    { kind: "periodic", everyUs: 7_200_000_000, phase: "uniform", jitterUs: 0 },
  ],
  [
    "fleet.cohorts.shops.zones={Asia/Tokyo: 1}",
    (s: ReturnType<typeof scenarioOf>) => s.fleet.cohorts[1]?.zones,
    [{ value: "Asia/Tokyo", weight: 1 }],
  ],
  [
    "fleet.cohorts.1.faults.boot-loop=5%",
    (s: ReturnType<typeof scenarioOf>) => s.fleet.cohorts[1]?.faults,
    [{ fault: "boot-loop", share: 0.05 }],
  ],
  ["image.make.size=64KiB", (s: ReturnType<typeof scenarioOf>) => s.image.sizeBytes, 65_536],
  ["jobs.spring.trigger=force-push", (s: ReturnType<typeof scenarioOf>) => s.jobs[0]?.trigger, "force-push"],
  [
    'thresholds.outcome.rolledBack=["rate<0.1"]',
    (s: ReturnType<typeof scenarioOf>) => s.thresholds[1],
    { metric: "outcome.rolledBack", expressions: ["rate<0.1"] },
  ],
])("--set %s changes the scenario", (set, value, expected) => {
  expect(value(scenarioOf(TEXT, { set: [set] }))).toEqual(expected);
});

test("--nodes, --seed and --image change the scenario, and the last --set of a key counts", () => {
  const scenario = scenarioOf(TEXT, { nodes: "300", seed: "9", set: ["clock.speed=2", "clock.speed=3"] });

  expect([scenario.fleet.nodes, scenario.seed, scenario.clock.speed]).toEqual([300, 9, 3]);
  expect(scenario.fleet.cohorts.map(({ nodes }) => nodes)).toEqual([240, 60]);
});

test.each([
  [
    "clock.speed=fast",
    '--set clock.speed=fast clock.speed is "fast" | must be fleet seconds in a wall second: a number above 0, at most 100000',
  ],
  [
    "colour=red",
    "--set colour=red colour is an unknown key | known here are name, about, tags, seed, clock, backend, image, nodes, fleet, model, jobs, timeline, end, thresholds, prices, selftest",
  ],
  ["name.first=x", "--set name.first=x leads through a value that has no keys | name a key that the scenario can have"],
  ["clock={start: ", "--set clock={start:  Flow map must end with a } | the text must be well-formed YAML"],
  [
    "speed",
    "--set speed has no KEY=VALUE | write --set KEY=VALUE, for example --set clock.speed=60 or --set fleet.cohorts[0].nodes=10%",
  ],
  [
    "fleet.cohorts[7].nodes=1",
    '--set fleet.cohorts[7].nodes=1 names "7", which is not in fleet.cohorts | it has 2 entries: homes, shops',
  ],
  [
    "fleet.cohorts.shop.nodes=1",
    '--set fleet.cohorts.shop.nodes=1 names "shop", which is not in fleet.cohorts | did you mean shops? it has 2 entries: homes, shops',
  ],
  [
    "jobs.summer.trigger=default",
    '--set jobs.summer.trigger=default names "summer", which is not in jobs | its only entry is spring',
  ],
  [
    "fleet..nodes=1",
    '--set fleet..nodes=1 has the path "fleet..nodes", which leads nowhere | write --set KEY=VALUE, for example --set clock.speed=60 or --set fleet.cohorts[0].nodes=10%',
  ],
  [
    "__proto__.polluted=1",
    '--set __proto__.polluted=1 has the path "__proto__.polluted" | no block of a scenario has such a key',
  ],
])("--set %s is refused by its own name", (set, mistake) => {
  expect(mistakesIn(TEXT, { set: [set] })).toEqual([mistake]);
});

test.each(["many", "0", "1.5", "-3", "1e9", ""])("--nodes %j is refused by its own name", (nodes) => {
  const [mistake, ...others] = mistakesIn(TEXT, { nodes });

  expect(mistake).toMatch(/^--nodes .*from 1 to 10000000/);
  expect(others).toEqual([]);
});

test("--nodes is refused where all cohorts have counts", () => {
  const text = scenarioText({ cohort: "name: a, nodes: 50, autofetch: { every: 6h }" });

  expect(mistakesIn(text, { nodes: "60" })).toEqual([
    "--nodes 60 nodes is 60 | must be 50, the sum of all cohorts: none of them has a share that could grow or shrink",
  ]);
});

test("an override mends what it replaces", () => {
  const text = scenarioText({ clock: "{ start: 2026-03-10T12:00:00Z, speed: fast }" });

  expect(mistakesIn(text)).toHaveLength(1);
  expect(mistakesIn(text, { set: ["clock.speed=2"] })).toEqual([]);
});

test("--backend names where the backend is, also where the scenario says nothing of one, and is named itself", () => {
  const urls = ["mqtt://127.0.0.1:1", "http://127.0.0.1:2"];

  expect(scenarioOf(TEXT, { backend: urls }).backend.urls).toEqual(urls);
  expect(mistakesIn(TEXT, { backend: ["ftp://127.0.0.1"] })).toEqual([
    expect.stringMatching(/^--backend ftp:\/\/127\.0\.0\.1.*must be an URL such as/),
  ]);
});

test("--model takes the block from a file, in place of the scenario's, and --set changes it further", () => {
  const text = "# measured\nmodel:\n  cdn: { egress: 1Gbit/s }\n  fetch: { servers: 3, service: 2ms }\n";
  const inFile = scenarioText({ more: "model: { broker: { connects: 5/s } }" });

  const { model } = scenarioOf(inFile, { model: { file: "m.yaml", text }, set: ["model.fetch.servers=4"] });

  expect(model?.broker).toBeUndefined();
  expect(model?.cdn?.egressBytesPerSecond).toBe(125_000_000);
  expect(model?.fetch?.servers).toBe(4);
});

test.each([
  ["", "--model m.yaml has no block model: | the file holds the block model: alone"],
  ["5", "--model m.yaml has no block model: | the file holds"],
  ["fetch: { servers: 3 }", "--model m.yaml has fetch | the file holds the block model: alone"],
  ["model: {}\nname: x", "--model m.yaml has model, name | the file holds"],
  ["model: {", "--model m.yaml Flow map"],
  [
    "model: { fetch: { servers: 0, service: 2ms } }",
    "--model m.yaml model.fetch.servers is 0 | must be a whole number from 1",
  ],
  ["model: { __proto__: { x: 1 } }", "--model m.yaml __proto__ is an unknown key"],
])("a file for --model that holds %j is refused", (text, line) => {
  expect(mistakesIn(TEXT, { model: { file: "m.yaml", text } })[0]).toContain(line);
});

test.each([
  [["nodes=20"], { nodes: "50" }, ["--sweep nodes=20 is set by --nodes 50 as well | leave one of them out"]],
  [
    ["autofetch.period=1h", "autofetch.every=2h"],
    {},
    ["--sweep autofetch.period=1h is set by --sweep autofetch.every=2h as well | leave one of them out"],
  ],
  [["fleet.cohorts[0].nodes=80%", "autofetch.every=2h"], { nodes: "50", set: ["autofetch.every=1h"] }, []],
])("a sweep of %j turns nothing that something else sets after it", (texts, others, told) => {
  const knobs = texts.map((text) => ({ flag: "--sweep" as const, text }));

  expect(mistakesIn(TEXT, { ...others, knobs })).toEqual(told);
});
