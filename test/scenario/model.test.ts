import fc from "fast-check";
import { expect, test } from "vitest";
import { HOUR_US } from "../../src/base/instant.ts";
import { printScenario } from "../../src/scenario/printed-scenario.ts";
import { BANDWIDTH, PER_SECOND } from "../../src/scenario/units.ts";
import { mistakesIn, scenarioOf, scenarioText } from "./reading.ts";

const WHOLE = `{
  fetch: { servers: 32, service: { exponential: { mean: 4ms } }, queue: 10000 },
  broker: { connects: 3000/s, connectBurst: 500, backlog: 20000, fanOut: 20000/s },
  cdn: { egress: 10Gbit/s, perConnection: 2MB/s, connections: 20000, firstByte: 30ms, retryAfter: 30s },
  statuses: { servers: 16, service: 2ms, queue: 100000 },
  outages: [{ at: 30h, for: 10m, of: cdn }, { at: 26h, for: 1h }],
  calibrated: { from: first-rollout of March, values: { fetch.service: "4,000 samples, at most 3 % off" } } }`;

test("a model is read with its figures in microseconds, bytes and events a second, outages by their begin", () => {
  expect(scenarioOf(withModel(WHOLE)).model).toEqual({
    fetch: { servers: 32, serviceUs: { kind: "exponential", mean: 4_000 }, queueMax: 10_000 },
    broker: { connectsPerSecond: 3_000, connectBurst: 500, backlogMax: 20_000, fanOutPerSecond: 20_000 },
    cdn: {
      egressBytesPerSecond: 1_250_000_000,
      perConnectionBytesPerSecond: 2_000_000,
      connectionsMax: 20_000,
      firstByteUs: { kind: "fixed", value: 30_000 },
      retryAfterUs: 30_000_000,
    },
    statuses: { servers: 16, serviceUs: { kind: "fixed", value: 2_000 }, queueMax: 100_000 },
    outages: [
      { of: "all", atUs: 26 * HOUR_US, forUs: HOUR_US },
      { of: "cdn", atUs: 30 * HOUR_US, forUs: HOUR_US / 6 },
    ],
    calibrated: {
      from: "first-rollout of March",
      values: { "fetch.service": "4,000 samples, at most 3 % off" },
    },
  });
});

test("a scenario without a model has none, and what a model leaves out has no limit", () => {
  expect("model" in scenarioOf(scenarioText())).toBe(false);
  expect(scenarioOf(withModel("{ broker: { fanOut: 6/m } }")).model).toEqual({
    fetch: undefined,
    broker: { connectsPerSecond: undefined, connectBurst: 1, backlogMax: 0, fanOutPerSecond: 0.1 },
    cdn: undefined,
    statuses: undefined,
    outages: [],
    calibrated: undefined,
  });
});

test.each([
  ["20/s", 100],
  ["6/m", 1],
  ["3000/s", 4_096],
])("before %s connects wait those of five seconds, and no more than a socket holds", (connects, backlogMax) => {
  expect(scenarioOf(withModel(`{ broker: { connects: ${connects} } }`)).model?.broker?.backlogMax).toBe(backlogMax);
});

test("a model that is printed reads as the same model", () => {
  const scenario = scenarioOf(withModel(WHOLE));

  expect(scenarioOf(printScenario(scenario))).toEqual(scenario);
});

test("every value of a model can be set on the command line, also where the file has none", () => {
  const set = [
    "model.cdn.egress=1Gbit/s",
    "model.fetch={servers: 2, service: 5ms}",
    "fleet.cohorts.homes.link.loss=2%",
  ];
  const { model, fleet } = scenarioOf(scenarioText(), { set });

  expect(model?.cdn?.egressBytesPerSecond).toBe(125_000_000);
  expect(model?.fetch?.servers).toBe(2);
  expect(fleet.cohorts[0]?.lossShare).toBe(0.02);
});

test.each([
  ["fetch: { servers: 2, service: 4ms }, outages: [{ at: 26h, for: 1h }, { at: 27h, for: 1h }]"],
  ["outages: [{ at: 26h, for: 2h, of: cdn }, { at: 26h, for: 1h, of: broker }]"],
  ["outages: [{ at: 71h, for: 2h }]"],
  ["calibrated: { from: x, values: {} }"],
])("the model { %s } makes sense", (model) => {
  expect(mistakesIn(withModel(`{ ${model} }`))).toEqual([]);
});

