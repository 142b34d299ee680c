/** What records of statuses, faults, jobs and of the instrument itself change. */
import { APPROVALS, BOOT_STATES, OPERATOR_ACTS, OPERATOR_EFFECTS, type RecordKind } from "./event-record.ts";
import { NODE, PAIR, STAGE } from "./columns.ts";
import { END_REASON, endReason, endReasonOfCode } from "./end-reason.ts";
import { type Fold, noteAnswer } from "./link-folds.ts";
import { METRIC_NUMBER } from "./metrics.ts";
import type { RunState } from "./run-state.ts";
import { reasonOfCode, statusOfCode } from "./status-code.ts";
import { TALLY } from "./timeline-tally.ts";
import { confirm, keepReason } from "./update-folds.ts";

const VALID = BOOT_STATES.indexOf("valid");
const NEVER_APPROVED = APPROVALS.indexOf("never");
const UNDEFINED = BOOT_STATES.indexOf("undefined");

/** Reasons under which `failed` is said of an attempt, which may be followed by another. */
const ATTEMPT_REASONS = new Set([
  "begin failed",
  "head failed",
  "transfer failed",
  "incomplete",
  "validation failed",
  "finish failed",
]);

/** A timeline has at most so many things to do (100 entries of 20); each is done once. */
const OPERATOR_ACTS_MAX = 2_000;

/** Faults that the mask of a node has bits for, as in its own row. */
const OWN_FAULTS = 16;

/** One fold a kind. */
export const REPORT_FOLDS = {
  "report made": (run, node, atUs, detail, count, _a, b) => {
    run.noteWaited(node, atUs, b);
    const { reportsOpen, reportedAtUs, reportedWaited, hasWaits, jobs, nodes } = run.columns;
    reportsOpen.raise(node);
    const said = count < jobs ? endReasonOfCode(detail) : undefined;
    // Why it fell back is known from the events themselves.
    if (said !== undefined && said !== endReason("rolled back")) keepReason(run, count * nodes + node, said);
    // A final status waits for its acknowledgement from here on; the acknowledgement adds that wait.
    if (hasWaits && count < jobs && Number.isNaN(reportedAtUs.get(count * nodes + node)) && isFinal(detail, true)) {
      reportedWaited[count * nodes + node] = b;
    }
  },
  "report sent": (run, node, atUs, detail, count) => {
    run.tally.add(TALLY.statuses, atUs, 1);
    if (count < run.columns.jobs && statusOfCode(detail) === "success") {
      run.columns.pairBits.setBits(count * run.columns.nodes + node, PAIR.saidSuccess);
    }
  },
  "report acked": (run, node, atUs, detail, count, a, b) => {
    const { reportsOpen, cohortOf, jobs } = run.columns;
    reportsOpen.lower(node);
    noteAnswer(run, node);
    run.latencies.recordWall(METRIC_NUMBER.report_ack, cohortOf.get(node), a, b);
    if (count < jobs) acknowledged(run, count, node, atUs, detail, a);
  },
  "report lost": (run, node) => {
    const { reportsOpen } = run.columns;
    reportsOpen.lower(node);
  },
  "fault drawn": (run, node, _atUs, detail, count) => {
    if (isOfImage(run, count, detail)) run.faultsOfImages.drawn(count, detail);
    else if (detail < OWN_FAULTS) run.columns.ownFaults.setBits(node, 1 << detail);
  },
  "fault fired": (run, node, _atUs, detail, count) => {
    const { nodeBits, pairBits, blow, nodes } = run.columns;
    const end = endOfFault(run, detail);
    if (end !== 0) blow.set(node, (nodeBits.get(node) & NODE.testing) === 0 ? END_REASON.lateCrash : end);
    if (!isOfImage(run, count, detail)) return;
    run.faultsOfImages.fired(count, detail);
    pairBits.setBits(count * nodes + node, PAIR.struck);
  },
  "start dropped": (run, node) => {
    run.columns.nodeBits.setBits(node, NODE.dropped);
  },
  "found running": (run, node, atUs, detail, count) => {
    const { nodeBits, runs, jobs } = run.columns;
    nodeBits.setBits(node, NODE.found);
    runs.set(node, count);
    if (count < jobs && (detail === VALID || detail === UNDEFINED)) confirm(run, count, node, atUs);
  },
  "job created": (run, _node, atUs, _detail, count) => {
    const { nodeBits, nodes, jobs } = run.columns;
    if (count >= jobs) return;
    run.createdAtUs[count] = atUs;
    for (let node = 0; node < nodes; node++) {
      if ((nodeBits.get(node) & NODE.online) === 0) continue;
      run.standing.setReachability(count * nodes + node, PAIR.onlineAtStart, 0);
    }
  },
  "job refused": (run, _node, _atUs, _detail, count) => {
    const { nodes, jobs } = run.columns;
    if (count >= jobs) return;
    run.createdAtUs[count] = Infinity;
    for (let node = 0; node < nodes; node++) {
      run.standing.setReachability(count * nodes + node, 0, PAIR.onlineAtStart | PAIR.connectedSince);
    }
  },
  "job cancelled": (run, _node, atUs, _detail, count) => {
    const { nodes, jobs } = run.columns;
    if (count >= jobs) return;
    run.cancelledAtUs[count] = atUs;
    for (let node = 0; node < nodes; node++) run.standing.update(count, node, atUs);
  },
  "target released": (run, node, atUs, detail, count) => {
    const { hasStages, stageOf, releasedAtUs, nodes, jobs } = run.columns;
    if (count >= jobs || !hasStages) return;
    const pair = count * nodes + node;
    stageOf[pair] = Math.min(255, detail + 1);
    releasedAtUs[pair] = atUs;
  },
  "rollout stopped": (run, _node, atUs, detail, count, a, b) => {
    if (count >= run.columns.jobs) return;
    run.stoppedAtUs[count] = atUs;
    run.stopReason[count] = detail;
    run.stopHits[count] = a;
    run.stopOf[count] = b;
  },
  "operator acted": (run, _node, atUs, detail, count, a, b) => {
    const act = OPERATOR_ACTS[detail];
    if (act === undefined || run.operatorActs.length >= OPERATOR_ACTS_MAX) return;
    const effect = OPERATOR_EFFECTS[b] ?? "done";
    run.operatorActs.push({ atUs, act, job: run.plan.jobs[count]?.name ?? null, entry: a, effect });
  },
  approval: (run, node, atUs, detail, count) => {
    const { approvedAtUs, nodes, jobs } = run.columns;
    const pair = count * nodes + node;
    if (count >= jobs || run.plan.jobs[count]?.needsApproval !== true || !Number.isNaN(approvedAtUs.get(pair))) return;
    approvedAtUs.set(pair, detail === NEVER_APPROVED ? Infinity : atUs);
    run.standing.update(count, node, atUs);
  },
  released: (run, node) => {
    run.columns.nodeBits.setBits(node, NODE.released);
  },
} as const satisfies Partial<Record<RecordKind, Fold>>;

