import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { HOUR_US, MINUTE_US } from "../../src/base/instant.ts";
import { imageFileOf, readScenario } from "../../src/scenario/read-scenario.ts";
import { thresholdsOf } from "../../src/scenario/thresholds.ts";
import { ADAPTERS, mistakesIn, resolved, scenarioOf, scenarioText } from "./reading.ts";

test("a scenario that says little is filled in with the field's figures", () => {
  const scenario = scenarioOf(scenarioText());

  expect(scenario.seed).toBe(1);
  expect(scenario.clock.speed).toBe(1);
  expect(scenario.backend).toEqual({
    adapter: "rainmaker",
    urls: [],
    basicIngest: true,
    tls: false,
    urlLifeUs: 24 * HOUR_US,
    faults: [],
    strict: "rainmaker",
  });
  expect(scenario.image).toMatchObject({
    from: "make",
    project: "demo",
    version: "2.0.0",
    chip: "esp32c3",
    sizeBytes: 1_500_000,
  });
  expect(scenario.fleet).toMatchObject({ nodes: 1_000, begins: "running", connectOverMs: 10_000 });
  expect(scenario.fleet.cohorts[0]).toMatchObject({
    nodes: 1_000,
    runs: {
      project: "demo",
      version: "0.0.1-before",
      chip: "esp32c3",
      generations: [{ value: "rainmaker-1.16", weight: 1 }],
    },
    throughputBytesPerSecond: { kind: "lognormal", p50: 50_000, p95: 120_000 },
    offline: { kind: "spells", perDay: 0.06, lastUs: { kind: "lognormal", p50: 30 * MINUTE_US, p95: 24 * HOUR_US } },
    autofetch: { kind: "periodic", everyUs: 6 * HOUR_US, phase: "uniform", jitterUs: 0 },
    faults: [],
  });
  expect(scenario.jobs[0]).toMatchObject({ targets: { kind: "all" }, trigger: "default", metadata: {} });
});

test("a scenario is plain JSON data", () => {
  const scenario = scenarioOf(readFileSync(new URL("../../scenarios/first-rollout.yaml", import.meta.url), "utf8"));

  // A key without a value falls away, which reads the same.
  expect(JSON.parse(JSON.stringify(scenario))).toEqual(scenario);
  expect(structuredClone(scenario)).toEqual(scenario);
});

test("a scenario without zones lives in the world's mixture of them", () => {
  const [cohort] = scenarioOf(scenarioText({ cohort: "name: a, autofetch: { every: 6h }" })).fleet.cohorts;

  expect(cohort?.zones.length).toBeGreaterThan(40);
  expect(cohort?.zones[0]).toEqual({ value: "Asia/Shanghai", weight: 22 });
});

test("a cohort takes over what another says, key by key, and mixtures whole", () => {
  const first =
    "name: a, nodes: 50%, runs: { project: lamp, version: 1.2.3 }, zones: { Europe/Berlin: 1, Asia/Tokyo: 1 }, autofetch: { every: 2h, jitter: 5m }";
  const second =
    "name: b, nodes: 50%, like: a, runs: { version: 1.2.4 }, zones: Asia/Tokyo, autofetch: { every: 3h }, boot: 1s";

  const [a, b] = scenarioOf(scenarioText({ cohort: `${first} }, { ${second}` })).fleet.cohorts;

  expect(b?.runs).toEqual({ ...a?.runs, version: "1.2.4" });
  expect(b?.zones).toEqual([{ value: "Asia/Tokyo", weight: 1 }]);
  expect(b?.autofetch).toEqual({ kind: "periodic", everyUs: 3 * HOUR_US, phase: "uniform", jitterUs: 5 * MINUTE_US });
  expect(b?.bootUs).toEqual({ kind: "fixed", value: 1_000_000 });
  expect(b?.throughputBytesPerSecond).toEqual(a?.throughputBytesPerSecond);
});

test("a cohort may be like one that stands below it, over several steps", () => {
  const text = scenarioText({
    cohort:
      "name: a, nodes: 30%, like: b }, { name: b, nodes: 30%, like: c }, { name: c, nodes: 40%, zones: Asia/Tokyo, autofetch: { every: 2h }",
  });

  expect(scenarioOf(text).fleet.cohorts.map(({ zones }) => zones[0]?.value)).toEqual([
    "Asia/Tokyo",
    "Asia/Tokyo",
    "Asia/Tokyo",
  ]);
});

test("shares divide what counts leave, and nodes follow cohort after cohort", () => {
  const text = scenarioText({
    cohort: "name: a, autofetch: { every: 6h }, nodes: 80% }, { name: b, nodes: 50 }, { name: c, nodes: 20%",
    more: "nodes: 1050",
  });

  const cohorts = scenarioOf(text).fleet.cohorts;

  expect(cohorts.map(({ firstNode, nodes }) => [firstNode, nodes])).toEqual([
    [0, 800],
    [800, 50],
    [850, 200],
  ]);
});

test("the version that nodes run is never the image's by default", () => {
  const text = scenarioText({ more: "image: { make: { version: 0.0.1-before } }" });

  expect(scenarioOf(text).fleet.cohorts[0]?.runs.version).not.toBe("0.0.1-before");
});

test("an image file gives project, version and chip to the nodes that say nothing", () => {
  const facts = { project: "wled", version: "0.14.4", chip: "esp32s3", secureVersion: 0, sizeBytes: 1_000_000 };
  const text = scenarioText();

  const { scenario } = resolved(text, { image: "wled.bin" }, facts);

  expect(imageFileOf(readScenario(text, "s.yaml", { adapters: ADAPTERS, overrides: { image: "wled.bin" } }))).toBe(
    "wled.bin",
  );
  expect(scenario.image).toEqual({ from: "file", path: "wled.bin", ...facts });
  expect(scenario.fleet.cohorts[0]?.runs).toMatchObject({ project: "wled", version: "0.0.1-before", chip: "esp32s3" });
});

