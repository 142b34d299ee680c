import type { OutboxEntry } from "../../src/node/report.ts";

/** A message of a node, as its outbox would have it. */
export function entryOf(changes: Partial<OutboxEntry> = {}): OutboxEntry {
  return {
    kind: "report",
    slot: 0,
    job: 1,
    status: "in-progress",
    reason: "downloading",
    attempt: 1,
    attemptsMax: 3,
    err: "",
    errno: 0,
    percent: 0,
    waitSeconds: 0,
    clockSeconds: 1_777_600_000,
    dueUs: 0,
    madeAtUs: 0,
    agesFromUs: 0,
    sentAtUs: -1,
    next: 0,
    ...changes,
  };
}
