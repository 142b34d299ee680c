/** A run as one could have been: 2,000 nodes in four zones, a window by night, two faults, 120 buckets of 30 minutes. */
import { BELIEFS, type Belief } from "../../src/base/belief.ts";
import { HOUR_US, MINUTE_US, SECOND_US } from "../../src/base/instant.ts";
import { METRICS } from "../../src/measure/metrics.ts";
import { OUTCOMES, type Outcome, UNFINISHED } from "../../src/measure/outcome-class.ts";
import type {
  GroupResult,
  MetricResult,
  EndReasonCount,
  OutcomeCounts,
  RunResult,
  Series,
  ThresholdResult,
  Timelines,
  TruthResult,
} from "../../src/measure/run-result.ts";
import type { NodeReportRow } from "../../src/report/node-row.ts";
import type { ReportInput } from "../../src/report/reporter.ts";

const NODES = 2_000;
const BUCKET_US = 30 * MINUTE_US;
const BUCKETS = 120;

/** Zones with the hour of fleet time at which their window opens: fleet time 0 is 18:00 UTC. */
const ZONES = [
  { name: "Australia/Lord_Howe", openHour: 21, weight: 1 },
  { name: "Asia/Kolkata", openHour: 2.5, weight: 2 },
  { name: "Europe/Berlin", openHour: 7, weight: 4 },
  { name: "America/New_York", openHour: 12, weight: 3 },
] as const;

/** A whole input of a reporter. `changes` replaces keys of the result. */
export function reportInput(changes: Partial<RunResult> = {}): ReportInput {
  whole ??= result(rows());
  return {
    result: { ...whole, ...changes },
    nodes: rows(),
    histograms: [
      {
        metric: "connect",
        cohort: undefined,
        job: undefined,
        clock: "wall",
        count: 3,
        min: 1_400,
        max: 700_000,
        buckets: BUCKETS_OF_3,
      },
      {
        metric: "connect",
        cohort: "homes",
        job: undefined,
        clock: "wall",
        count: 3,
        min: 1_400,
        max: 700_000,
        buckets: BUCKETS_OF_3,
      },
    ],
    startedAt: "2026-11-24T17:03:10.250Z",
    command: "otafleet run scenarios/night-in-four-zones.yaml --nodes 2000 --seed 1",
  };
}

/** 1.4 ms, 2.1 ms and 700 ms, encoded by hdr-histogram-js. */
const BUCKETS_OF_3 = "HISTFAAAACx4nJNpmSzMwMDAxcDAwMjAwMDMAAGMYJL//38Y/70o00Eupu8tjEwAfY8GtQ==";

/** Made once, as no reporter changes its input. */
let whole: RunResult | undefined;
let allRows: FixtureRow[] | undefined;

