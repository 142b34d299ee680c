/** Hand-made histories: records by name, told node by node as a node would live them. */
import { BELIEFS, type Belief } from "../../src/base/belief.ts";
import { HOUR_US, MILLISECOND_US, SECOND_US } from "../../src/base/instant.ts";
import { draw } from "../../src/base/random.ts";
import {
  BOOT_STATES,
  CONNECT_FAILURES,
  DISCONNECT_CAUSES,
  DOWNLOAD_ENDS,
  LOSS_CAUSES,
  NO_JOB,
  OFFER_KINDS,
  POWER_CAUSES,
  type RecordKind,
} from "../../src/measure/event-record.ts";
import { kindNumber } from "../../src/measure/record-codec.ts";
import { addRecord, emptyState } from "../../src/measure/reducer.ts";
import type { RunFacts } from "../../src/measure/run-facts.ts";
import { NO_BELIEF } from "../../src/measure/run-facts.ts";
import type { RunPlan } from "../../src/measure/run-plan.ts";
import type { RunState } from "../../src/measure/run-state.ts";
import { reasonNumber, statusCode } from "../../src/measure/status-code.ts";
import type { Reason, Status } from "../../src/node/report.ts";

export interface HandRecord {
  readonly kind: RecordKind;
  readonly node: number;
  readonly atUs: number;
  readonly detail: number;
  readonly count: number;
  readonly a: number;
  readonly b: number;
}

const IMAGE_BYTES = 500_000;

/** A plan of one job for all nodes, half of them in each of two cohorts and zones. */
export function planOf(nodes: number, changes: Partial<RunPlan> = {}): RunPlan {
  const half = Math.ceil(nodes / 2);
  return {
    nodes,
    cohorts: [
      { name: "homes", from: 0, until: half },
      { name: "workshops", from: half, until: nodes },
    ],
    zoneNames: ["Europe/Berlin", "Asia/Kolkata"],
    zoneOf: Uint16Array.from({ length: nodes }, (_, node) => node % 2),
    jobs: [{ name: "spring", targets: "all" }],
    speed: 1,
    endUs: 48 * HOUR_US,
    ...changes,
  };
}

export function factsOf(changes: Partial<RunFacts> = {}): RunFacts {
  return {
    scenario: { name: "test", about: "" },
    tags: {},
    seed: 1,
    versions: { otafleet: "0.1.0" },
    clockStart: "2026-03-28T18:00:00Z",
    driver: "virtual",
    endedAtUs: HOUR_US,
    wallMs: null,
    endedBecause: "all reachable targets settled",
    endRule: "settled",
    interruptedBecause: undefined,
    undone: [],
    remarks: [],
    shards: 0,
    endMarks: [],
    lostWorkers: [],
    health: [],
    backend: {},
    beliefs: [],
    expected: { beliefs: false, counters: false, healthOf: 0 },
    isBackendShared: false,
    faultNames: ["boot-loop", "lost-status"],
    backendFaults: {},
    thresholds: [],
    ...changes,
  };
}

export function beliefs(...words: readonly (Belief | undefined)[]): Uint8Array {
  return Uint8Array.from(words, (word) => (word === undefined ? NO_BELIEF : BELIEFS.indexOf(word)));
}

/** Writes what happens to one node, second by second. */
export class NodeHistory {
  readonly records: HandRecord[] = [];
  readonly node: number;
  atUs: number;
  waitedUs = 0;

  constructor(node: number, atUs = 0) {
    this.node = node;
    this.atUs = atUs;
  }

  after(us: number): this {
    this.atUs += us;
    return this;
  }

  add(kind: RecordKind, detail = 0, count = 0, a = 0, b = this.waitedUs): this {
    this.records.push({ kind, node: this.node, atUs: this.atUs, detail, count, a, b });
    return this;
  }

  connect(latencyUs = 30 * MILLISECOND_US): this {
    this.add("dialled", 0, 0, 0, 0).after(latencyUs);
    this.add("connect parts", 0, 0, Math.floor(latencyUs / 5), Math.floor(latencyUs / 2));
    return this.add("connected", 0, 0, latencyUs, 100);
  }

  connectFails(): this {
    return this.add("dialled", 0, 0, 0, 0).after(SECOND_US).add("connect failed", CONNECT_FAILURES.indexOf("refused"));
  }

  networkLost(): this {
    return this.add("network down").add("disconnected", DISCONNECT_CAUSES.indexOf("network down"));
  }

  fetch(latencyUs = 20 * MILLISECOND_US): this {
    return this.add("fetch sent", 0, 0, 50).after(latencyUs).add("fetch acked", 0, 0, latencyUs, 50);
  }

  offer(job = 0, latencyUs = 25 * MILLISECOND_US): this {
    return this.add("offer received", OFFER_KINDS.indexOf("answer"), job, latencyUs);
  }

  waits(reason: Reason, job = 0): this {
    return this.add("offer waits", reasonNumber(reason), job, this.atUs + HOUR_US).report("delayed", reason, job);
  }

  ends(reason: Reason, status: Status, job = 0): this {
    return this.add("offer ended", reasonNumber(reason), job).report(status, reason, job);
  }

