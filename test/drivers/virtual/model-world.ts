/** Small fleets with modelled servers, whose every record is kept. */
import type { Adapter } from "../../../src/adapters/adapter.ts";
import { rainmaker } from "../../../src/adapters/rainmaker/adapter.ts";
import { HOUR_US, SECOND_US } from "../../../src/base/instant.ts";
import type { FleetWatcher } from "../../../src/drivers/virtual/fleet-watcher.ts";
import { type FleetRunHooks, VirtualFleet, type VirtualEnd } from "../../../src/drivers/virtual/virtual-fleet.ts";
import type { Cohort } from "../../../src/fleet/cohort.ts";
import { RECORD_KINDS, type RecordKind, type RecordSink } from "../../../src/measure/event-record.ts";
import type { Scenario } from "../../../src/scenario/scenario.ts";
import type { ServerModel } from "../../../src/scenario/server-model.ts";
import { PLAIN_BACKEND, PLAIN_JOB, PLAIN_RUNS } from "../../scenario/plain.ts";

/** A model that states nothing. */
export const NO_LIMITS: ServerModel = {
  fetch: undefined,
  statuses: undefined,
  broker: undefined,
  cdn: undefined,
  outages: [],
  calibrated: undefined,
};

export const NO_CDN = {
  egressBytesPerSecond: undefined,
  perConnectionBytesPerSecond: undefined,
  connectionsMax: undefined,
  firstByteUs: undefined,
  retryAfterUs: undefined,
} as const;

export interface Row {
  readonly kind: RecordKind;
  readonly node: number;
  readonly atUs: number;
  readonly detail: number;
  readonly a: number;
}

export interface ModelWorld {
  readonly model: ServerModel | undefined;
  readonly adapter?: Adapter;
  readonly cohorts?: readonly Partial<Cohort>[];
  readonly sizeBytes?: number;
  readonly afterUs?: number;
  readonly scenario?: Partial<Scenario>;
}

/** A scenario of cohorts of 20 nodes that ask once an hour, 20 ms away, on links and flash of 60 and 75 KB/s. */
export function worldScenario(world: ModelWorld): Scenario {
  const adapter = world.adapter ?? rainmaker;
  let firstNode = 0;
  const cohorts = (world.cohorts ?? [{}]).map((changes, number): Cohort => {
    const nodes = changes.nodes ?? 20;
    firstNode += nodes;
    return { ...plainCohort(adapter), name: `c${number}`, ...changes, firstNode: firstNode - nodes, nodes };
  });
  return {
    schema: 1,
    name: "plain",
    about: "",
    tags: {},
    seed: 1,
    clock: { startUtcMs: Date.parse("2026-06-15T00:00:00Z"), speed: 1 },
    backend: { ...PLAIN_BACKEND, adapter: adapter.kind },
    image: { from: "make", ...IMAGE, sizeBytes: world.sizeBytes ?? 1_500_000 },
    fleet: { nodes: firstNode, begins: "running", connectOverMs: 1_000, cohorts },
    groups: [],
    jobs: [PLAIN_JOB],
    end: { when: "settled", afterUs: world.afterUs ?? 3 * HOUR_US },
    thresholds: [],
    selftest: undefined,
    ...(world.model === undefined ? {} : { model: world.model }),
    ...world.scenario,
  };
}

/** Runs a fleet to its time's end; a watcher sees every dial as an event. */
export function modelRun(world: ModelWorld, watcher?: FleetWatcher) {
  const rows: Row[] = [];
  const sink: RecordSink = { record: recorderInto(rows) };
  const { end, fleet } = runInto(world, sink, watcher);
  const of = (kind: RecordKind): readonly Row[] => rows.filter((row) => row.kind === kind);
  return { rows, of, end, fleet, model: end.model };
}

export function runInto(
  world: ModelWorld,
  sink: RecordSink,
  watcher?: FleetWatcher,
  hooks?: FleetRunHooks,
): { readonly end: VirtualEnd; readonly fleet: VirtualFleet } {
  const scenario = worldScenario(world);
  const image = { ...IMAGE, sizeBytes: scenario.image.sizeBytes, md5: "5d41402abc4b2a76b9719d911017c592" };
  const adapter = world.adapter ?? rainmaker;
  const fleet = new VirtualFleet({ scenario, adapter, sink, watcher, images: [image] });
  return { end: fleet.run(() => false, hooks), fleet };
}

/** Keeps records as rows. */
export function recorderInto(rows: Row[]): RecordSink["record"] {
  return (kind, node, atUs, detail, _job, a) =>
    void rows.push({ kind: RECORD_KINDS[kind] as RecordKind, node, atUs, detail, a });
}

/** Records as they came, and those of each node in their order. */
export function toldBy(rows: readonly Row[]): { readonly lines: string; readonly sorted: string } {
  return {
    lines: linesOf(rows),
    // Stable, so that records of one instant keep their order within each node.
    sorted: linesOf(rows.toSorted((a, b) => a.node - b.node || a.atUs - b.atUs)),
  };
}

/** Records as lines, which are compared faster than objects. */
export function linesOf(rows: readonly Row[]): string {
  return rows.map(({ kind, node, atUs, detail, a }) => `${atUs} ${node} ${kind} ${detail} ${a}`).join("\n");
}

/** Sees everything and keeps nothing. */
export const LOOKER: FleetWatcher = { onInput: () => undefined, onNote: () => undefined };

const IMAGE = { project: "thermostat", version: "2.0.0", chip: "esp32c3", secureVersion: 0 } as const;

function plainCohort(adapter: Adapter): Cohort {
  return {
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
    throughputBytesPerSecond: { kind: "fixed", value: 60_000 },
    latencyUs: { kind: "fixed", value: 20_000 },
    flashBytesPerSecond: { kind: "fixed", value: 75_000 },
    offline: { kind: "none" },
    powerCuts: [],
    autofetch: { kind: "periodic", everyUs: HOUR_US, phase: "uniform", jitterUs: 0 },
    bootUs: { kind: "fixed", value: 3 * SECOND_US },
    faults: [],
  };
}