/** A share from 0 to 1 that depends on its arguments alone. */
function dice(node: number, purpose: number): number {
  let hash = Math.imul(node + 1, 0x9e3779b1) ^ Math.imul(purpose + 7, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
}

/** The plots also need instants that no line of nodes.csv has. */
interface FixtureRow extends NodeReportRow {
  readonly downloadEndedAtUs: number | null;
  readonly rolledBackAtUs: number | null;
}

function rows(): FixtureRow[] {
  return (allRows ??= Array.from({ length: NODES }, (_, index) => row(index)));
}

function row(index: number): FixtureRow {
  const cohort = index < 1_600 ? "homes" : "workshops";
  const zone = zoneOf(dice(index, 1));
  const isLooping = cohort === "workshops" && dice(index, 2) < 0.05;
  const losesPower = cohort === "workshops" && dice(index, 3) < 0.04;
  const isGone = dice(index, 4) < 0.018;
  const isLate = dice(index, 5) < 0.06;
  const openUs = zone.openHour * HOUR_US + (isLate ? 24 * HOUR_US : 0);
  const startedAtUs = Math.round(openUs + (5 + dice(index, 6) ** 1.5 * 7_000) * SECOND_US);
  const endedAtUs = Math.round(startedAtUs + (4 + dice(index, 7) * 40) * SECOND_US);
  const outcome: Outcome = isGone
    ? "unfinished"
    : isLooping
      ? "rolledBack"
      : dice(index, 8) < 0.004
        ? "rejected"
        : "success";
  const isSilent = dice(index, 9) < 0.006;
  const belief: Belief = isGone
    ? "none"
    : isSilent
      ? "in-progress"
      : outcome === "success"
        ? "success"
        : outcome === "rolledBack"
          ? dice(index, 10) < 0.2
            ? "success"
            : "rejected"
          : "rejected";
  return {
    index,
    id: `ota-1f3a-${String(index).padStart(5, "0")}`,
    name: `thermostat ${index}`,
    cohort,
    zone: zone.name,
    generation: dice(index, 11) < 0.8 ? "rainmaker-1.16" : "rainmaker-1.5.7",
    chip: "esp32c3",
    hardware: "",
    project: "thermostat",
    firstVersion: "1.4.2",
    throughputBytesPerSecond: Math.round(20_000 + dice(index, 12) * 100_000),
    latencyUs: 40_000,
    flashBytesPerSecond: 153_600,
    bootUs: 2_500_000,
    autofetchPhase: Number(dice(index, 13).toFixed(6)),
    fileId: "",
    startsOfflineForUs: 0,
    defects: [],
    faultsDrawn: [
      ...(isLooping ? (["boot-loop"] as const) : []),
      ...(losesPower ? (["power-loss-in-write"] as const) : []),
    ],
    job: "spring",
    outcome,
    finalVersion: outcome === "success" ? "2.0.0" : "1.4.2",
    isRegressed: false,
    reason: "",
    unfinishedAs: isGone ? "neverOffered" : null,
    isReachable: !isGone,
    isSettled: !isGone,
    isOnlineAtEnd: !isGone && dice(index, 14) < 0.97,
    belief,
    saidSuccess: belief === "success",
    attempts: isGone ? 0 : losesPower ? 2 : 1,
    offeredAtUs: isGone ? null : Math.round(dice(index, 15) * 2.4 * HOUR_US),
    downloadStartedAtUs: isGone ? null : startedAtUs,
    downloadEndedAtUs: isGone ? null : endedAtUs,
    confirmedAtUs: outcome === "success" ? endedAtUs + 14 * SECOND_US : null,
    rolledBackAtUs: outcome === "rolledBack" ? endedAtUs + 21 * SECOND_US : null,
    reportedAtUs: isGone || isSilent ? null : endedAtUs + 15 * SECOND_US,
  };
}

function zoneOf(share: number): (typeof ZONES)[number] {
  let left = share * 10;
  return ZONES.find(({ weight }) => (left -= weight) < 0) ?? ZONES[0];
}

/** Outcomes of some rows. */
export function countsOf(nodes: readonly NodeReportRow[]): OutcomeCounts {
  const of = (outcome: Outcome): number => nodes.filter((node) => node.outcome === outcome).length;
  const by = UNFINISHED.map((state) => {
    const own = nodes.filter(({ unfinishedAs }) => unfinishedAs === state);
    const online = own.filter(({ isOnlineAtEnd }) => isOnlineAtEnd).length;
    return [state, { online, offline: own.length - online }] as const;
  });
  return {
    ...(Object.fromEntries(OUTCOMES.map((outcome) => [outcome, of(outcome)])) as Record<Outcome, number>),
    targeted: nodes.length,
    reachable: nodes.filter(({ isReachable }) => isReachable).length,
    settled: nodes.filter(({ outcome }) => outcome !== "unfinished").length,
    settledUnseen: nodes.filter(({ outcome, isReachable }) => outcome !== "unfinished" && !isReachable).length,
    unfinishedBy: Object.fromEntries(by) as OutcomeCounts["unfinishedBy"],
    regressed: 0,
    unreported: nodes.filter(({ outcome, reportedAtUs }) => outcome === "success" && reportedAtUs === null).length,
    installedAfterCancel: 0,
  };
}

function truthOf(nodes: readonly NodeReportRow[]): TruthResult {
  const matrix = Object.fromEntries(
    OUTCOMES.map((outcome) => [
      outcome,
      Object.fromEntries(
        BELIEFS.map((belief) => [
          belief,
          nodes.filter((node) => node.outcome === outcome && node.belief === belief).length,
        ]),
      ),
    ]),
  ) as Record<Outcome, Record<Belief, number>>;
  const misled = nodes.filter(({ outcome, belief }) => outcome !== "success" && belief === "success");
  return {
    matrix,
    falseSuccess: 0,
    misled: misled.length,
    disbelieved: 0,
    unreported: countsOf(nodes).unreported,
    installedAfterCancel: 0,
    falseSuccessNodes: [],
    misledNodes: misled.slice(0, 20).map(({ index }) => index),
  };
}

/** A series over some samples; of `size` nodes the ones without a sample are not done. */
export function seriesOf(samples: readonly number[], size: number, population: Series["population"]): Series {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number) => {
    if (sorted.length === 0) return "no samples" as const;
    if (size * (1 - share) < 2) return "too few" as const;
    return sorted[Math.ceil(share * size) - 1] ?? ("not reached" as const);
  };
  return {
    population,
    size,
    count: sorted.length,
    min: sorted[0] ?? null,
    max: sorted.at(-1) ?? null,
    mean: sorted.length === 0 ? null : Math.round(sorted.reduce((sum, value) => sum + value, 0) / sorted.length),
    p50: at(0.5),
    p75: at(0.75),
    p90: at(0.9),
    p95: at(0.95),
    p99: at(0.99),
    p999: at(0.999),
  };
}

