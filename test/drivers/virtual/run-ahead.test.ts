import { beforeAll, describe, expect, test } from "vitest";
import { httpPoll } from "../../../src/adapters/http-poll/adapter.ts";
import { HOUR_US, MILLISECOND_US, MINUTE_US, NEVER, SECOND_US } from "../../../src/base/instant.ts";
import { FLIGHT } from "../../../src/drivers/virtual/in-flight.ts";
import { RunAhead } from "../../../src/drivers/virtual/run-ahead.ts";
import { type GoesOnUntil, VirtualFleet } from "../../../src/drivers/virtual/virtual-fleet.ts";
import { VirtualWorld } from "../../../src/drivers/virtual/virtual-world.ts";
import { allBegunAtUs, goesOnUntilUs, isPlanSettled } from "../../../src/engine/end-rule.ts";
import { planOf } from "../../../src/engine/scenario-plan.ts";
import type { Cohort } from "../../../src/fleet/cohort.ts";
import { RECORD_KINDS } from "../../../src/measure/event-record.ts";
import { readyHistograms } from "../../../src/measure/histogram.ts";
import { METRICS } from "../../../src/measure/metrics.ts";
import { addRecord, emptyState } from "../../../src/measure/reducer.ts";
import type { RunState } from "../../../src/measure/run-state.ts";
import { TALLIES } from "../../../src/measure/timeline-tally.ts";
import type { JobScenario } from "../../../src/scenario/scenario.ts";
import { PLAIN_BACKEND, PLAIN_JOB } from "../../scenario/plain.ts";
import { type RandomWorld, randomWorld } from "../../simulation/random-world.ts";
import { type ModelWorld, NO_LIMITS, recorderInto, type Row, runInto, toldBy } from "./model-world.ts";

beforeAll(readyHistograms);

const ASKING: Partial<Cohort> = {
  autofetch: { kind: "periodic", everyUs: 10 * MINUTE_US, phase: "uniform", jitterUs: 0 },
  latencyUs: { kind: "lognormal", p50: 200 * MILLISECOND_US, p95: 900 * MILLISECOND_US },
};
const AWAY: Partial<Cohort> = {
  ...ASKING,
  offline: { kind: "spells", perDay: 100, lastUs: { kind: "fixed", value: 7 * MINUTE_US } },
};
const JOB: JobScenario = { ...PLAIN_JOB, startsUs: 50 * MINUTE_US + 7 };
const OLD = { kind: "dynamic", type: undefined, model: undefined, version: "1.4.2" } as const;

const WORLDS: Readonly<Record<string, Omit<ModelWorld, "model">>> = {
  "a fleet that is often away": { cohorts: [ASKING, AWAY], scenario: { jobs: [JOB] } },
  "a job that is cancelled while nodes download": {
    cohorts: [ASKING, AWAY],
    scenario: { jobs: [{ ...JOB, cancelAfterUs: 11 * MINUTE_US }] },
  },
  "a push to whoever is online": { cohorts: [AWAY], scenario: { jobs: [{ ...JOB, trigger: "force-push" }] } },
  "a job whose timeout is over before all have asked": {
    cohorts: [ASKING, AWAY],
    scenario: { jobs: [{ ...JOB, timeoutUs: 4 * MINUTE_US }] },
  },
  "jobs for whoever runs the old version, one behind the other": {
    cohorts: [AWAY],
    scenario: {
      jobs: [
        { ...JOB, targets: OLD, cancelAfterUs: 20 * MINUTE_US },
        { ...JOB, name: "autumn", startsUs: 2 * HOUR_US },
      ],
    },
  },
  "two jobs that are pushed at one instant": {
    cohorts: [
      { ...ASKING, autofetch: { kind: "periodic", everyUs: HOUR_US, phase: "uniform", jitterUs: 0 } },
      { ...ASKING, latencyUs: { kind: "fixed", value: 0 } },
    ],
    scenario: {
      jobs: [
        { ...JOB, trigger: "force-push", priority: 5 },
        { ...JOB, name: "autumn", trigger: "force-push", priority: 3 },
      ],
    },
  },
  "power cuts of many at once": {
    cohorts: [
      AWAY,
      { ...ASKING, powerCuts: [52 * MINUTE_US, 2 * HOUR_US].map((atUs) => ({ atUs, forUs: MINUTE_US })) },
    ],
    scenario: { jobs: [JOB] },
  },
  "nodes of a backend without links": { adapter: httpPoll, cohorts: [AWAY], scenario: { jobs: [JOB] } },
};

