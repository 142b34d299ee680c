import type { Checker } from "./checker.ts";

export const ownJobsOnly: Checker = {
  id: "N9",
  sentence: "a node hears, works on and reports only jobs that are its own, and only ones that it was offered",
  check: ({ inputs, notes, isTarget, jobOf, finalImage }) => {
    const offered = finalImage.map(() => new Set<string>());
    const breaches: string[] = [];
    for (const { node, input, offer } of inputs) {
      if (input.kind !== "offered") continue;
      offered[node]?.add(offer?.jobId ?? "");
      if (!isTarget(node)) breaches.push(`node ${node} is offered a job that is not its own`);
    }
    for (const { node, note, entry, offer } of notes) {
      if (note.kind === "attempt begun" && !offered[node]?.has(offer?.jobId ?? "none")) {
        breaches.push(`node ${node} downloads for a job that it was never offered`);
      }
      if (note.kind !== "handed over" || entry?.kind !== "report") continue;
      if (entry.slot !== node) breaches.push(`node ${node} hands over a message of node ${entry.slot}`);
      if (!offered[node]?.has(jobOf(entry.job))) {
        breaches.push(`node ${node} reports a job that it was never offered`);
      }
    }
    return breaches;
  },
};