function metricsOf(nodes: readonly FixtureRow[]): Record<string, MetricResult> {
  const reachable = nodes.filter(({ isReachable }) => isReachable).length;
  const entries = METRICS.map((metric, place): readonly [string, MetricResult] => {
    const sample = (node: FixtureRow): number | null => sampleOf(metric.name, node, place);
    const samples = nodes.map(sample).filter((value) => value !== null);
    const isOverNodes = metric.over === "nodes";
    const total = seriesOf(samples, isOverNodes ? nodes.length : samples.length, isOverNodes ? "targeted" : "samples");
    const cohorts = ["homes", "workshops"].map((cohort) => {
      const own = nodes.filter((node) => node.cohort === cohort);
      const ownSamples = own.map(sample).filter((value) => value !== null);
      return [cohort, seriesOf(ownSamples, isOverNodes ? own.length : ownSamples.length, total.population)] as const;
    });
    const isWall = metric.clock === "wall";
    return [
      metric.name,
      {
        ...total,
        unit: "us",
        clock: metric.clock,
        meaning: metric.meaning,
        isValid: metric.name !== "connect_tls",
        invalidBecause:
          metric.name === "connect_tls"
            ? "the generator was late: connect_tls has a lateness of 9120 us at p99, and 5000 us are allowed"
            : "",
        badSamples: 0,
        outOfRange: 0,
        reachable: isOverNodes ? seriesOf(samples, reachable, "reachable") : null,
        raw: isWall
          ? null
          : seriesOf(
              samples.map((value) => Math.round(value * 1.04)),
              total.size,
              total.population,
            ),
        compression: isWall ? null : metric.name === "reboot" ? 1.27 : 1.002,
        cohorts: Object.fromEntries(cohorts),
        jobs: {},
      },
    ];
  });
  return Object.fromEntries(entries);
}

function sampleOf(metric: string, node: FixtureRow, place: number): number | null {
  if (!node.isReachable) return null;
  const spread = 1 + dice(node.index, 40 + place) ** 3 * 6;
  switch (metric) {
    case "offer":
      return node.offeredAtUs;
    case "stagger":
      return node.downloadStartedAtUs;
    case "wait":
      return Math.max(0, (node.downloadStartedAtUs ?? 0) - (node.offeredAtUs ?? 0));
    case "download":
      return (node.downloadEndedAtUs ?? 0) - (node.downloadStartedAtUs ?? 0);
    case "completion":
      return node.confirmedAtUs;
    case "reported":
      return node.reportedAtUs;
    case "reboot":
    case "self_test":
      return Math.round(2.6 * SECOND_US * spread);
    default:
      return Math.round((1_400 + place * 700) * spread);
  }
}

