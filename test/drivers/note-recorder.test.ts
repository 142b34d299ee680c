import { expect, test } from "vitest";
import { NO_JOB, type RecordSink } from "../../src/measure/event-record.ts";
import { NoteRecorder } from "../../src/drivers/note-recorder.ts";
import type { VirtualNode } from "../../src/node/virtual-node.ts";

test("a report under an id that was taken for a job's, and is another's, is none of the job's from then on", () => {
  const jobs = new Map([["strange", 0]]);
  const recorded: number[] = [];
  const sink: RecordSink = { record: (_kind, _node, _atUs, _detail, job) => void recorded.push(job) };
  const names = { jobOfId: (id: string) => jobs.get(id) ?? NO_JOB, jobsOfImage: () => [] };
  const recorder = new NoteRecorder(sink, names, 0);
  const entry = { kind: "report", status: "success", reason: "finished", job: 1 };
  const books = { outbox: { get: () => entry }, texts: { get: () => "strange" } };
  const node = { slot: 0, settings: { books } } as unknown as VirtualNode;
  const report = (): void => recorder.note(node, { kind: "handed over", message: 1, isOffline: false }, 0, 0);

  report();
  jobs.set("strange", NO_JOB);
  report();

  expect(recorded).toEqual([0, NO_JOB]);
});