/** Whether a job's image carries this fault; else it is the node's own. */
function isOfImage({ plan }: RunState, job: number, fault: number): boolean {
  return plan.jobs[job]?.defects?.some((defect) => defect.fault === fault) === true;
}

/** How a fault ends whom it strikes at the first boot of an image; 0 = it ends nobody there. */
function endOfFault({ plan }: RunState, fault: number): number {
  return plan.endsOfFaults?.[fault] ?? END_REASON.none;
}

function acknowledged(run: RunState, job: number, node: number, atUs: number, code: number, wallUs: number): void {
  const columns = run.columns;
  const pair = job * columns.nodes + node;
  if (statusOfCode(code) === "success") columns.pairBits.setBits(pair, PAIR.saidSuccess | PAIR.successAcked);
  // Of an attempt `failed` is the last word only where the firmware will not ask again.
  if (!isFinal(code, columns.stage.get(pair) === STAGE.failed)) return;
  columns.pairBits.setBits(pair, PAIR.finalAcked | PAIR.finalAckedEver);
  if (Number.isNaN(columns.reportedAtUs.get(pair))) {
    columns.reportedAtUs.set(pair, atUs);
    if (columns.hasWaits) columns.reportedWaited[pair]! += wallUs;
  }
  run.standing.update(job, node, atUs);
}

/** Whether a status ends what a node has to say of the job. */
function isFinal(code: number, isLastAttempt: boolean): boolean {
  const status = statusOfCode(code);
  if (status === "success" || status === "rejected") return true;
  return status === "failed" && (isLastAttempt || !ATTEMPT_REASONS.has(reasonOfCode(code) ?? ""));
}
