import { statusOfCode } from "../../../src/measure/status-code.ts";
import type { Recorded } from "../history.ts";
import type { Checker } from "./checker.ts";

/**
 * What was sent after the last acknowledged status may have arrived without its acknowledgement, and a question that
 * was answered with the job sets it to "started" again.
 */
export const noLostStatus: Checker = {
  id: "N4",
  sentence: "no acknowledged status is lost: the belief is the last one's, or a later one's",
  check: (history) =>
    history.beliefs.flatMap((of, node) => {
      if (!history.isTarget(node)) return [];
      const records = history.recordsOf[node] ?? [];
      const ofJob = records.filter((record) => record.job === 0);
      const allowed = allowedBeliefs(ofJob, asked(records));
      const belief = of.at(-1) ?? "none";
      if (allowed === undefined || allowed.has(belief)) return [];
      return [`node ${node} is believed ${belief}, and not ${[...allowed].join(" or ")}`];
    }),
};

/** Undefined: nothing was ever acknowledged. */
function allowedBeliefs(records: readonly Recorded[], askedAtUs: readonly number[]): Set<string> | undefined {
  const acked = records.filter(({ kind }) => kind === "report acked");
  const final = acked
    .map(({ detail }) => statusOfCode(detail))
    .find((word) => word === "success" || word === "rejected");
  const last = acked.at(-1);
  if (last === undefined) return undefined;
  const lastSentUs = last.atUs - last.a;
  const sentLater = records.filter(({ kind, atUs }) => kind === "report sent" && atUs >= lastSentUs);
  const later = sentLater.map(({ detail }) => statusOfCode(detail) as string);
  // A final status that came first, acknowledged or not, absorbs what is said later.
  const finals = records
    .filter(({ kind }) => kind === "report sent")
    .map(({ detail }) => statusOfCode(detail) as string)
    .filter((word) => word === "success" || word === "rejected");
  if (final !== undefined) return new Set(finals);
  const words = new Set<string>([statusOfCode(last.detail) as string, ...later, ...finals]);
  if (askedAtUs.some((atUs) => atUs >= lastSentUs)) words.add("started");
  return words;
}

function asked(records: readonly Recorded[]): number[] {
  return records.filter(({ kind }) => kind === "fetch sent").map(({ atUs }) => atUs);
}