  download(bytes = IMAGE_BYTES, end: (typeof DOWNLOAD_ENDS)[number] = "complete", fromByte = 0, job = 0): this {
    this.add("download started", 1, job, fromByte).after(MILLISECOND_US);
    this.add("first byte", 0, job, MILLISECOND_US, 10).after(10 * SECOND_US);
    return this.add("download ended", DOWNLOAD_ENDS.indexOf(end), job, bytes);
  }

  spent(asksAgain: boolean, job = 0): this {
    return this.report("failed", "transfer failed", job).add("attempts spent", asksAgain ? 1 : 0, job);
  }

  reboot(job = 0, state: (typeof BOOT_STATES)[number] = "pending-verify"): this {
    this.add("image applied", 0, job).after(10 * SECOND_US);
    this.add("powered off", POWER_CAUSES.indexOf("restart")).after(SECOND_US);
    return this.add("booted", BOOT_STATES.indexOf(state), job).after(SECOND_US);
  }

  rollBack(job = 0): this {
    this.after(90 * SECOND_US)
      .add("powered off", POWER_CAUSES.indexOf("restart"))
      .after(SECOND_US);
    return this.add("booted", BOOT_STATES.indexOf("valid"), NO_JOB).add("rolled back", 0, job);
  }

  report(status: Status, reason: Reason, job = 0, latencyUs = 15 * MILLISECOND_US): this {
    const code = statusCode(status, reason);
    this.add("report made", code, job).add("report sent", code, job, 0).after(latencyUs);
    return this.add("report acked", code, job, latencyUs, 20);
  }

  reportLost(status: Status, reason: Reason, job = 0): this {
    const code = statusCode(status, reason);
    return this.add("report made", code, job).add("report lost", LOSS_CAUSES.indexOf("power"), job, code);
  }

  /** A good update from an offer on. */
  update(job = 0): this {
    this.fetch().offer(job).download(IMAGE_BYTES, "complete", 0, job).reboot(job).connect();
    return this.add("confirmed", 0, job).report("success", "verified", job);
  }

  /** An update whose image does not come up. */
  failedUpdate(job = 0): this {
    this.fetch().offer(job).download(IMAGE_BYTES, "complete", 0, job).reboot(job).rollBack(job).connect();
    return this.report("rejected", "rolled back", job);
  }
}

export const JOB_CREATED: HandRecord = {
  kind: "job created",
  node: 0,
  atUs: SECOND_US,
  detail: 0,
  count: 0,
  a: 0,
  b: 0,
};

export function reduce(plan: RunPlan, records: Iterable<HandRecord>): RunState {
  const state = emptyState(plan);
  for (const { kind, node, atUs, detail, count, a, b } of records) {
    addRecord(state, kindNumber(kind), node, atUs, detail, count, a, b);
  }
  return state;
}

/** The state of a run in which the job was created at one second and one node lived this. */
export function stateAfter(history: NodeHistory, plan = planOf(4)): RunState {
  return reduce(plan, [JOB_CREATED, ...history.records]);
}

/** A rollout of mixed fates, as a function of the seed: its records by node, and what its backend counted. */
export function rollout(nodes: number, seed = 1) {
  const byNode = Array.from({ length: nodes }, (_, node) => nodeOfRollout(node, seed).records);
  const all = byNode.flat();
  const countOf = (kind: RecordKind) => all.filter((record) => record.kind === kind).length;
  const bytes = all.reduce((sum, { kind, a }) => (kind === "download ended" ? sum + a : sum), 0);
  return {
    byNode,
    records: [JOB_CREATED, ...all],
    backend: {
      connections: countOf("connected"),
      fetchesReceived: countOf("fetch sent"),
      offersSent: countOf("offer received"),
      statusesReceived: countOf("report sent"),
      statusesUnreadable: 0,
      imageRequests: countOf("download started"),
      imageRequestsCut: 0,
      imageBytesServed: bytes,
    },
    beliefs: beliefs(...byNode.map(beliefAfter)),
  };
}

function nodeOfRollout(node: number, seed: number): NodeHistory {
  const chance = (purpose: number) => draw(seed, node, purpose, 0);
  const life = new NodeHistory(node).add("released").connect(20_000 + Math.floor(chance(0) * 40_000));
  life.after(2 * SECOND_US + Math.floor(chance(1) * HOUR_US));
  if (chance(2) < 0.1)
    life
      .networkLost()
      .after(60 * SECOND_US)
      .connectFails()
      .after(10 * SECOND_US)
      .connect();
  if (chance(3) < 0.05) return life.networkLost();
  if (chance(3) < 0.1) return life.fetch().offer().ends("project mismatch", "rejected");
  if (chance(3) < 0.2) return life.failedUpdate();
  if (chance(3) < 0.25) return life.fetch().offer().waits("outside window");
  if (chance(3) < 0.3) return life.fetch().offer().download(1_000, "complete").spent(true).fetch();
  return life.update();
}

function beliefAfter(records: readonly HandRecord[]): Belief {
  const acked = records.findLast(({ kind }) => kind === "report acked");
  if (acked === undefined) return "triggered";
  return (["in-progress", "success", "failed", "delayed", "rejected"] as const)[acked.detail >>> 5] ?? "unknown";
}