test.each([
  [
    "fetch: { queue: 100 }",
    ["model.fetch.servers is missing | must be a whole number", "model.fetch.service is missing"],
  ],
  ["fetch: { servers: 0, service: 4ms }", ["model.fetch.servers is 0 | must be a whole number from 1"]],
  ["broker: { backlog: 100 }", ["model.broker.backlog is 100 | is of a rate of connects: write broker.connects too"]],
  ["broker: { connects: -3/s }", ['model.broker.connects is "-3/s" | must be a rate above 0']],
  ["cdn: { retryAfter: 30s }", ['model.cdn.retryAfter is "30s" | is of a limit of connections']],
  ["cdn: { egress: 0Gbit/s }", ['model.cdn.egress is "0Gbit/s" | must be a bandwidth above 0']],
  ["outages: [{ at: 72h, for: 1h }]", ['model.outages[0].at is "72h" | must be earlier than the end of the run, 3d']],
  [
    "outages: [{ at: 26h, for: 1h, of: cdn }, { at: 26h30m, for: 1h }]",
    ['model.outages[1].at is "26h30m" | must not lie within another outage of the same, which lasts until 1d3h'],
  ],
  [
    "calibrated: { from: x, values: { fetch.servise: good } }",
    ['model.calibrated.values.fetch.servise is "good" | did you mean fetch.service?'],
  ],
  [
    "calibrated: { from: x, values: { fetch.service: good } }",
    ['model.calibrated.values.fetch.service is "good" | the model has no fetch.service: leave it out'],
  ],
])("the model { %s } makes no sense", (model, expected) => {
  const told = mistakesIn(withModel(`{ ${model} }`)).map((line) => line.replace(/^\S+ /, ""));

  expect(told).toHaveLength(expected.length);
  expected.forEach((part, place) => expect(told[place]).toContain(part));
});

test("a model's outage and one of the backend's misbehaviours do not meet, and nodes without links have no broker", () => {
  const restart = "backend: { faults: { restart: { at: 26h, after: 10m } } }";
  const polling = "backend: { adapter: http-poll }";
  const cohort = "name: homes, autofetch: { every: 6h }";

  expect(mistakesIn(scenarioText({ more: `${restart}\nmodel: { outages: [{ at: 25h30m, for: 1h }] }` }))).toEqual([
    expect.stringContaining("must not overlap backend.faults.restart"),
  ]);
  expect(
    mistakesIn(
      scenarioText({
        cohort,
        more: `${polling}\nmodel: { broker: { connects: 3/s }, outages: [{ at: 1h, for: 1h, of: broker }] }`,
      }),
    ),
  ).toEqual([expect.stringContaining("has no MQTT links"), expect.stringContaining("has no broker: write all or cdn")]);
});

test.each([
  ["10Gbit/s", 1_250_000_000],
  ["100Mbit/s", 12_500_000],
  ["8kbit/s", 1_000],
  ["2MB/s", 2_000_000],
])("the bandwidth %s is %d bytes a second", (text, bytes) => {
  expect(BANDWIDTH.parse(text)).toBe(bytes);
});

test.each(["10Gbit", "10 Gbit/s", "10Gbps", "0B/s", "10Tbit/s", "9000Gbit/s", "-1Mbit/s", "1e3Mbit/s"])(
  "the text %j is no bandwidth",
  (text) => {
    expect(BANDWIDTH.parse(text)).toBeUndefined();
  },
);

test("bandwidths and rates that are printed read as the same values", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2 ** 40 }),
      fc.double({ min: 1e-6, max: 1e9, noNaN: true }),
      (bytes, rate) => {
        expect(BANDWIDTH.parse(BANDWIDTH.print(bytes))).toBe(bytes);
        expect(PER_SECOND.parse(PER_SECOND.print(rate))).toBe(rate);
      },
    ),
  );
});

function withModel(model: string): string {
  return scenarioText({ more: `model: ${model}` });
}
