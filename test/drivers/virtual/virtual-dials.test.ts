import { beforeAll, expect, test } from "vitest";
import { HOUR_US, MINUTE_US, SECOND_US } from "../../../src/base/instant.ts";
import type { FieldColumn } from "../../../src/base/field-table.ts";
import { RECORD_KINDS } from "../../../src/measure/event-record.ts";
import { readyHistograms } from "../../../src/measure/histogram.ts";
import { emptyState, sinkOf } from "../../../src/measure/reducer.ts";
import { planOf } from "../../../src/engine/scenario-plan.ts";
import {
  linesOf,
  LOOKER,
  type ModelWorld,
  modelRun,
  NO_LIMITS,
  type Row,
  runInto,
  worldScenario,
} from "./model-world.ts";

beforeAll(readyHistograms);

const OUTAGE = { of: "all", atUs: HOUR_US, forUs: HOUR_US } as const;
const AWAY = { ...NO_LIMITS, outages: [OUTAGE] };
const FEW = { connectsPerSecond: 3, connectBurst: 1, backlogMax: 5, fanOutPerSecond: undefined };

const WORLDS: readonly (readonly [string, Partial<ModelWorld>])[] = [
  ["that stay where they are", { cohorts: [{ autofetch: { kind: "never" } }] }],
  ["that ask by themselves meanwhile", { cohorts: [{ autofetch: every(7 * MINUTE_US) }] }],
  [
    "that lose their network and come back, or begin without one",
    {
      cohorts: [
        {
          nodes: 24,
          offline: { kind: "spells", perDay: 40, lastUs: { kind: "exponential", mean: 9 * MINUTE_US } },
          latencyUs: { kind: "lognormal", p50: 20_000, p95: 900_000 },
        },
      ],
    },
  ],
  [
    "that lose power in the middle of it, and boot again",
    { cohorts: [{ powerCuts: [{ atUs: 1.5 * HOUR_US + 123_457, forUs: 10 * MINUTE_US }] }] },
  ],
  [
    "that are in the middle of an update",
    {
      cohorts: [{ nodes: 24, autofetch: every(HOUR_US), throughputBytesPerSecond: { kind: "fixed", value: 4_000 } }],
    },
  ],
  ["before a broker that takes few connects", { model: { ...NO_LIMITS, broker: FEW, outages: [OUTAGE] } }],
  ["whose run ends in the middle of it", { afterUs: 1.5 * HOUR_US + 4_321_987 }],
];

test.each(WORLDS)("dials counted at once leave the records of dials one by one, of nodes %s", (_, changes) => {
  const world = { model: AWAY, ...changes };
  const atOnce = modelRun(world);
  const oneByOne = modelRun(world, LOOKER);

  expect(oneByOne.of("dialled").length).toBeGreaterThan(20 * 100);
  expect(atOnce.end.events).toBeLessThan(oneByOne.end.events * 0.6);
  expect(linesOf(inOrder(atOnce.rows))).toBe(linesOf(inOrder(oneByOne.rows)));
});

test.each(WORLDS)("dials counted at once leave the state of dials one by one, of nodes %s", (_, changes) => {
  const world = { model: AWAY, ...changes };
  const states = [undefined, LOOKER].map((watcher) => {
    const state = emptyState(planOf(worldScenario(world), 1));
    runInto(world, sinkOf(state), watcher);
    return {
      counts: RECORD_KINDS.map((kind) => [kind, state.countOfKind(kind)]),
      bits: valuesOf(state.columns.nodeBits),
      pairs: valuesOf(state.columns.pairBits),
      connects: [...state.tally.column(2)],
      online: [...state.tally.column(0)],
      dialsGivenUp: state.dialsGivenUp,
      lastAtUs: state.lastAtUs,
    };
  });

  expect(states[0]).toEqual(states[1]);
});

test("in an outage of an hour a node that is 20 ms away dials every 10.08 s", () => {
  const { of } = modelRun({
    model: { ...NO_LIMITS, outages: [OUTAGE] },
    cohorts: [{ autofetch: { kind: "never" } }],
    afterUs: 3 * HOUR_US,
  });

  const failed = of("connect failed");
  // The first after 10 s; each is refused 80 ms later.
  expect(failed).toHaveLength(20 * (1 + Math.floor((3_600 - 10.08) / 10.08)));
  expect(of("connected").filter(({ atUs }) => atUs > OUTAGE.atUs)).toHaveLength(20);
  const [first, second] = failed.filter(({ node }) => node === 7).map(({ atUs }) => atUs);
  expect((second ?? 0) - (first ?? 0)).toBe(10 * SECOND_US + 80_000);
});

/** Records of dials that are counted at once are told when the node wakes: only the order of nodes among each other is lost. */
function inOrder(rows: readonly Row[]): readonly Row[] {
  return rows
    .map((row, place) => ({ row, place }))
    .toSorted((a, b) => a.row.node - b.row.node || a.row.atUs - b.row.atUs || a.place - b.place)
    .map(({ row }) => row);
}

function every(everyUs: number) {
  return { kind: "periodic", everyUs, phase: "uniform", jitterUs: 0 } as const;
}

function valuesOf(column: FieldColumn): number[] {
  return Array.from({ length: column.length }, (_, row) => column.get(row));
}
