/**
 * One line of `nodes.csv`: a node and a job of the run. A run with one job has a line a node. Durations and instants
 * are whole microseconds of fleet time; null = it never came to that.
 */
import type { Belief } from "../base/belief.ts";
import type { FaultName } from "../faults/fault-names.ts";
import type { NodeJobRow, NodeRow } from "../measure/node-row.ts";
import type { Outcome, Unfinished } from "../measure/outcome-class.ts";

/** What a node was born with: the fleet's part of a line, a function of scenario and seed alone. */
export interface NodeBirth {
  readonly index: number;
  /** As the backend knows it. */
  readonly id: string;
  /** As its fleet file knows it; "" = it is from none. */
  readonly fileId: string;
  /** For people; "" = it has none. */
  readonly name: string;
  readonly cohort: string;
  /** IANA name. */
  readonly zone: string;
  readonly generation: string;
  readonly chip: string;
  /** Revision of the board; "" = the scenario does not say. */
  readonly hardware: string;
  readonly project: string;
  readonly firstVersion: string;
  readonly throughputBytesPerSecond: number;
  readonly latencyUs: number;
  readonly flashBytesPerSecond: number;
  readonly bootUs: number;
  /** In (0, 1): how much of its autofetch period had passed at fleet time 0. */
  readonly autofetchPhase: number;
  /** What was left of the offline spell that the run found it in; 0 = it began online, Infinity = it is gone. */
  readonly startsOfflineForUs: number;
  /** Faults that strike it once it boots an image of the run: `boot-loop@2.0.0`. */
  readonly defects: readonly string[];
  readonly faultsDrawn: readonly FaultName[];
}

export interface NodeReportRow extends NodeBirth {
  /** "" = no job is meant for this node. */
  readonly job: string;
  readonly outcome: Outcome | null;
  /** What it runs at the end. */
  readonly finalVersion: string;
  readonly isRegressed: boolean;
  /** Where the outcome is `unfinished`. */
  readonly unfinishedAs: Unfinished | null;
  /** Why it last failed, refused or fell back; "" = it did not. */
  readonly reason: string;
  /** Connected at least once between job start and end. */
  readonly isReachable: boolean;
  readonly isSettled: boolean;
  readonly isOnlineAtEnd: boolean;
  readonly belief: Belief | null;
  /** The node itself reported success, true or not. */
  readonly saidSuccess: boolean;
  /** Downloads that were started; stops counting at 255. */
  readonly attempts: number;
  /** Of a job that is released in stages; left out or "" = it is not, or the node was not released. */
  readonly stage?: string;
  readonly releasedAtUs?: number | null;
  readonly offeredAtUs: number | null;
  readonly downloadStartedAtUs: number | null;
  readonly confirmedAtUs: number | null;
  /** Its final status was acknowledged. */
  readonly reportedAtUs: number | null;
}

/** A node's lines: what it was born with, and what was measured of it for each job. */
export function nodeReportRows(birth: NodeBirth, node: NodeRow, finalVersion: string): readonly NodeReportRow[] {
  const { jobs } = node;
  return jobs.length === 0
    ? [reportRow(birth, node, undefined, finalVersion)]
    : jobs.map((job) => reportRow(birth, node, job, finalVersion));
}

/** Field by field: of objects that are put together by spreading, a million would take ten times as long. */
function reportRow(birth: NodeBirth, node: NodeRow, job: NodeJobRow | undefined, finalVersion: string): NodeReportRow {
  return {
    index: birth.index,
    id: birth.id,
    fileId: birth.fileId,
    name: birth.name,
    cohort: birth.cohort,
    zone: birth.zone,
    generation: birth.generation,
    chip: birth.chip,
    hardware: birth.hardware,
    project: birth.project,
    firstVersion: birth.firstVersion,
    throughputBytesPerSecond: birth.throughputBytesPerSecond,
    latencyUs: birth.latencyUs,
    flashBytesPerSecond: birth.flashBytesPerSecond,
    bootUs: birth.bootUs,
    autofetchPhase: birth.autofetchPhase,
    startsOfflineForUs: birth.startsOfflineForUs,
    defects: birth.defects,
    faultsDrawn: birth.faultsDrawn,
    job: job?.job ?? "",
    outcome: job?.outcome ?? null,
    finalVersion,
    isRegressed: job?.isRegressed ?? false,
    unfinishedAs: job === undefined || job.unfinished === "" ? null : job.unfinished,
    reason: job?.reason ?? "",
    isReachable: job?.isReachable ?? false,
    isSettled: job?.isSettled ?? false,
    isOnlineAtEnd: node.isOnline,
    belief: job?.belief ?? null,
    saidSuccess: job?.saidSuccess ?? false,
    attempts: job?.attempts ?? 0,
    stage: job?.stage ?? "",
    releasedAtUs: job?.releasedAtUs ?? null,
    offeredAtUs: job?.offeredAtUs ?? null,
    downloadStartedAtUs: job?.startedAtUs ?? null,
    confirmedAtUs: job?.confirmedAtUs ?? null,
    reportedAtUs: job?.reportedAtUs ?? null,
  };
}