function endReasonsOf({ rolledBack, rejected }: OutcomeCounts): EndReasonCount[] {
  const counts = [
    { outcome: "rolledBack", reason: "boot loop", count: rolledBack, beliefs: { rejected: rolledBack } },
    { outcome: "rejected", reason: "same version", count: rejected, beliefs: { rejected } },
  ] as const;
  return counts.filter(({ count }) => count > 0);
}

function timelinesOf(nodes: readonly FixtureRow[]): Timelines {
  const buckets = (cell: (bucket: number) => number): number[] =>
    Array.from({ length: BUCKETS }, (_, bucket) => cell(bucket));
  const counted = (atUs: (node: FixtureRow) => number | null): number[] => {
    const counts = buckets(() => 0);
    for (const node of nodes) {
      const at = atUs(node);
      if (at !== null) counts[Math.floor(at / BUCKET_US)]! += 1;
    }
    return counts;
  };
  const running = (counts: readonly number[]): number[] => {
    let total = 0;
    return counts.map((count) => (total += count));
  };
  const started = counted(({ downloadStartedAtUs }) => downloadStartedAtUs);
  const finished = counted(({ downloadEndedAtUs }) => downloadEndedAtUs);
  return {
    bucketUs: BUCKET_US,
    startUs: 0,
    buckets: BUCKETS,
    nodesOnline: buckets((bucket) => Math.round(1_925 + 28 * Math.sin(bucket / 7) + 20 * dice(bucket, 50))),
    downloadsInFlight: started.map((count) => Math.round((count * 24) / 180)),
    downloadsAtOnce: started.map((count) => Math.round((count * 30) / 180)),
    connects: buckets((bucket) => Math.round(4 + 9 * dice(bucket, 51))),
    fetches: buckets((bucket) => Math.round(150 + 40 * dice(bucket, 52)) + (started[bucket] ?? 0)),
    offers: counted(({ offeredAtUs }) => offeredAtUs),
    downloadsStarted: started,
    downloadsFinished: finished,
    bytes: finished.map((count) => count * 524_288),
    statuses: started.map((count) => count * 4),
    confirmed: running(counted(({ confirmedAtUs }) => confirmedAtUs)),
    rolledBack: running(counted(({ rolledBackAtUs }) => rolledBackAtUs)),
    rejected: running(counted((node) => (node.outcome === "rejected" ? node.downloadEndedAtUs : null))),
    failed: buckets(() => 0),
    bricked: buckets(() => 0),
    expired: buckets(() => 0),
    cancelled: buckets(() => 0),
  };
}

function groupsOf(nodes: readonly NodeReportRow[], key: "cohort" | "zone", names: readonly string[]): GroupResult[] {
  return names.map((name) => {
    const own = nodes.filter((node) => node[key] === name);
    return { name, nodes: own.length, outcomes: countsOf(own), completion: completionOf(own) };
  });
}

function completionOf(nodes: readonly NodeReportRow[]): Series {
  const done = nodes.map(({ confirmedAtUs }) => confirmedAtUs).filter((at) => at !== null);
  return seriesOf(done, nodes.length, "targeted");
}

function doneUs(nodes: readonly NodeReportRow[]): RunResult["staggering"][number]["doneUs"] {
  const done = nodes
    .map(({ confirmedAtUs }) => confirmedAtUs)
    .filter((at) => at !== null)
    .sort((a, b) => a - b);
  const at = (share: number): number | null => done[Math.ceil(share * nodes.length) - 1] ?? null;
  return { p50: at(0.5), p90: at(0.9), p95: at(0.95), p99: at(0.99), p100: at(1) };
}

