/** How reports say outcomes, beliefs and verdicts: a label, and a sentence for whoever sees the word first. */
import type { Outcome, Unfinished } from "../measure/outcome-class.ts";
import type { RunResult, Verdict } from "../measure/run-result.ts";

/** A word of the report with its meaning. */
export interface Word {
  readonly label: string;
  readonly meaning: string;
}

/** Outcomes in the order of bars and tables: what one hopes for first, what is open last. */
export const OUTCOME_ORDER = [
  "success",
  "rolledBack",
  "rejected",
  "failed",
  "bricked",
  "expired",
  "cancelled",
  "lost",
  "unfinished",
] as const satisfies readonly Outcome[];

export const OUTCOME_WORDS: Readonly<Record<Outcome, Word>> = {
  success: { label: "success", meaning: "ran the job's image and confirmed it" },
  rolledBack: { label: "rolled back", meaning: "booted the image, did not confirm it, runs the old one again" },
  rejected: { label: "rejected", meaning: "refused the offer or the image" },
  failed: { label: "failed", meaning: "the last attempt failed, and this firmware will not ask again" },
  bricked: { label: "bricked", meaning: "boots no image any more" },
  expired: { label: "expired", meaning: "the job's validity ended before it could start" },
  cancelled: { label: "cancelled", meaning: "the job was cancelled before its download began" },
  lost: { label: "lost", meaning: "its worker died before it settled: nothing is claimed" },
  unfinished: { label: "unfinished", meaning: "still on its way, or never heard of the job" },
};

export const UNFINISHED_WORDS: Readonly<Record<Unfinished, string>> = {
  downloading: "downloading",
  retrying: "retrying",
  delayed: "delayed",
  waitingForApproval: "waiting for approval",
  offered: "offered",
  neverOffered: "never offered",
};

export const VERDICT_WORDS: Readonly<Record<Verdict, Word>> = {
  passed: {
    label: "Passed",
    meaning: "Every threshold held, each on a metric that can be used, and no law was broken.",
  },
  failed: { label: "Failed", meaning: "A promise of this scenario was not kept. The numbers can be trusted." },
  invalid: {
    label: "Invalid",
    meaning: "This run does not measure what it set out to measure. Do not use its numbers.",
  },
  incomplete: { label: "Incomplete", meaning: "A part of the run is missing. What is shown is not the whole." },
};

/** What a run's verdict means. Where nothing was promised, nothing was kept. */
export function verdictMeaning({ verdict, thresholds }: Pick<RunResult, "verdict" | "thresholds">): string {
  return verdict === "passed" && thresholds.length === 0
    ? "No threshold was set, so nothing was promised; the numbers can be used, and no law was broken."
    : VERDICT_WORDS[verdict].meaning;
}
