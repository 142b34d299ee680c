/**
 * One line of `nodes.csv`: a node and a job of the run. A run with one job has a line a node. Durations and instants
 * are whole microseconds of fleet time; null = it never came to that.
 */
import type { FaultName } from "../faults/fault-names.ts";
import type { BeliefWord, Outcome, Unfinished } from "../measure/outcome-class.ts";

export interface NodeReportRow {
  readonly index: number;
  /** As the backend knows it. */
  readonly id: string;
  /** For people; "" = it has none. */
  readonly name: string;
  readonly cohort: string;
  /** IANA name. */
  readonly zone: string;
  readonly generation: string;
  readonly chip: string;
  readonly project: string;
  readonly firstVersion: string;
  readonly throughputBytesPerSecond: number;
  readonly latencyUs: number;
  readonly flashBytesPerSecond: number;
  readonly bootUs: number;
  /** In (0, 1): how much of its autofetch period had passed at fleet time 0. */
  readonly autofetchPhase: number;
  /** What was left of the offline spell that the run found it in; 0 = it began online. */
  readonly startsOfflineForUs: number;
  readonly faultsDrawn: readonly FaultName[];
  readonly job: string;
  /** null = the job is not meant for this node. */
  readonly outcome: Outcome | null;
  /** What it runs at the end. */
  readonly finalVersion: string;
  readonly isRegressed: boolean;
  /** Where the outcome is `unfinished`. */
  readonly unfinishedAs: Unfinished | null;
  /** Connected at least once between job start and end. */
  readonly isReachable: boolean;
  readonly isOnlineAtEnd: boolean;
  readonly belief: BeliefWord;
  readonly faultsFired: readonly FaultName[];
  /** Downloads that were started. */
  readonly attempts: number;
  readonly offeredAtUs: number | null;
  readonly downloadStartedAtUs: number | null;
  readonly downloadEndedAtUs: number | null;
  readonly confirmedAtUs: number | null;
  readonly rolledBackAtUs: number | null;
  /** Its final status was acknowledged. */
  readonly reportedAtUs: number | null;
}
