/**
 * What counts of outcomes are counts of. With one job each target is a node; with several each node counts once for
 * every job that targets it, and "nodes" would be more than there are.
 */
import type { Outcome } from "../measure/outcome-class.ts";
import type { OutcomeCounts, RunResult } from "../measure/run-result.ts";
import { countText, counted, shareText } from "./count-text.ts";
import { durationText, percentileText } from "./duration-text.ts";
import { OUTCOME_WORDS } from "./outcome-words.ts";
import { cutText } from "./text-cleaning.ts";

/** Whether outcomes are counted over several jobs. */
export function isOverJobs({ jobs }: Pick<RunResult, "jobs">): boolean {
  return jobs.length > 1;
}

/**
 * `300 targeted`, or `690 updates targeted (300 nodes, 3 jobs)`; then the reachable and the settled. Who was never seen
 * and is settled all the same is told apart, or more would be settled than reachable.
 */
export function sizesText({ outcomes, populations, jobs }: RunResult): string {
  const { targeted, reachable, settled, settledUnseen } = outcomes;
  const of = `${counted(populations.nodes, "node")}, ${counted(jobs.length, "job")}`;
  const first = jobs.length > 1 ? `${counted(targeted, "update")} targeted (${of})` : `${countText(targeted)} targeted`;
  const seen = settled - settledUnseen;
  const done =
    settledUnseen === 0 || reachable === 0
      ? `${countText(settled)} settled${settledUnseen === 0 ? "" : " unseen, as by a cancel"}`
      : `${seen === reachable ? "all" : countText(seen)} of them settled; ${countText(settledUnseen)} more settled unseen, as by a cancel`;
  return `${first}, ${countText(reachable)} reachable, ${done}`;
}

/** Outcomes that only who was seen can come to: the backend has to reach a node to offer it anything. */
const OF_THE_SEEN = ["success", "rolledBack", "rejected", "failed"] as const satisfies readonly Outcome[];

/** The share of an outcome among the reachable; undefined = all were, or it does not need the backend. */
export function shareOfReachable(
  { targeted, reachable, ...counts }: OutcomeCounts,
  outcome: Outcome,
): string | undefined {
  const isOfTheSeen = (OF_THE_SEEN as readonly Outcome[]).includes(outcome);
  return reachable > 0 && reachable < targeted && isOfTheSeen ? shareText(counts[outcome], reachable) : undefined;
}

/** Shares of the reachable as `of the 1,920 reachable: 99.3 % success`; "" = all were reachable, or nobody was. */
export function reachableText({ outcomes }: Pick<RunResult, "outcomes">): string {
  const told = OF_THE_SEEN.flatMap((outcome) => {
    const share = outcomes[outcome] === 0 ? undefined : shareOfReachable(outcomes, outcome);
    return share === undefined ? [] : [`${share} ${OUTCOME_WORDS[outcome].label}`];
  });
  return told.length === 0 ? "" : `of the ${countText(outcomes.reachable)} reachable: ${told.join(", ")}`;
}

/** Who was never there between job and end, and what is known of them; "" = all were. */
export function unseenText({ end }: Pick<RunResult, "end">): string {
  const { unseen, by, dueBack, latestAtUs } = end;
  if (unseen === 0) return "";
  const never = `never seen between the job's start and the end: ${countText(unseen)}`;
  if (by !== "settled" || dueBack === null || dueBack.targets === 0) return never;
  const come = dueBack.targets === 1 ? "comes" : "come";
  return `${never}, of whom ${countText(dueBack.targets)} ${come} back by the latest end, ${durationText(latestAtUs)}`;
}

/** Jobs that a tile names. */
const JOBS_NAMED_MAX = 4;

/** The p95 of each job's completion, as `hotfix 4.2 h, release not reached`; "" where there is one job. */
export function completionByJobText({ jobs }: RunResult): string {
  if (jobs.length < 2) return "";
  const named = jobs.slice(0, JOBS_NAMED_MAX).map(({ name, completion, cancelledAtUs }) => {
    const why = completion.p95 === "not reached" && cancelledAtUs !== null ? " (cancelled)" : "";
    return `${cutText(name, 24)} ${percentileText(completion.p95)}${why}`;
  });
  const more = jobs.length - named.length;
  return `${named.join(", ")}${more > 0 ? ` and ${counted(more, "more job")}` : ""}`;
}

/** Why a percentile of completion is not reached: so many were not done, and of them so many were not to be. */
export function notDoneText(outcomes: OutcomeCounts): string {
  const { targeted, success, cancelled, expired } = outcomes;
  const never = [
    [cancelled, "cancelled"],
    [expired, "expired"],
  ] as const;
  const told = never.filter(([count]) => count > 0).map(([count, word]) => `${countText(count)} ${word}`);
  const which = told.length === 0 ? "" : `, ${told.join(" and ")}`;
  return `${countText(targeted - success)} of ${countText(targeted)} were not done${which}`;
}
