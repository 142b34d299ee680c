/** One line a node, for `nodes.csv`: what it came to for each job, what the backend believes, and when. */
import type { Belief } from "../base/belief.ts";
import { NODE, PAIR } from "./columns.ts";
import { endReasonText } from "./end-reason.ts";
import { NO_JOB } from "./event-record.ts";
import { Outcomes, unfinishedState } from "./outcome.ts";
import { type Outcome, UNFINISHED, type Unfinished } from "./outcome-class.ts";
import type { RunFacts } from "./run-facts.ts";
import type { RunState } from "./run-state.ts";
import { isReachable } from "./standing.ts";
import { beliefOf } from "./truth-matrix.ts";

/** How one job went for a node. Instants are fleet microseconds; null = did not happen. */
export interface NodeJobRow {
  readonly job: string;
  readonly outcome: Outcome;
  /** What the node was at when the run ended; "" where its outcome is another than unfinished. */
  readonly unfinished: Unfinished | "";
  /** Why it last failed, refused or fell back, in words; "" = it did not. */
  readonly reason: string;
  readonly belief: Belief;
  readonly isReachable: boolean;
  readonly isSettled: boolean;
  readonly isRegressed: boolean;
  readonly saidSuccess: boolean;
  /** Stops counting at 255. */
  readonly attempts: number;
  /** In which the operator released it; "" = the job has no stages, or it was not released. */
  readonly stage: string;
  readonly releasedAtUs: number | null;
  readonly offeredAtUs: number | null;
  readonly startedAtUs: number | null;
  readonly confirmedAtUs: number | null;
  readonly reportedAtUs: number | null;
}

/** A node's line. Traits and name are the fleet's to add. */
export interface NodeRow {
  readonly node: number;
  readonly cohort: string;
  readonly zone: string;
  readonly isOnline: boolean;
  readonly isBricked: boolean;
  /** The job whose image the node runs; "" = none of the run's. */
  readonly runsJob: string;
  /** Jobs that target the node. */
  readonly jobs: readonly NodeJobRow[];
}

/** Every node's line, by index; after `computeResult`, which expires what is over by then. */
export function* nodeRows(state: RunState, facts: Pick<RunFacts, "beliefs" | "lostWorkers">): Generator<NodeRow> {
  const outcomes = new Outcomes(state, facts.lostWorkers);
  const { columns, plan } = state;
  for (let node = 0; node < columns.nodes; node++) {
    const runs = columns.runs.get(node);
    yield {
      node,
      cohort: plan.cohorts[columns.cohortOf.get(node)]!.name,
      zone: plan.zoneNames[plan.zoneOf[node]!] ?? "",
      isOnline: (columns.nodeBits.get(node) & NODE.online) !== 0,
      isBricked: (columns.nodeBits.get(node) & NODE.bricked) !== 0,
      runsJob: runs === NO_JOB ? "" : (plan.jobs[runs]?.name ?? ""),
      jobs: jobRows(state, facts, outcomes, node),
    };
  }
}

function jobRows(
  state: RunState,
  facts: Pick<RunFacts, "beliefs">,
  outcomes: Outcomes,
  node: number,
): readonly NodeJobRow[] {
  const rows: NodeJobRow[] = [];
  for (let job = 0; job < state.columns.jobs; job++) {
    const outcome = outcomes.of(job, node);
    if (outcome !== undefined) rows.push(jobRow(state, facts, outcome, job, node));
  }
  return rows;
}

function jobRow(
  state: RunState,
  facts: Pick<RunFacts, "beliefs">,
  outcome: Outcome,
  job: number,
  node: number,
): NodeJobRow {
  const { columns, plan } = state;
  const pair = job * columns.nodes + node;
  const bits = columns.pairBits.get(pair);
  const { name, stages } = plan.jobs[job]!;
  return {
    job: name,
    outcome,
    unfinished: outcome === "unfinished" ? UNFINISHED[unfinishedState(state, job, node)]! : "",
    reason: endReasonText(columns.reason.get(pair)),
    belief: beliefOf(facts, job, node),
    isReachable: isReachable(bits),
    isSettled: (bits & PAIR.settled) !== 0,
    isRegressed: (bits & PAIR.regressed) !== 0,
    saidSuccess: (bits & PAIR.saidSuccess) !== 0,
    attempts: columns.attempts.get(pair),
    stage: stages?.[columns.stageOf[pair]! - 1]?.name ?? "",
    releasedAtUs: columns.hasStages ? instant(columns.releasedAtUs[pair]!) : null,
    offeredAtUs: instant(columns.offerAtUs.get(pair)),
    startedAtUs: instant(columns.startAtUs.get(pair)),
    confirmedAtUs: instant(columns.confirmedAtUs.get(pair)),
    reportedAtUs: instant(columns.reportedAtUs.get(pair)),
  };
}

function instant(atUs: number): number | null {
  return Number.isNaN(atUs) ? null : Math.round(atUs);
}
