/**
 * From records to what a run says. A state grows by records or by batches of them, and states of different shards
 * merge in any order into the same numbers.
 *
 * Records of jobs (`job created`, `job cancelled`, `target released`, `rollout stopped`) and of users (`approval`)
 * belong to no shard: each state has to be given them, before the first record that is later than they are. Records of one node come in their order, from one shard.
 */
import { NODE } from "./columns.ts";
import { NO_JOB, OF_OPERATOR, RECORD_KINDS, type RecordKind, type RecordSink } from "./event-record.ts";
import { type Fold, isSettledByAnswers, LINK_FOLDS } from "./link-folds.ts";
import type { RecordBatch } from "./record-batch.ts";
import { kindNumber, readRecords } from "./record-codec.ts";
import { REPORT_FOLDS } from "./report-folds.ts";
import type { RunPlan } from "./run-plan.ts";
import { RunState } from "./run-state.ts";
import { UPDATE_FOLDS } from "./update-folds.ts";

const FOLD_OF_KIND: Readonly<Record<RecordKind, Fold>> = { ...LINK_FOLDS, ...UPDATE_FOLDS, ...REPORT_FOLDS };
const FOLDS: readonly Fold[] = RECORD_KINDS.map((kind) => FOLD_OF_KIND[kind]);
/** By kind: 1 = of the operator or a user. */
const IS_OF_OPERATOR = Uint8Array.from(RECORD_KINDS, (kind) => (OF_OPERATOR.includes(kind) ? 1 : 0));
const DIALLED = kindNumber("dialled");
const CONNECT_FAILED = kindNumber("connect failed");

/** A state before the first record. Needs `readyHistograms` in this thread. */
export function emptyState(plan: RunPlan): RunState {
  return new RunState(plan);
}

/** Takes one record. Allocates nothing; a record that the plan does not know is counted and dropped. */
export function addRecord(
  state: RunState,
  kind: number,
  node: number,
  atUs: number,
  detail: number,
  count: number,
  a: number,
  b: number,
): void {
  const fold = FOLDS[kind];
  const { nodes, jobs, nodeBits } = state.columns;
  if (fold === undefined || node >= nodes || (count >= jobs && count !== 0 && count !== NO_JOB)) {
    state.unknownRecords += 1;
    return;
  }
  if (IS_OF_OPERATOR[kind] === 1) {
    fold(state, node, atUs, detail, count, a, b);
    return;
  }
  state.count(kind, detail);
  nodeBits.setBits(node, NODE.seen);
  if (atUs > state.lastAtUs) state.lastAtUs = atUs;
  fold(state, node, atUs, detail, count, a, b);
}

/** Takes a shard's next batch. A batch that came before is not taken twice; a missing one is counted. */
export function addBatch(state: RunState, batch: RecordBatch): void {
  const records = Math.floor(batch.bytes.byteLength / 32);
  if (!state.shards.accept(batch, records)) return;
  const read = readRecords(batch.bytes, sinkOf(state));
  state.tornBytes += read.tornBytes;
  state.unknownRecords += read.unknown;
}

/** A sink that reduces what it is given, for drivers that need no file in between. */
export function sinkOf(state: RunState): RecordSink {
  return {
    touch: (node) => state.columns.touch(node),
    takesAnswersAhead: (node) => isSettledByAnswers(state, node),
    record: (kind, node, atUs, detail, count, a, b) => addRecord(state, kind, node, atUs, detail, count, a, b),
    recordRefusedDials: (node, detail, lastAtUs, times) => {
      // A dial that was refused leaves nothing of a node changed, so that only counts are left of many.
      state.count(DIALLED, 0, times);
      state.count(CONNECT_FAILED, detail, times);
      state.columns.nodeBits.setBits(node, NODE.seen);
      if (lastAtUs > state.lastAtUs) state.lastAtUs = lastAtUs;
    },
  };
}

/** The state over the records of both, which belong to different shards of one plan. Neither is changed. */
export function merge(a: RunState, b: RunState): RunState {
  const merged = new RunState(a.plan);
  merged.take(a);
  merged.take(b);
  return merged;
}
