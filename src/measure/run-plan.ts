/** What the reducer has to know of a run before the first record: who the nodes are, and which jobs there will be. */
import { assert } from "../base/assert.ts";
import { HOUR_US, MINUTE_US, SECOND_US } from "../base/instant.ts";

/** What a node runs, as its app description names it. */
export interface Firmware {
  readonly project: string;
  readonly version: string;
}

/** A named range of nodes. */
interface CohortRange {
  readonly name: string;
  /** What its nodes run when the run begins; left out = nobody says. */
  readonly runs?: readonly Firmware[];
  /** The place in `runs` of each node, from the cohort's first on; left out = all run the first. */
  readonly runsOf?: Uint16Array;
  /** First node, and the one behind the last. */
  readonly from: number;
  readonly until: number;
}

/** A job of the run, known by its place in the list: that number stands in the records. */
export interface PlannedJob {
  readonly name: string;
  /** What it installs, for people; left out = nobody says. */
  readonly image?: Firmware;
  /** "all", or one byte a node: 1 = targeted. */
  readonly targets: "all" | Uint8Array;
  /** Fleet microseconds after which no node may start it any more. */
  readonly validUntilUs?: number;
  /** Users of the nodes are asked when it is created, and nobody is offered it before its user approved. */
  readonly needsApproval?: boolean;
  /** Its targets are released in these stages; left out = all of them at its start. */
  readonly stages?: readonly PlannedStage[];
  /** What its image carries, for rehearsals of a bad release; left out = nothing. */
  readonly defects?: readonly PlannedDefect[];
  /** By node, what the scenario foretells of it: see `FORETOLD`. Left out where there are neither defects nor stages. */
  readonly foretold?: Uint8Array;
}

/** A defect of a job's image. */
export interface PlannedDefect {
  /** Number and name of the fault. */
  readonly fault: number;
  readonly name: string;
  /** The hardware revision that it strikes; null = any. */
  readonly hardware: string | null;
  /** Of the nodes of that hardware, 0 to 1. */
  readonly share: number;
  /** How long the image runs before it strikes, fleet time; 0 = at its first boot. */
  readonly afterUs: number;
}

/** What a byte of `foretold` says: the place of the defect that strikes the node + 1 (0 = none does), and one bit of these. */
export const FORETOLD = {
  defect: 0x0f,
  /** By what it is and runs when the run begins, it never boots the image, and takes no harm. */
  refuses: 0x80,
  /** The image or a fault of its own ends it badly: rolled back, failed or bricked. */
  hit: 0x40,
  /** The image ends it once it has run for long enough without a restart. */
  hitLater: 0x20,
} as const;

/** A stage of a rollout. */
export interface PlannedStage {
  /** For a person: `to 25 %`, `workshops`. */
  readonly name: string;
  readonly targets: number;
}

/** The frame of a run. Plain values and typed arrays: it can be sent to a worker as it is. */
export interface RunPlan {
  readonly nodes: number;
  /** Ascending, without a gap, all nodes. */
  readonly cohorts: readonly CohortRange[];
  readonly zoneNames: readonly string[];
  /** The number of each node's zone in `zoneNames`. */
  readonly zoneOf: Uint16Array;
  readonly jobs: readonly PlannedJob[];
  /**
   * By number of a fault: how whoever it strikes at the first boot of an image ends, see `end-reason.ts`; 0 = it ends
   * nobody there. Left out = nobody says.
   */
  readonly endsOfFaults?: readonly number[];
  /** Fleet time per wall time; 1 under the virtual driver, where waits on the backend are fleet time too. */
  readonly speed: number;
  /** Fleet time at which the run ends at the latest (`end.after`). */
  readonly endUs: number;
}

/** More buckets would neither be seen in a plot nor be worth their bytes. */
const BUCKETS_MAX = 2_000;

const WIDTHS_US = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND_US),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_US),
  ...[1, 2, 3, 6, 12, 24].map((hours) => hours * HOUR_US),
];

/** Width of a timeline's bucket: one second of fleet time, or the least round width with at most 2,000 buckets. */
export function bucketWidthUs(endUs: number): number {
  const width = WIDTHS_US.find((candidate) => endUs / candidate < BUCKETS_MAX);
  return width ?? Math.ceil(endUs / BUCKETS_MAX / HOUR_US) * HOUR_US;
}

/** Checks a plan's invariants; they are the engine's to keep. */
export function checkPlan(plan: RunPlan): void {
  assert(plan.zoneOf.length === plan.nodes, "the plan names a zone for each node");
  assert(plan.jobs.length < 0xffff, "a job's number fits into a record");
  let next = 0;
  for (const cohort of plan.cohorts) {
    assert(cohort.from === next && cohort.until >= cohort.from, `cohort ${cohort.name} begins where the last ended`);
    next = cohort.until;
  }
  assert(next === plan.nodes, "every node is in a cohort");
  for (const { name, targets } of plan.jobs) {
    assert(targets === "all" || targets.length === plan.nodes, `job ${name} says of each node whether it is targeted`);
  }
}

/** Whether a job is meant for a node. */
export function isTargeted(job: PlannedJob, node: number): boolean {
  return job.targets === "all" || job.targets[node] === 1;
}
