/**
 * The shape of a run's result: what `result.json` holds and what every reporter reads. All times are whole
 * microseconds, of fleet time unless a name says wall; nothing in it depends on a clock, a locale or a time zone,
 * so equal event logs and facts give equal bytes. Nodes are named by index; their names stand in `nodes.csv`.
 */
import type { Belief } from "../base/belief.ts";
import type { CostResult } from "./cost.ts";
import type { DROP_CAUSES, OPERATOR_ACTS, OperatorEffect, STOP_REASONS } from "./event-record.ts";
import type { ModelResult } from "./model-result.ts";
import type { EndResult } from "./run-end.ts";
import type { Firmware } from "./run-plan.ts";
import type { Percentile, Series } from "./series.ts";
import type { Outcome, Unfinished } from "./outcome-class.ts";
import type { Peak } from "./second-counts.ts";

export type { Percentile, Population, Series } from "./series.ts";

/** Name of the shape; it never changes. */
export const RESULT_SCHEMA = "otafleet/result";

/**
 * Raised whenever a key changes its meaning or goes away; new keys do not raise it. Versions count from the first
 * release on: what changes before it is still version 1.
 */
export const RESULT_VERSION = 1;

/** What a run comes to. */
export type Verdict = "passed" | "failed" | "invalid" | "incomplete";

/** What a latency counts: fleet time composed with waits on the backend, or wall time alone. */
export type MetricClock = "wall" | "composed";

/** One metric of `metrics.ts`, in total, by cohort, by job, and for a duration of fleet time raw beside composed. */
export interface MetricResult extends Series {
  readonly unit: "us";
  readonly clock: MetricClock;
  readonly meaning: string;
  /** No threshold on an invalid metric can pass; `invalidBecause` says why, "" else. */
  readonly isValid: boolean;
  readonly invalidBecause: string;
  /** Samples that were no whole number of microseconds from 0, and those beyond the histogram's range. Never silent. */
  readonly badSamples: number;
  readonly outOfRange: number;
  /** The same samples over the reachable nodes; null where the metric is over samples. */
  readonly reachable: Series | null;
  /** The fleet's clock as it ran, waits on the backend stretched by the speed; null for wall metrics. */
  readonly raw: Series | null;
  /** Raw / composed at p95; null where it cannot be said. Above 1.10 the clock was compressed too hard. */
  readonly compression: number | null;
  readonly cohorts: Readonly<Record<string, Series>>;
  /** Each over the job's own targets; empty where the metric is over samples. */
  readonly jobs: Readonly<Record<string, Series>>;
}

/** Outcomes of one population of targets; the classes sum to `targeted`. */
export interface OutcomeCounts extends Readonly<Record<Outcome, number>> {
  readonly targeted: number;
  readonly reachable: number;
  readonly settled: number;
  /** Of the settled, those that were never reachable: a cancel or the end of validity settles whoever is away. */
  readonly settledUnseen: number;
  readonly unfinishedBy: Readonly<Record<Unfinished, { readonly online: number; readonly offline: number }>>;
  /** Ran and confirmed the job's image once, then fell back. They count as success. */
  readonly regressed: number;
  /** Run the image, and no final status of theirs was acknowledged. */
  readonly unreported: number;
  readonly installedAfterCancel: number;
}

/** A firmware, and how many nodes run it. */
export interface FirmwareCount extends Firmware {
  /** Names of the jobs that install it, in their order; none = the run does not, nodes ran it before. */
  readonly jobs: readonly string[];
  readonly nodes: number;
}

/** Numbers of nodes; they sum to all nodes of the run. */
export interface FirmwareResult {
  /** The images of the run in the order of its jobs, also where nobody runs them; then what is from before, most nodes first. */
  readonly images: readonly FirmwareCount[];
  /** Run something else from before: a fleet file may name thousands of versions. */
  readonly others: number;
  /** Run nothing any more. */
  readonly bricked: number;
}

/** Outcome against belief. Cells are numbers of (node, job) pairs. */
export interface TruthResult {
  readonly matrix: Readonly<Record<Outcome, Readonly<Record<Belief, number>>>>;
  /** The backend says success; the node neither runs the image nor ever said so. Above 0 the run fails. */
  readonly falseSuccess: number;
  /** The same, but the node itself had said success. */
  readonly misled: number;
  /** Run the image and their success was acknowledged, yet the backend has another word on record, or lost theirs. */
  readonly disbelieved: number;
  readonly unreported: number;
  readonly installedAfterCancel: number;
  /** The first of the nodes in these cells, by index, to look at. */
  readonly falseSuccessNodes: readonly number[];
  readonly misledNodes: readonly number[];
}

