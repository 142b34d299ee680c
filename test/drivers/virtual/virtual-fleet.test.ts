import { expect, test } from "vitest";
import type { Adapter } from "../../../src/adapters/adapter.ts";
import { httpPoll } from "../../../src/adapters/http-poll/adapter.ts";
import { rainmaker } from "../../../src/adapters/rainmaker/adapter.ts";
import { HOUR_US, MILLISECOND_US, MINUTE_US, SECOND_US } from "../../../src/base/instant.ts";
import { VirtualFleet } from "../../../src/drivers/virtual/virtual-fleet.ts";
import type { Cohort } from "../../../src/fleet/cohort.ts";
import { RECORD_KINDS, type RecordKind } from "../../../src/measure/event-record.ts";
import type { JobScenario, Scenario } from "../../../src/scenario/scenario.ts";
import { PLAIN_BACKEND, PLAIN_JOB, PLAIN_RUNS } from "../../scenario/plain.ts";

const IMAGE = {
  project: "thermostat",
  version: "2.0.0",
  chip: "esp32c3",
  secureVersion: 0,
  sizeBytes: 512 * 1_024,
} as const;

interface Record {
  readonly kind: RecordKind;
  readonly node: number;
  readonly atUs: number;
  readonly a: number;
}

interface World {
  readonly adapter?: Adapter;
  readonly latencyUs?: number;
  readonly offline?: Cohort["offline"];
  readonly powerCuts?: Cohort["powerCuts"];
  readonly afterUs?: number;
  readonly job?: Partial<JobScenario>;
}

test("a question that is written again before its answer is one question on record", () => {
  const { count } = live({ latencyUs: 600 * MILLISECOND_US });

  expect(count("fetch sent")).toBeGreaterThan(20);
  expect(count("fetch acked")).toBe(count("fetch sent"));
  // A second without an acknowledgement, which takes 1.2 s.
  expect(count("fetch resent")).toBe(count("fetch sent"));
});

test("a node's start is over when its greeting is written, and it asks 5 s later, however far away the backend is", () => {
  for (const latencyUs of [0, 400 * MILLISECOND_US]) {
    const { records } = live({ latencyUs, afterUs: MINUTE_US }, { begins: "booting" });
    const of = (kind: RecordKind) => records.filter((record) => record.kind === kind);

    const firstUs = (kind: RecordKind, node: number) => of(kind).find((record) => record.node === node)?.atUs ?? -1;
    const afterUs = Array.from({ length: 20 }, (_, node) => firstUs("fetch sent", node) - firstUs("connected", node));
    expect(of("connected").length).toBeGreaterThanOrEqual(20);
    expect(new Set(afterUs)).toEqual(new Set([5 * SECOND_US]));
  }
});

test("a dial that lapses is on record as failed, and another follows", () => {
  const { count } = live(
    { latencyUs: 3 * SECOND_US, afterUs: HOUR_US, offline: { kind: "none" } },
    { begins: "booting" },
  );

  expect(count("connected")).toBe(0);
  expect(count("dialled")).toBeGreaterThan(100);
  // The last of each node may be under way.
  expect(count("dialled") - count("connect failed")).toBeLessThanOrEqual(20);
});

test("a status that was made without a network is written once, and its latency counts from there", () => {
  const lastUs = { kind: "fixed", value: 20 * SECOND_US } as const;
  const { records, count } = live({ latencyUs: 0, offline: { kind: "spells", perDay: 1_500, lastUs } });

  expect(count("network down")).toBeGreaterThan(100);
  expect(count("report made")).toBeGreaterThan(100);
  expect(records.filter(({ kind, a }) => kind === "report sent" && a !== 0)).toEqual([]);
  // Messages of one connection keep their order, each a microsecond behind the one before.
  expect(records.filter(({ kind, a }) => kind === "report acked" && a > 100)).toEqual([]);
});

test("without a link of its own, the answer acknowledges before it offers", () => {
  const { told } = live({ adapter: httpPoll });

  const offered = told.flatMap((input, place) => (input.kind === "offered" ? [place] : []));
  expect(offered.length).toBeGreaterThan(0);
  const before = offered.map((place) => {
    const { slot, atUs } = told[place] as Told;
    const ofNode = told.slice(0, place).filter((input) => input.slot === slot);
    return ofNode.at(-1)?.kind === "acknowledged" && atUs - (ofNode.at(-1)?.atUs ?? 0) <= 1;
  });
  expect(before.every(Boolean)).toBe(true);
});

