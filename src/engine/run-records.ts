/**
 * Where the records of a live run come together: each batch goes into the log and into the state, in one order, so
 * that a later report meets them as the run did. The coordinator is the last shard and has records of its own.
 */
import { type EndMark, type RecordBatch, BatchWriter } from "../measure/record-batch.ts";
import type { RecordSink } from "../measure/event-record.ts";
import type { HealthSample } from "../measure/run-facts.ts";
import { addBatch, emptyState } from "../measure/reducer.ts";
import type { RunPlan } from "../measure/run-plan.ts";
import type { RunState } from "../measure/run-state.ts";
import type { RunDocument } from "./run-document.ts";
import type { RunFolder } from "./run-folder.ts";

export class RunRecords {
  readonly state: RunState;
  readonly endMarks: EndMark[] = [];
  readonly health: HealthSample[] = [];
  readonly #own: BatchWriter;
  readonly #folder: RunFolder;

  constructor({ run, shards }: RunDocument, plan: RunPlan, folder: RunFolder) {
    this.state = emptyState(plan);
    this.#own = new BatchWriter(run, shards - 1);
    this.#folder = folder;
  }

  take(batch: RecordBatch): void {
    this.#folder.events.addBatch(batch);
    addBatch(this.state, batch);
  }

  takeEndMark(mark: EndMark): void {
    this.#folder.events.addEndMark(mark);
    this.endMarks.push(mark);
  }

  takeHealth(sample: HealthSample): void {
    this.#folder.addHealth({ of: "worker", ...sample });
    this.health.push(sample);
  }

  /** Writes records of the coordinator's own. */
  write(tell: (sink: RecordSink) => void): void {
    tell(this.#own);
    this.take(this.#own.flush());
  }

  /** The coordinator's end mark; nothing is written behind it. */
  end(): void {
    this.takeEndMark(this.#own.end());
    this.#folder.events.close();
  }
}