/** So many updates ended so for this reason; "" = the node said none. */
export interface EndReasonCount {
  readonly outcome: Outcome;
  readonly reason: string;
  readonly count: number;
  /** What the backend has on record of them; what it has of none is left out. */
  readonly beliefs: Readonly<Partial<Record<Belief, number>>>;
}

/** Who began one download after the other. A target's downloads stop counting at 255. */
export interface RetryResult {
  /** Downloads of the busiest target, and whose they are; null = nobody began any. */
  readonly most: number;
  readonly mostNode: number | null;
  readonly mostJob: string | null;
  /** Of more than so many downloads one speaks. */
  readonly usualMax: number;
  /** Targets with more, and those of them that did not succeed. */
  readonly over: number;
  readonly overUndone: number;
  /** Image bytes that arrived in attempts which did not come to the image's end; a later one may have gone on from them. */
  readonly brokenBytes: number;
}

/** A rollout's staggering: starts of download in buckets of 60 s between the 5 % and the 95 % point. */
export interface Staggering {
  readonly job: string;
  readonly starts: number;
  /** Starts in the fullest minute of fleet time. */
  readonly fullestMinute: number;
  /** null = too few starts. A herd that is over within a minute has 1, as its mean is as high. */
  readonly peakPerMean: number | null;
  /** Kolmogorov-Smirnov distance of the start times to uniform between first and last, 0 to 1. */
  readonly uniformDistance: number | null;
  /** Fleet microseconds after the job's creation until that share of the targets was done; null = never. */
  readonly doneUs: Readonly<Record<"p50" | "p90" | "p95" | "p99" | "p100", number | null>>;
}

/** The fullest step of fleet time: a second, twice as long as often as a run that lasted longer than twelve days needs. */
export interface Peaks {
  readonly stepUs: number;
  readonly connects: Peak;
  readonly fetches: Peak;
  readonly offers: Peak;
  readonly downloadsStarted: Peak;
  readonly statuses: Peak;
  /** Downloads that went on in the same step. */
  readonly downloadsInFlight: Peak;
}

/** Columns over fleet time; every column has one entry a bucket. */
export interface Timelines {
  readonly bucketUs: number;
  readonly startUs: number;
  readonly buckets: number;
  /** State at the end of each bucket. */
  readonly nodesOnline: readonly number[];
  readonly downloadsInFlight: readonly number[];
  /** The most that went on in the same step of the peaks in each bucket. */
  readonly downloadsAtOnce: readonly number[];
  /** Events in each bucket. */
  readonly connects: readonly number[];
  readonly fetches: readonly number[];
  readonly offers: readonly number[];
  readonly downloadsStarted: readonly number[];
  readonly downloadsFinished: readonly number[];
  /** Image bytes of attempts that ended in the bucket. */
  readonly bytes: readonly number[];
  readonly statuses: readonly number[];
  /** Running totals of (node, job) pairs at the end of each bucket. */
  readonly confirmed: readonly number[];
  readonly rolledBack: readonly number[];
  readonly rejected: readonly number[];
  readonly failed: readonly number[];
  readonly bricked: readonly number[];
  readonly expired: readonly number[];
  /** From the cancel on; the pairs whose outcome it is at the end. */
  readonly cancelled: readonly number[];
}

/** One conservation law. `not checkable`: its far side was not shown, so nothing is claimed. */
export interface LawResult {
  readonly id: string;
  readonly sentence: string;
  readonly verdict: "held" | "broken" | "not checkable";
  readonly left: number | null;
  readonly right: number | null;
  readonly detail: string;
}

/** One promise of the scenario against what came out. */
export interface ThresholdResult {
  readonly metric: string;
  readonly expression: string;
  readonly verdict: "passed" | "failed" | "cannot pass";
  /** In the threshold's own unit; null = not reached, or nothing to judge. */
  readonly actual: number | null;
  readonly limit: number;
  readonly unit: "us" | "share" | "count";
  /** Actual minus limit, in the unit; null where actual is. */
  readonly difference: number | null;
  /** A sentence wherever it did not pass, "" else. */
  readonly because: string;
}

