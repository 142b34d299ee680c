/** A whole small run in this process: embedded backend, one or more shards, records reduced to a result. */
import { BELIEFS, type Belief } from "../../../src/base/belief.ts";
import { createHash } from "node:crypto";
import { adapterOf, ADAPTERS } from "../../../src/adapters/adapters.ts";
import { readRecords } from "../../../src/measure/record-codec.ts";
import type { Adapter, OperatorHalf } from "../../../src/adapters/adapter.ts";
import type { ServeConfig } from "../../../src/backend/serve/messages.ts";
import { hrtimeUs, fleetNowUs, type FleetClock } from "../../../src/drivers/live/fleet-clock.ts";
import { LiveShard, type LiveShardOptions, type ShardHealth } from "../../../src/drivers/live/live-shard.ts";
import { FAULT_NAMES } from "../../../src/faults/fault-names.ts";
import { nodeIdOf } from "../../../src/fleet/node-id.ts";
import { shardRange } from "../../../src/fleet/shard.ts";
import { buildAppImage } from "../../../src/image/build-image.ts";
import type { ChipName } from "../../../src/image/chips.ts";
import { RECORD_KINDS, type RecordKind } from "../../../src/measure/event-record.ts";
import { readyHistograms } from "../../../src/measure/histogram.ts";
import { Outcomes } from "../../../src/measure/outcome.ts";
import { BatchWriter } from "../../../src/measure/record-batch.ts";
import { kindNumber } from "../../../src/measure/record-codec.ts";
import { addBatch, addRecord, emptyState } from "../../../src/measure/reducer.ts";
import { computeResult } from "../../../src/measure/result.ts";
import { NO_BELIEF } from "../../../src/measure/run-facts.ts";
import type { RunResult } from "../../../src/measure/run-result.ts";
import type { RunState } from "../../../src/measure/run-state.ts";
import { NodeTable } from "../../../src/node/node-table.ts";
import { readScenario } from "../../../src/scenario/read-scenario.ts";
import { resolveScenario } from "../../../src/scenario/resolve-scenario.ts";
import type { Scenario } from "../../../src/scenario/scenario.ts";
import { embedded } from "../../backend/embedded.ts";
import { factsOf, planOf } from "../../measure/history.ts";

export interface Life {
  readonly kind: RecordKind;
  readonly node: number;
  readonly atUs: number;
  readonly detail: number;
  readonly count: number;
  readonly a: number;
  readonly b: number;
}

export interface LiveResult {
  readonly result: RunResult;
  readonly records: readonly Life[];
  readonly outcomes: readonly (string | undefined)[];
  readonly beliefs: readonly (Belief | undefined)[];
  readonly health: readonly ShardHealth[];
  /** Of all nodes: what they were born with. */
  readonly traits: readonly string[];
}

/** Where a run's nodes and its operator turn to. */
export interface LiveBackend {
  readonly operator: OperatorHalf;
  readonly backend: LiveShardOptions["backend"];
  setClock(clock: FleetClock): void;
  stop(): Promise<void>;
}

export function liveScenario({
  cohort = "",
  nodes = 1,
  adapter = "rainmaker",
  speed = 600,
  size = "64KiB",
  begins = "running",
  tls = false,
  job = "",
  autofetch = "{ every: 4m, phase: 2m }",
} = {}): Scenario {
  const text = `
name: live
nodes: ${nodes}
clock: { start: 2026-03-10T12:00:00Z, speed: ${speed} }
backend: { adapter: ${adapter}, tls: ${tls}${adapter === "rainmaker" ? "" : ", url: http://127.0.0.1:1, allowSpeed: true"} }
image: { make: { chip: esp32c3, project: thermostat, version: 2.0.0, size: ${size} } }
fleet:
  begins: ${begins}
  connect: { over: 100ms }
  cohorts:
    - name: homes
      runs: { version: 1.0.0 }
      zones: Europe/Berlin
      link: { throughput: 100KB/s }
      flash: { write: 75KB/s }
      offline: none
      boot: 8s
      autofetch: ${autofetch}
      ${cohort}
jobs: [{ name: spring${job === "" ? "" : `, ${job}`} }]
end: { after: 12h }
`;
  return resolveScenario(readScenario(text, "live.yaml", { adapters: ADAPTERS })).scenario;
}

