/**
 * What counts of outcomes are counts of. With one job each target is a node; with several each node counts once for
 * every job that targets it, and "nodes" would be more than there are.
 */
import type { OutcomeCounts, RunResult } from "../measure/run-result.ts";
import { countText, counted } from "./count-text.ts";
import { percentileText } from "./duration-text.ts";
import { cutText } from "./text-cleaning.ts";

/** Whether outcomes are counted over several jobs. */
export function isOverJobs({ jobs }: Pick<RunResult, "jobs">): boolean {
  return jobs.length > 1;
}

/** `300 targeted`, or `690 updates targeted (300 nodes, 3 jobs)`; then the reachable and the settled. */
export function sizesText({ outcomes, populations, jobs }: RunResult): string {
  const { targeted, reachable, settled } = outcomes;
  const of = `${counted(populations.nodes, "node")}, ${counted(jobs.length, "job")}`;
  const first = jobs.length > 1 ? `${counted(targeted, "update")} targeted (${of})` : `${countText(targeted)} targeted`;
  return `${first}, ${countText(reachable)} reachable, ${countText(settled)} settled`;
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