/** How the instrument itself fared. */
export interface GeneratorResult {
  readonly verdict: "held up" | "was the limit";
  readonly reasons: readonly string[];
  readonly lateness: Readonly<
    Record<
      string,
      {
        readonly count: number;
        readonly p99Us: Percentile;
        readonly maxUs: number | null;
        readonly limitUs: number | null;
        readonly isValid: boolean;
      }
    >
  >;
  readonly droppedStarts: Readonly<Record<(typeof DROP_CAUSES)[number], number>>;
  readonly badSamples: number;
  readonly tornRecords: number;
  readonly unknownRecords: number;
  readonly workers: readonly WorkerHealthResult[];
}

/** A worker's health over the run; wall milliseconds. */
export interface WorkerHealthResult {
  readonly worker: number;
  readonly loopDelayMaxMs: number;
  readonly loopLatenessMs: number;
  readonly cpuMs: number;
  readonly runQueueWaitMs: number;
  readonly socketsMax: number;
}

/** What a lost worker took with it. */
export interface LostResult {
  readonly workers: readonly number[];
  /** Pairs of first and last index, both included, of the nodes whose shard ended without an end mark. */
  readonly nodeRanges: readonly (readonly [number, number])[];
  readonly nodes: number;
  /** Wall milliseconds of records that may be missing at most. */
  readonly lostMs: number;
}

/** One thing that was done by an entry of the timeline. */
export interface OperatorActResult {
  /** Fleet microseconds. */
  readonly atUs: number;
  readonly act: (typeof OPERATOR_ACTS)[number];
  /** null = it is of no job. */
  readonly job: string | null;
  /** Place of the entry in the timeline, from 0. */
  readonly entry: number;
  /** Whether it was done, and why not. */
  readonly effect: OperatorEffect;
}

/** One row of the tables by cohort and by zone. */
export interface GroupResult {
  readonly name: string;
  readonly nodes: number;
  readonly outcomes: OutcomeCounts;
  /** Job created -> confirmed, over the group's targets. */
  readonly completion: Series;
}

/** One job of the run. */
export interface JobResult {
  readonly name: string;
  /** Fleet microseconds; null = it was never created, or never cancelled. */
  readonly createdAtUs: number | null;
  readonly cancelledAtUs: number | null;
  readonly outcomes: OutcomeCounts;
  /** Job created -> confirmed, over the job's targets. */
  readonly completion: Series;
  /** Of its targets those that had confirmed by the end of each bucket of `timelines`; left out where there is one job. */
  readonly confirmed?: readonly number[];
  /** Left out where all targets were released at the job's start. */
  readonly rollout?: RolloutResult;
}

/** A rollout in stages: what the operator did, and what it meant for the nodes. */
export interface RolloutResult {
  readonly stages: readonly StageResult[];
  /** null = the stop rule never fired, or there is none. */
  readonly stop: {
    /** Fleet microseconds. */
    readonly atUs: number;
    /** Place of the stage that was being released or baked. */
    readonly stage: number;
    readonly reason: (typeof STOP_REASONS)[number];
    /** What the rule went by: so many of so many on record. */
    readonly hitsOnRecord: number;
    readonly ofOnRecord: number;
  } | null;
  /** When the rule stopped it, or at the end of the run. */
  readonly byThen: RolloutStand;
  readonly atEnd: RolloutStand;
  /**
   * Targets that the image's defects or faults of their own end badly if every stage is released and all take the image:
   * whom it would have hit without a stop. Exact but for `wouldHitLater`. Roll-backs for want of network or power in the
   * minute before a node confirms the image are of nobody's making, and come on top. null = nobody says.
   */
  readonly wouldHit: number | null;
  /** Those among them whom a defect strikes only where the image runs for long enough without a restart: at most so many. */
  readonly wouldHitLater: number | null;
}

/** How far a rollout had come at a moment, by truth; in targets of the job. */
export interface RolloutStand {
  readonly released: number;
  /** Had written the image whole. */
  readonly downloaded: number;
  readonly confirmed: number;
  /** Harmed by the image: rolled back, failed or bricked, but for those overtaken. */
  readonly hit: number;
  /** Rolled back as a second offer came before the reboot: the firmware's fault, whatever the image is like. */
  readonly overtaken: number;
  /** Failed or rejected by what the backend has on record; null = not known. */
  readonly hitOnRecord: number | null;
}

/** A stage; instants are fleet microseconds. */
export interface StageResult {
  readonly name: string;
  readonly targets: number;
  readonly released: number;
  /** Of its first and its last target so far; null = none. */
  readonly firstReleasedAtUs: number | null;
  readonly lastReleasedAtUs: number | null;
  /** When the last of its targets came to an end, by truth; null = not all did. */
  readonly doneAtUs: number | null;
  readonly confirmed: number;
  readonly hit: number;
}