export async function rainmakerBackend(scenario: Scenario, config: ServeConfig = {}): Promise<LiveBackend> {
  const { tls } = scenario.backend;
  const running = await embedded({ fleetStartEpochMs: scenario.clock.startUtcMs, mqttTls: tls, ...config });
  const { address } = running;
  const port = tls ? address.mqttsPort! : address.mqttPort;
  return {
    operator: running.operator,
    backend: {
      mqtt: { host: "127.0.0.1", port, ca: tls ? address.caPem : undefined },
      baseUrl: address.apiUrl,
      ca: address.caPem,
      allowedHosts: [],
    },
    setClock: ({ originHrtimeUs, startEpochMs, speed }) =>
      running.backend.setClock({
        originHrtimeNs: String(originHrtimeUs * 1_000),
        fleetStartEpochMs: startEpochMs,
        speed,
      }),
    stop: running.stop,
  };
}

export interface LiveRunOptions {
  readonly scenario: Scenario;
  readonly shards?: number;
  /** Wall milliseconds after which the run ends, settled or not. */
  readonly patienceMs?: number;
  /** Ends the run earlier. */
  readonly isOver?: (records: readonly Life[]) => boolean;
  readonly on?: LiveBackend;
  /** In place of the one that the scenario names: with other timers. */
  readonly adapter?: Adapter;
  /** When fleet time has begun and the job exists. */
  readonly onStart?: (shards: readonly LiveShard[]) => void;
}

const HANG_UP_MS = 2_000;

/** Runs a scenario until every target is settled. */
export async function liveRun(options: LiveRunOptions): Promise<LiveResult> {
  await readyHistograms();
  const { scenario } = options;
  const adapter = options.adapter ?? adapterOf(scenario.backend.adapter)!;
  const on = options.on ?? (await rainmakerBackend(scenario));
  const run = await Run.of(scenario, adapter, on, options.shards ?? 1);
  try {
    await run.start();
    options.onStart?.(run.shards);
    await run.untilSettled(options.patienceMs ?? 15_000, options.isOver ?? (() => false));
    return await run.end();
  } finally {
    for (const shard of run.shards) shard.close();
    await on.stop();
  }
}

class Run {
  readonly scenario: Scenario;
  readonly on: LiveBackend;
  readonly shards: LiveShard[] = [];
  readonly writers: BatchWriter[] = [];
  readonly records: Life[] = [];
  readonly ids: readonly string[];
  readonly imageId: string;
  readonly state: RunState;
  readonly traits: string[] = [];
  clock: FleetClock = { originHrtimeUs: 0, startEpochMs: 0, speed: 1 };
  jobId = "";

  private constructor(scenario: Scenario, on: LiveBackend, ids: readonly string[], imageId: string) {
    this.scenario = scenario;
    this.on = on;
    this.ids = ids;
    this.imageId = imageId;
    const { nodes } = scenario.fleet;
    this.state = emptyState(
      planOf(nodes, {
        cohorts: scenario.fleet.cohorts.map((cohort) => ({
          name: cohort.name,
          from: cohort.firstNode,
          until: cohort.firstNode + cohort.nodes,
        })),
        speed: scenario.clock.speed,
        endUs: scenario.end.afterUs,
      }),
    );
  }

  static async of(scenario: Scenario, adapter: Adapter, on: LiveBackend, shards: number): Promise<Run> {
    const { project, version, chip, secureVersion, sizeBytes } = scenario.image;
    const bytes = buildAppImage({ chip: chip as ChipName, project, version, secureVersion, sizeBytes, seed: 1 });
    const { nodes } = scenario.fleet;
    const ids = Array.from({ length: nodes }, (_, node) => nodeIdOf("test", node));
    const secrets = await on.operator.enrol(
      ids.map((id) => ({ id, project, version: "1.0.0", type: project, model: project })),
    );
    const imageId = await on.operator.upload({ name: "thermostat", version, project, bytes });
    const run = new Run(scenario, on, ids, imageId);
    const digest = (name: string) => createHash(name).update(bytes).digest("hex");
    for (let k = 0; k < shards; k++) {
      const { first, end } = shardRange(nodes, { k, n: shards });
      const writer = new BatchWriter("run", k);
      const rows = new SharedArrayBuffer(NodeTable.bytesFor(end - first));
      run.writers.push(writer);
      run.shards.push(
        new LiveShard({
          scenario,
          adapter,
          firstNode: first,
          nodes: end - first,
          ids: ids.slice(first, end),
          secrets: secrets.slice(first, end),
          rows,
          sink: writer,
          backend: on.backend,
          images: [{ sha256: digest("sha256"), md5: digest("md5"), sizeBytes: bytes.length }],
        }),
      );
      run.traits.push(...rowsOf(rows, end - first));
    }
    return run;
  }