describe("nodes that live ahead of each other", () => {
  for (const [name, world] of Object.entries(WORLDS)) {
    test(`${name}: the same records of each node, and the same end, as event by event`, () => {
      for (const seed of [1, 2]) {
        const seeded = { ...world, model: undefined, scenario: { ...world.scenario, seed } };
        const [stepwise, ahead] = [lived(seeded, () => 0), lived(seeded, () => NEVER)];

        expect(ahead.lines === stepwise.lines).toBe(false);
        expect(ahead.sorted).toBe(stepwise.sorted);
        expect(ahead.end).toEqual(stepwise.end);
        expect(ahead.counters).toEqual(stepwise.counters);
      }
    });
  }

  test("random worlds end at the same event, with the same counts, timelines and latencies", () => {
    const worlds = Array.from({ length: 100 }, (_, seed) => randomWorld(seed + 7_000));
    const pairs = worlds.map((world) => ({ stepwise: settled(world, false), ahead: settled(world, true) }));

    for (const { stepwise, ahead } of pairs) {
      expect(ahead.sorted).toBe(stepwise.sorted);
      expect(ahead.reduced).toBe(stepwise.reduced);
      expect(ahead.end).toEqual(stepwise.end);
    }
    const wentAhead = pairs.filter(({ stepwise, ahead }) => ahead.lines !== stepwise.lines);
    expect(wentAhead.length).toBeGreaterThan(20);
    expect(wentAhead.filter(({ ahead }) => ahead.end.because === "settled").length).toBeGreaterThan(5);
  });

  test("where servers, outages or misbehaviour concern many nodes at once, none does", () => {
    const outage = { of: "all", atUs: 15 * MINUTE_US, forUs: MINUTE_US } as const;
    const lostAcks = { kind: "share", name: "lost-acks", share: 0.01 } as const;
    const eventful: readonly ModelWorld[] = [
      { model: NO_LIMITS, cohorts: [ASKING] },
      { model: { ...NO_LIMITS, outages: [outage] }, cohorts: [ASKING] },
      { model: undefined, cohorts: [ASKING], scenario: { backend: { ...PLAIN_BACKEND, faults: [lostAcks] } } },
    ];
    for (const world of eventful) expect(lived(world, () => NEVER).lines).toBe(lived(world, () => 0).lines);
  });

  test("whatever is under way to a node of a large fleet is its own, and nothing is lost", () => {
    const nodes = 2_500_000;
    const world = new VirtualWorld(nodes, HOUR_US, { record: () => undefined });
    const sentTo = [0, 1, 2_097_152, nodes - 2, nodes - 1, nodes - 1, nodes - 1];
    sentTo.forEach((node, at) => world.fly(FLIGHT.started, node, at, undefined, (10 - at) * SECOND_US));
    for (let node = 0; node < nodes; node++) world.schedule(node, MINUTE_US);
    const served: (readonly [number, number, number])[] = [];
    const ahead = new RunAhead(world, {
      touch: () => 0,
      serve: (slot) => {
        world.schedule(slot, NEVER);
        if (slot < nodes) return;
        served.push([world.flight.nodeOf(slot), world.flight.valueOf(slot), world.nowUs / SECOND_US]);
        world.land(slot);
      },
    });

    expect(ahead.live(2 * MINUTE_US, 0, () => undefined)).toBe(true);
    expect(served).toEqual([
      [0, 0, 10],
      [1, 1, 9],
      [2_097_152, 2, 8],
      [nodes - 2, 3, 7],
      [nodes - 1, 6, 4],
      [nodes - 1, 5, 5],
      [nodes - 1, 4, 6],
    ]);
    expect([world.flight.size, world.queue.nextUs]).toEqual([0, NEVER]);
  });

  test("fleet time reached grows from the begin of a stretch to its end, node by node", () => {
    const reachedUs: number[] = [];
    const { scenario, adapter, image } = quietWorld();
    const fleet = new VirtualFleet({ scenario, adapter, images: [image], sink: { record: () => undefined } });
    const look = (): boolean => {
      reachedUs.push(fleet.reachedUs);
      return false;
    };
    fleet.run(look, { goesOnUntilUs: () => NEVER });

    expect(reachedUs.length).toBeGreaterThan(scenario.fleet.nodes);
    expect(new Set(reachedUs).size).toBeGreaterThan(scenario.fleet.nodes / 2);
    expect(reachedUs).toEqual(reachedUs.toSorted((a, b) => a - b));
    expect(reachedUs.at(-1)).toBeLessThanOrEqual(scenario.end.afterUs);
  });
});

