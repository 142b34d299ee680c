/** All that a run has on record while it goes on: the reduced state, and what `nodes.csv` tells beside it. */
import type { RecordSink } from "../measure/event-record.ts";
import type { RecordBatch } from "../measure/record-batch.ts";
import { readRecords } from "../measure/record-codec.ts";
import { addBatch, addRecord, emptyState } from "../measure/reducer.ts";
import type { RunPlan } from "../measure/run-plan.ts";
import type { RunState } from "../measure/run-state.ts";
import { NodeStories } from "./node-stories.ts";

/** Takes batches (a run, a log) or records one by one (a plan). Needs `readyHistograms` in this thread. */
export class RunBooks implements RecordSink {
  readonly plan: RunPlan;
  readonly state: RunState;
  readonly stories: NodeStories;

  constructor(plan: RunPlan) {
    this.plan = plan;
    this.state = emptyState(plan);
    this.stories = new NodeStories(plan.nodes, plan.jobs.length);
  }

  add(batch: RecordBatch): void {
    addBatch(this.state, batch);
    readRecords(batch.bytes, this.stories);
  }

  record(kind: number, node: number, atUs: number, detail: number, count: number, a: number, b: number): void {
    addRecord(this.state, kind, node, atUs, detail, count, a, b);
    this.stories.record(kind, node, atUs, detail, count);
  }
}