  async start(): Promise<void> {
    const { scenario, on, shards } = this;
    const rampUs = hrtimeUs() + 5_000;
    await Promise.all(shards.map((shard) => shard.connect(rampUs)));
    const { startUtcMs, speed } = scenario.clock;
    this.clock = { originHrtimeUs: hrtimeUs() + 10_000, startEpochMs: startUtcMs, speed };
    on.setClock(this.clock);
    for (const shard of shards) shard.begin(this.clock);
    const [job] = scenario.jobs;
    this.flush();
    addRecord(this.state, kindNumber("job created"), 0, fleetNowUs(this.clock), 0, 0, 0, 0);
    if (job!.trigger === "force-push") for (const shard of shards) shard.jobExpected(0);
    this.jobId = await on.operator.createJob({
      name: job!.name,
      imageId: this.imageId,
      targets: { kind: "nodes", ids: this.ids },
      trigger: job!.trigger,
      window: undefined,
      validity: undefined,
      metadata: {},
      priority: undefined,
      timeoutSeconds: undefined,
    });
    for (const shard of shards) shard.jobCreated(0, this.jobId);
  }

  async untilSettled(patienceMs: number, isOver: (records: readonly Life[]) => boolean): Promise<void> {
    const untilMs = performance.now() + patienceMs;
    while (performance.now() < untilMs) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      this.flush();
      const { standing } = this.state;
      if (standing.targeted === standing.settled || isOver(this.records)) return;
    }
  }

  async end(): Promise<LiveResult> {
    const { shards, state, scenario } = this;
    for (const shard of shards) shard.stopStarts();
    const endedAtUs = fleetNowUs(this.clock);
    const wallMs = (hrtimeUs() - this.clock.originHrtimeUs) / 1_000;
    await Promise.all(shards.map((shard) => shard.drain(HANG_UP_MS)));
    const health = shards.map((shard) => shard.health());
    const believed = await this.on.operator.beliefs(this.jobId);
    const backend = (await this.on.operator.counters()) ?? {};
    for (const shard of shards) shard.close();
    this.flush();
    const beliefs = this.ids.map((id) => believed.get(id)?.belief);
    const facts = factsOf({
      driver: "live",
      endedAtUs: Math.max(endedAtUs, state.lastAtUs),
      wallMs,
      shards: shards.length,
      endMarks: this.writers.map((writer) => writer.end()),
      backend,
      beliefs: [Uint8Array.from(beliefs, (word) => (word === undefined ? NO_BELIEF : BELIEFS.indexOf(word)))],
      faultNames: FAULT_NAMES,
    });
    const result = computeResult(state, facts);
    const outcomes = new Outcomes(state, []);
    const { nodes } = scenario.fleet;
    return {
      result,
      records: this.records,
      outcomes: Array.from({ length: nodes }, (_, node) => outcomes.of(0, node)),
      beliefs,
      health,
      traits: this.traits,
    };
  }

  flush(): void {
    for (const writer of this.writers) {
      const batch = writer.flush();
      addBatch(this.state, batch);
      readRecords(batch.bytes, {
        record: (kind, node, atUs, detail, count, a, b) => {
          this.records.push({ kind: RECORD_KINDS[kind]!, node, atUs, detail, count, a, b });
        },
      });
    }
  }
}

function rowsOf(rows: SharedArrayBuffer, nodes: number): string[] {
  const width = rows.byteLength / nodes;
  return Array.from({ length: nodes }, (_, slot) => Buffer.from(rows, slot * width, width).toString("hex"));
}

/** The kinds of a node's records, in order. */
export function lifeOf(records: readonly Life[], node = 0): RecordKind[] {
  return records.filter((record) => record.node === node).map(({ kind }) => kind);
}

/** Laws that do not hold. */
export function brokenLaws(result: RunResult): string[] {
  return result.laws
    .filter(({ verdict }) => verdict === "broken")
    .map(({ id, left, right, detail }) => `${id}: ${left} and ${right} (${detail})`);
}