test("a byte order mark and CRLF change nothing", () => {
  const text = scenarioText();

  expect(scenarioOf(`\uFEFF${text.replaceAll("\n", "\r\n")}`)).toEqual(scenarioOf(text));
});

test("a phase may be even", () => {
  const [cohort] = scenarioOf(scenarioText({ cohort: "name: a, autofetch: { every: 4h, phase: even }" })).fleet.cohorts;

  expect(cohort?.autofetch).toMatchObject({ phase: "even" });
});

test("a phase is the time until the first question", () => {
  const [cohort] = scenarioOf(scenarioText({ cohort: "name: a, autofetch: { every: 4h, phase: 1h }" })).fleet.cohorts;

  expect(cohort?.autofetch).toMatchObject({ phase: 0.75 });
});

test("a validity may have one end only, and targets may be ranges that overlap", () => {
  const [job] = scenarioOf(
    scenarioText({ job: 'name: a, validity: { until: 2026-03-12T00:00:00Z }, targets: { nodes: [3, "1-5"] }' }),
  ).jobs;

  expect(job?.validity).toEqual({ startSeconds: undefined, endSeconds: Date.UTC(2026, 2, 12) / 1000 });
  expect(job?.targets).toEqual({
    kind: "nodes",
    ranges: [
      [3, 3],
      [1, 5],
    ],
  });
});

test("thresholds are read once more for the judge, with the names of the fleet", () => {
  const text = scenarioText({ more: 'thresholds: { "completion{cohort:homes}": ["p(95)<30h", "count>5"] }' });

  const thresholds = thresholdsOf(scenarioOf(text));

  expect(thresholds.map(({ expression, tags }) => [expression, tags])).toEqual([
    ["p(95)<30h", { cohort: "homes" }],
    ["count>5", { cohort: "homes" }],
  ]);
});

test("a selftest is given in wall time", () => {
  const text = scenarioText({ more: "selftest: { worker-dies: 10s, loop-blocked: { at: 5s, for: 3s } }" });

  expect(scenarioOf(text).selftest).toEqual({
    workerDiesAtMs: 10_000,
    loopBlocked: { atMs: 5_000, forMs: 3_000 },
    backendBelievesFirstStatus: false,
  });
});

test.each([
  [
    "a zone whose sign is reversed",
    { cohort: "name: a, autofetch: { every: 6h }, zones: Etc/GMT+5" },
    "its sign is reversed",
  ],
  [
    "a zone that the firmware does not know",
    { cohort: "name: a, autofetch: { every: 6h }, zones: Europe/Kyiv" },
    "does not know Europe/Kyiv",
  ],
  [
    "a cohort that rounds to no node",
    { cohort: "name: a, autofetch: { every: 6h }, nodes: 99.99% }, { name: b, nodes: 0.01%", more: "nodes: 10" },
    "b has no node",
  ],
  [
    "a cohort that never hears of the job",
    { cohort: "name: a, nodes: 50%, autofetch: { every: 6h } }, { name: b, nodes: 50%" },
    "never hear of the job: b",
  ],
  [
    "nodes that run the version already",
    { cohort: "name: a, autofetch: { every: 6h }, runs: { version: 2.0.0 }" },
    "run version 2.0.0 already",
  ],
])("a scenario with %s is warned of", (_, changes, warning) => {
  expect(
    resolved(scenarioText(changes))
      .warnings.map(({ seen }) => seen)
      .join("\n"),
  ).toContain(warning);
});

test("a scenario that is as it should be is warned of nothing", () => {
  expect(resolved(scenarioText()).warnings).toEqual([]);
});

test.each([
  ["a push", { cohort: "name: a", job: "name: spring, trigger: force-push" }],
  ["a window across midnight", { job: "name: spring, window: 22:00-04:30" }],
  [
    "four hours that hold the window",
    {
      cohort: "name: a, zones: Europe/Berlin, autofetch: { every: 1h }",
      job: "name: a, window: 14:00-15:00",
      end: "{ after: 4h }",
    },
  ],
])("a scenario with %s can be heard of", (_, changes) => {
  expect(mistakesIn(scenarioText(changes))).toEqual([]);
});

test("a fleet that boots asks once after its boot", () => {
  const text = scenarioText({ cohort: "name: a" }).replace("fleet:\n", "fleet:\n  begins: booting\n");

  expect(mistakesIn(text)).toEqual([]);
});

test("the shipped scenario is right", () => {
  const text = readFileSync(new URL("../../scenarios/first-rollout.yaml", import.meta.url), "utf8");

  expect(mistakesIn(text)).toEqual([]);
  expect(resolved(text).warnings).toEqual([]);
  expect(scenarioOf(text).fleet.nodes).toBe(2_000);
});

test("power cuts are read in fleet time", () => {
  const cohort = "name: homes, autofetch: { every: 6h }, powerCuts: [{ at: 2h, for: 20m }]";

  const { fleet } = scenarioOf(scenarioText({ cohort }));

  expect(fleet.cohorts[0]?.powerCuts).toEqual([{ atUs: 2 * HOUR_US, forUs: 20 * MINUTE_US }]);
});

test("a power cut of no length is refused at its place", () => {
  const cohort = "name: homes, autofetch: { every: 6h }, powerCuts: [{ at: 2h, for: 0s }]";

  expect(mistakesIn(scenarioText({ cohort }))).toEqual([
    '4:81 fleet.cohorts[0].powerCuts[0].for is "0s" | must be a duration above zero, such as "20m"',
  ]);
});