export const THRESHOLDS: readonly ThresholdResult[] = [
  {
    metric: "completion",
    expression: "p(95)<36h",
    verdict: "passed",
    actual: 31.4 * HOUR_US,
    limit: 36 * HOUR_US,
    unit: "us",
    difference: -4.6 * HOUR_US,
    because: "",
  },
  {
    metric: "outcome.rolledBack",
    expression: "rate<0.02",
    verdict: "passed",
    actual: 0.0115,
    limit: 0.02,
    unit: "share",
    difference: 0.0115 - 0.02,
    because: "",
  },
  {
    metric: "completion{population:reachable}",
    expression: "p(99)<30h",
    verdict: "failed",
    actual: 32.1 * HOUR_US,
    limit: 30 * HOUR_US,
    unit: "us",
    difference: 2.1 * HOUR_US,
    because: "completion{population:reachable}: p(99)<30h does not hold: it is 115560000000 us",
  },
  {
    metric: "connect_tls",
    expression: "p(99)<50ms",
    verdict: "cannot pass",
    actual: null,
    limit: 50_000,
    unit: "us",
    difference: null,
    because: "the generator was late: connect_tls has a lateness of 9120 us at p99, and 5000 us are allowed",
  },
];

function result(nodes: readonly FixtureRow[]): RunResult {
  const outcomes = countsOf(nodes);
  const homes = nodes.slice(0, 1_600);
  return {
    schema: "otafleet/result",
    version: 1,
    verdict: "passed",
    reasons: [],
    remarks: [],
    scenario: {
      name: "night-in-four-zones",
      about: "A release goes out to 2,000 thermostats, by night where they are; some roll back.",
    },
    tags: { commit: "3fa1c2e", branch: "main" },
    seed: 1,
    versions: {
      otafleet: "0.1.0",
      node: "20.19.2",
      v8: "11.3.244.8",
      tzdata: "2026a",
      driver: "live",
      adapter: "rainmaker",
    },
    eventHash: null,
    clock: {
      start: "2026-03-28T18:00:00.000Z",
      speed: 600,
      driver: "live",
      endedAtUs: BUCKETS * BUCKET_US - 7 * MINUTE_US,
      wallMs: 359_300,
      endedBecause: "all reachable targets settled",
    },
    end: {
      rule: "settled",
      by: "settled",
      latestAtUs: 72 * HOUR_US,
      unseen: outcomes.targeted - outcomes.reachable,
      dueBack: null,
    },
    populations: { nodes: NODES, targeted: NODES, reachable: outcomes.reachable, settled: outcomes.settled },
    outcomes,
    firmware: {
      images: [
        { project: "thermostat", version: "2.0.0", jobs: ["spring"], nodes: outcomes.success },
        { project: "thermostat", version: "1.4.2", jobs: [], nodes: NODES - outcomes.success },
      ],
      others: 0,
      bricked: 0,
    },
    retries: { most: 4, mostNode: 7, mostJob: "spring", usualMax: 10, over: 0, overUndone: 0, brokenBytes: 90_000 },
    endReasons: endReasonsOf(outcomes),
    truth: truthOf(nodes),
    thresholds: THRESHOLDS.slice(0, 2),
    metrics: metricsOf(nodes),
    staggering: [
      {
        job: "spring",
        starts: outcomes.reachable,
        fullestMinute: 212,
        peakPerMean: 8.4,
        uniformDistance: 0.318,
        doneUs: doneUs(nodes),
      },
    ],
    peaks: {
      stepUs: 1_000_000,
      connects: { count: 4, atUs: 3_600e6 },
      fetches: { count: 41, atUs: 28_800e6 },
      offers: { count: 39, atUs: 28_801e6 },
      downloadsStarted: { count: 38, atUs: 28_801e6 },
      statuses: { count: 77, atUs: 28_802e6 },
      downloadsInFlight: { count: 212, atUs: 28_830e6 },
    },
    timelines: timelinesOf(nodes),
    jobs: [{ name: "spring", createdAtUs: 0, cancelledAtUs: null, outcomes, completion: completionOf(nodes) }],
    cohorts: groupsOf(homes, "cohort", ["homes"]).concat(groupsOf(nodes.slice(1_600), "cohort", ["workshops"])),
    zones: groupsOf(
      nodes,
      "zone",
      ZONES.map(({ name }) => name),
    ),
    laws: laws(outcomes),
    generator: generator(),
    faults: {
      "boot-loop": { of: "node", drawn: 21, fired: 20 },
      "power-loss-in-write": { of: "node", drawn: 17, fired: 0 },
    },
    lost: { workers: [], nodeRanges: [], nodes: 0, lostMs: 0 },
    counters: { "fetch sent": 21_804, "fetch acked": 21_804, "offer received": 1_964, "download ended: cut": 17 },
    backend: { connections: 3_122, fetchesReceived: 21_804, imageRequests: 1_981 },
    cost: null,
  };
}

