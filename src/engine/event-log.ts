/**
 * The event log's file while a run goes on. Each batch is written as it comes, so a run that is killed loses no more
 * than what its workers had not sent yet. A disk that is full stops the log, never the program: the run is told once.
 */
import { closeSync, openSync, writeSync } from "node:fs";
import { fileFailureText } from "../base/file-failure.ts";
import { batchFrame, endMarkFrame } from "../measure/batch-frame.ts";
import type { EndMark, RecordBatch } from "../measure/record-batch.ts";

export class EventLog {
  #file: number | undefined;
  #failure: string | undefined;

  /** @param path undefined = nothing is kept */
  constructor(path: string | undefined) {
    this.#file = path === undefined ? undefined : openSync(path, "a");
  }

  /** Why nothing is written any more, as a sentence; undefined = all is well. */
  get failure(): string | undefined {
    return this.#failure;
  }

  addBatch(batch: RecordBatch): void {
    this.#write(batchFrame(batch));
  }

  addEndMark(mark: EndMark): void {
    this.#write(endMarkFrame(mark));
  }

  close(): void {
    if (this.#file === undefined) return;
    closeSync(this.#file);
    this.#file = undefined;
  }

  #write(frame: Uint8Array): void {
    if (this.#file === undefined || this.#failure !== undefined) return;
    try {
      for (let at = 0; at < frame.byteLength;) at += writeSync(this.#file, frame, at);
    } catch (error) {
      this.#failure = `the event log cannot be written: ${fileFailureText(error)}`;
    }
  }
}