/** A defect of a job's image. Nodes are targets of the job. */
export interface DefectResult {
  readonly job: string;
  /** The image's; "" = nobody says. */
  readonly version: string;
  readonly fault: string;
  /** The hardware revision that it strikes; null = any. */
  readonly hardware: string | null;
  /** Of the nodes of that hardware, 0 to 1. */
  readonly share: number;
  /** How long the image runs before it strikes, fleet microseconds; 0 = at its first boot. */
  readonly afterUs: number;
  /** Targets that it strikes if they boot the image. */
  readonly targets: number;
  /** Of them, who wrote the image whole and booted it, or was about to. */
  readonly installed: number;
  readonly struck: number;
  /** Why it could strike nobody, as a part of a sentence; "" = it could. */
  readonly inVain: string;
}

/** A run, whole. Keys stand in this order in `result.json`. */
export interface FaultResult {
  /** Whose it is: of nodes from their birth, of an image that they run, or of the backend. */
  readonly of: "node" | "image" | "backend";
  readonly drawn: number;
  readonly fired: number;
  /** It had no chance: a stop or a cancel came before any node with it began a download. Left out where that is not so. */
  readonly isSpared?: true;
}

export interface RunResult {
  readonly schema: typeof RESULT_SCHEMA;
  readonly version: typeof RESULT_VERSION;
  readonly verdict: Verdict;
  /** Sentences, the weightiest first. Never empty unless the run passed. */
  readonly reasons: readonly string[];
  /** Sentences on what a reader should know; they change nothing of the verdict. */
  readonly remarks: readonly string[];
  readonly scenario: { readonly name: string; readonly about: string };
  /** Names and values that the user gave the run to find it by, in their order. */
  readonly tags: Readonly<Record<string, string>>;
  readonly seed: number;
  /** Programs and tables that the result depends on: otafleet, node, tzdata, driver, adapter. */
  readonly versions: Readonly<Record<string, string>>;
  /** Of a plan, over all its records in their order: the same for equal scenario, seed and versions. null = a live run. */
  readonly eventHash: string | null;
  readonly clock: {
    /** ISO 8601 of UTC: fleet time 0. */
    readonly start: string;
    readonly speed: number;
    readonly driver: "live" | "virtual";
    readonly endedAtUs: number;
    /** Coordinator's monotonic clock from the run's origin to its end; null under the virtual driver. */
    readonly wallMs: number | null;
    readonly endedBecause: string;
  };
  /** How it came to its end, and who was missing then. */
  readonly end: EndResult;
  readonly populations: {
    readonly nodes: number;
    readonly targeted: number;
    readonly reachable: number;
    readonly settled: number;
  };
  readonly outcomes: OutcomeCounts;
  /** What the nodes run at the end, each counted once whatever jobs it was a target of. */
  readonly firmware: FirmwareResult;
  readonly retries: RetryResult;
  /** Of those that were bricked, rolled back, rejected or failed: why; of the unfinished, why they last failed. */
  readonly endReasons: readonly EndReasonCount[];
  readonly truth: TruthResult;
  readonly thresholds: readonly ThresholdResult[];
  readonly metrics: Readonly<Record<string, MetricResult>>;
  readonly staggering: readonly Staggering[];
  readonly peaks: Peaks;
  readonly timelines: Timelines;
  readonly jobs: readonly JobResult[];
  /** What the timeline let the operator do and befall the run, in the order of time; left out where it did nothing. */
  readonly operator?: readonly OperatorActResult[];
  readonly cohorts: readonly GroupResult[];
  readonly zones: readonly GroupResult[];
  readonly laws: readonly LawResult[];
  readonly generator: GeneratorResult;
  /** Of nodes: how many were given it, and how often it took place. Of the backend: how often it was drawn, and took place. */
  readonly faults: Readonly<Record<string, FaultResult>>;
  /** What the images of the jobs carry, and whom it struck; left out where they carry nothing. */
  readonly defects?: readonly DefectResult[];
  readonly lost: LostResult;
  /** What was counted of record kinds, offers dropped, failures by cause: name -> count. */
  readonly counters: Readonly<Record<string, number>>;
  /** The backend's own counters, as far as it shows them. */
  readonly backend: Readonly<Record<string, number>>;
  /** What it costs at the scenario's prices, of a plan also at list prices; null = nothing is priced. */
  readonly cost: CostResult | null;
  /** The modelled servers of a plan whose scenario states a model; left out else. */
  readonly model?: ModelResult | undefined;
}