function laws(outcomes: OutcomeCounts): RunResult["laws"] {
  return [
    {
      id: "C1",
      sentence: "targeted = sum of all classes of outcome",
      verdict: "held",
      left: NODES,
      right: NODES,
      detail: "",
    },
    {
      id: "C2",
      sentence: "unfinished = sum of its states",
      verdict: "held",
      left: outcomes.unfinished,
      right: outcomes.unfinished,
      detail: "",
    },
    {
      id: "C8",
      sentence: "fetches sent = fetches received",
      verdict: "not checkable",
      left: 21_804,
      right: null,
      detail: "the backend shows no such counter",
    },
    {
      id: "C12",
      sentence: "row sums of the truth matrix = classes of outcome",
      verdict: "held",
      left: NODES,
      right: NODES,
      detail: "",
    },
  ];
}

function generator(): RunResult["generator"] {
  const late = { count: 21_804, p99Us: 1_210, maxUs: 18_300, limitUs: 5_000, isValid: true };
  return {
    verdict: "held up",
    reasons: [],
    lateness: {
      connect: { ...late, count: 3_122 },
      fetch_ack: late,
      first_byte: { ...late, count: 1_981, p99Us: 640 },
    },
    droppedStarts: { "no slot": 0, "no port": 0, "no file": 0, "worker dead": 0, aborted: 0 },
    badSamples: 0,
    tornRecords: 0,
    unknownRecords: 0,
    workers: [0, 1].map((worker) => ({
      worker,
      loopDelayMaxMs: 41.2 + worker,
      loopLatenessMs: 812,
      cpuMs: 81_400 + worker * 900,
      runQueueWaitMs: 2_210,
      socketsMax: 1_012,
    })),
  };
}

/** The same run with two jobs more, one of them cancelled: each node counts three times. */
export function threeJobs(): Partial<RunResult> {
  const { result } = reportInput();
  const [spring] = result.jobs;
  if (spring === undefined) throw new Error("the fixture has a job");
  const named = (name: string, cancelledAtUs: number | null) => ({ ...spring, name, cancelledAtUs });
  const outcomes = { ...result.outcomes, targeted: 6_000, success: 5_000, cancelled: 500 };
  const completion = { ...result.metrics["completion"]!, p95: "not reached" as const };
  return {
    jobs: [named("spring", null), named("summer", 3_600e6), named("autumn", null)],
    outcomes,
    firmware: {
      images: [
        { project: "thermostat", version: "2.0.0", jobs: ["spring", "autumn"], nodes: 1_400 },
        { project: "thermostat", version: "3.0.0", jobs: ["summer"], nodes: 500 },
        { project: "thermostat", version: "1.4.2", jobs: [], nodes: 90 },
      ],
      others: 7,
      bricked: 3,
    },
    staggering: ["spring", "summer", "autumn"].map((job, index) => ({
      ...result.staggering[0]!,
      job,
      fullestMinute: 40 + index,
      peakPerMean: 2 + index,
      uniformDistance: 0.5 - index / 10,
    })),
    metrics: { ...result.metrics, completion: { ...completion, jobs: { spring: completion, summer: completion } } },
  };
}