test("a power cut takes all nodes at once, and from then on they ask in step", () => {
  const cut = { atUs: 2.5 * HOUR_US, forUs: 20 * MINUTE_US };
  const { records } = live({ powerCuts: [cut] });

  const of = (kind: RecordKind) => records.filter((record) => record.kind === kind && record.atUs >= cut.atUs);
  const before = records.filter(({ kind, atUs }) => kind === "fetch sent" && atUs < cut.atUs);
  expect(of("powered off").filter(({ atUs }) => atUs === cut.atUs)).toHaveLength(20);
  // Boots, dials, and asks 5 s after its start: nobody before power is back.
  const asked = of("fetch sent").map(({ atUs }) => atUs - cut.atUs - cut.forUs);
  expect(Math.min(...asked)).toBeGreaterThan(8 * SECOND_US);
  expect(asked.filter((sinceUs) => sinceUs < 10 * SECOND_US)).toHaveLength(20);
  // Spread over the hour before, within a second after.
  expect(new Set(before.map(({ atUs }) => Math.floor(atUs / MINUTE_US))).size).toBeGreaterThan(10);
  const periodic = asked.filter((sinceUs) => sinceUs >= HOUR_US && sinceUs < HOUR_US + 5 * SECOND_US);
  expect(periodic).toHaveLength(20);
});

test("a greeting tells what ran when it was written, also of a node whose power goes before it arrives", () => {
  const targets = { kind: "dynamic", type: undefined, model: undefined, version: "1.4.2" } as const;
  const begins = { begins: "booting" } as const;
  const world = { latencyUs: SECOND_US, afterUs: HOUR_US, job: { targets, startsUs: HOUR_US / 2 } };
  const connected = live(world, begins).records.filter(({ kind }) => kind === "connected");
  const cut = { atUs: Math.max(...connected.map(({ atUs }) => atUs)) + SECOND_US / 2, forUs: HOUR_US };

  const { told, backend } = live({ ...world, powerCuts: [cut] }, begins);

  expect(told.filter(({ kind, atUs }) => kind === "power lost" && atUs === cut.atUs)).toHaveLength(20);
  expect(backend.countsOf(0).map(({ total }) => total)).toEqual([20]);
});

test("after the end no offer is taken any more", () => {
  const { fleet, told } = live({ latencyUs: 10 * SECOND_US, adapter: httpPoll, afterUs: 59 * MINUTE_US });

  const { endedAtUs } = fleet;
  expect(told.filter(({ atUs }) => atUs > endedAtUs).length).toBeGreaterThan(0);
  expect(told.filter(({ kind, atUs }) => kind === "offered" && atUs > endedAtUs)).toEqual([]);
});

interface Told {
  readonly slot: number;
  readonly kind: string;
  readonly atUs: number;
}

function live(world: World, fleetChanges: Partial<Scenario["fleet"]> = {}) {
  const adapter = world.adapter ?? rainmaker;
  const records: Record[] = [];
  const told: Told[] = [];
  const sink = {
    record: (kind: number, node: number, atUs: number, _detail: number, _job: number, a: number) =>
      void records.push({ kind: RECORD_KINDS[kind] as RecordKind, node, atUs, a }),
  };
  const watcher = {
    onInput: (slot: number, { kind }: { readonly kind: string }, atUs: number) => void told.push({ slot, kind, atUs }),
    onNote: () => undefined,
  };
  const image = { ...IMAGE, md5: "5d41402abc4b2a76b9719d911017c592" };
  const scenario = scenarioOf(world, adapter);
  const changed = { ...scenario, fleet: { ...scenario.fleet, ...fleetChanges } };
  const whole = new VirtualFleet({ scenario: changed, adapter, sink, watcher, images: [image] });
  const fleet = whole.run(() => false);
  const count = (kind: RecordKind): number => records.filter((record) => record.kind === kind).length;
  return { records, told, fleet, backend: whole.backend, count };
}

function scenarioOf(
  { latencyUs = 40_000, offline = { kind: "none" }, powerCuts = [], afterUs = 6 * HOUR_US, job = {} }: World,
  adapter: Adapter,
) {
  const cohort: Cohort = {
    name: "homes",
    firstNode: 0,
    nodes: 20,
    runs: {
      project: IMAGE.project,
      version: "1.4.2",
      chip: IMAGE.chip,
      secureVersion: 0,
      ...PLAIN_RUNS,
      generations: [{ value: adapter.defaultGeneration, weight: 1 }],
    },
    zones: [{ value: "Europe/Berlin", weight: 1 }],
    throughputBytesPerSecond: { kind: "fixed", value: 50_000 },
    latencyUs: { kind: "fixed", value: latencyUs },
    flashBytesPerSecond: { kind: "fixed", value: 75_000 },
    offline,
    powerCuts,
    autofetch: { kind: "periodic", everyUs: HOUR_US, phase: "uniform", jitterUs: 0 },
    bootUs: { kind: "fixed", value: 3 * SECOND_US },
    faults: [],
  };
  const scenario: Scenario = {
    schema: 1,
    name: "plain",
    about: "",
    tags: {},
    seed: 1,
    clock: { startUtcMs: Date.parse("2026-06-15T00:00:00Z"), speed: 1 },
    backend: { ...PLAIN_BACKEND, adapter: adapter.kind },
    image: { from: "make", ...IMAGE },
    fleet: { nodes: 20, begins: "running", connectOverMs: 1_000, cohorts: [cohort] },
    groups: [],
    jobs: [{ ...PLAIN_JOB, ...job }],
    end: { when: "settled", afterUs },
    thresholds: [],
    selftest: undefined,
  };
  return scenario;
}