/** A random world of a fleet that runs already, in which nothing concerns more nodes than one. */
function quietWorld(): RandomWorld {
  const seeds = Array.from({ length: 200 }, (_, seed) => randomWorld(seed + 7_000));
  const quiet = seeds.find(({ scenario }) => {
    const hasCuts = scenario.fleet.cohorts.some(({ powerCuts }) => powerCuts.length > 0);
    return !hasCuts && scenario.fleet.begins === "running" && scenario.jobs.length === 1;
  });
  if (quiet === undefined) throw new Error("one of two hundred worlds is quiet");
  return quiet;
}

function lived(world: ModelWorld, goesOnUntil: GoesOnUntil) {
  const rows: Row[] = [];
  const sink = { record: recorderInto(rows) };
  const { end, fleet } = runInto({ afterUs: 4 * HOUR_US, ...world }, sink, undefined, { goesOnUntilUs: goesOnUntil });
  return { ...toldBy(rows), end, counters: fleet.backendCounters };
}

function settled({ scenario, adapter, image }: RandomWorld, isAhead: boolean) {
  const rows: Row[] = [];
  const state = emptyState(planOf(scenario, 1));
  const keep = recorderInto(rows);
  const sink = {
    record: (kind: number, node: number, atUs: number, detail: number, job: number, a: number, b: number): void => {
      addRecord(state, kind, node, atUs, detail, job, a, b);
      keep(kind, node, atUs, detail, job, a, b);
    },
  };
  const fleet = new VirtualFleet({ scenario, adapter, images: [image], sink });
  const allBegunUs = allBegunAtUs(scenario, scenario.clock.speed);
  const goesOn: GoesOnUntil = (nextUsOf) => goesOnUntilUs(state, allBegunUs, nextUsOf);
  const end = fleet.run((nowUs) => isPlanSettled(state, nowUs, allBegunUs), isAhead ? { goesOnUntilUs: goesOn } : {});
  return { ...toldBy(rows), end, reduced: reducedTo(state) };
}

/** What a result is computed of and does not lie in the rows of single nodes. */
function reducedTo(state: RunState) {
  const { standing, tally, latencies, plan } = state;
  const { targeted, reachable, settled: done, reachableSettled, changedAtUs, byClass } = standing;
  return JSON.stringify({
    standing: { targeted, reachable, done, reachableSettled, changedAtUs, byClass: [...byClass] },
    lastAtUs: state.lastAtUs,
    kinds: RECORD_KINDS.map((kind) => state.countOfKind(kind)),
    timelines: TALLIES.map((_, column) => [...tally.column(column)]),
    peak: tally.seconds.peakOfDownloads(),
    latencies: METRICS.flatMap((_, metric) =>
      plan.cohorts.map((__, cohort) => {
        const histogram = latencies.latency(metric, cohort);
        return histogram && [histogram.count, histogram.mean, histogram.max];
      }),
    ),
  });
}
