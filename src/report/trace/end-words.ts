/** How it ends: what each job came to for the node, and why one that is not done is not. */
import { unreachable } from "../../base/assert.ts";
import type { Trace, TracedJob } from "../../fleet/trace.ts";
import { OUTCOME_WORDS } from "../outcome-words.ts";

/**
 * A sentence a job that the node is a target of, and what it waits for where one is not done.
 *
 * @param wait what it waits for since its last step; undefined = it had none
 */
export function endWords({ jobs, steps }: Trace, wait: string | undefined): readonly string[] {
  const own = jobs.filter(({ outcome }) => outcome !== undefined);
  if (own.length === 0) return ["it was a target of no job"];
  const isOpen = own.some(({ outcome }) => outcome === "unfinished");
  const lines = own.map((job) => `${job.name}: ${jobWords(job)}`);
  if (!isOpen) return lines;
  return [
    ...lines,
    wait === undefined || steps.length === 0 ? "nothing ever happened to it" : `as it stands, it ${wait}`,
  ];
}

function jobWords(job: TracedJob): string {
  const { outcome, belief, reason } = job;
  const onRecord = belief === undefined || belief === "unknown" || belief === "none" ? "" : `; on record: ${belief}`;
  if (outcome === undefined || outcome === "unfinished") return `not done, ${openWords(job)}${onRecord}`;
  const { label, meaning } = OUTCOME_WORDS[outcome];
  // The cause says more than the class, where it is another word.
  return `${label}, ${reason === "" || reason === label ? meaning : reason}${onRecord}`;
}

/** Why a target is not done: the first thing that was in its way. */
function openWords({ unfinished, hasBegun, isReleased, isReachable }: TracedJob): string {
  if (!hasBegun) return "as the job never began";
  if (!isReleased) return "as no stage released it";
  switch (unfinished) {
    case "neverOffered":
      return isReachable
        ? "as no offer of it arrived, though the node was online while the job was there"
        : "as the node was never online while the job was there";
    case "waitingForApproval":
      return "as its user had not approved";
    case "delayed":
      return "as it was told to come back later: window or validity";
    case "downloading":
      return "in the middle of its update";
    case "retrying":
      return "between two attempts";
    case "offered":
      return "though it was offered to it";
    default:
      return unreachable(unfinished);
  }
}
