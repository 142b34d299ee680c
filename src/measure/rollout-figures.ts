/** Figures of single jobs: when a rule stopped one, and on whose image the nodes ended. */
import type { Percentile, RunResult } from "./run-result.ts";

/**
 * Fleet microseconds from a job's first batch until its stop rule fired; of all jobs the stop that came first. Not
 * reached = none fired; not told = nothing was released in stages.
 *
 * @param job its name; undefined = any
 */
export function stopAtUs({ jobs }: Pick<RunResult, "jobs">, job: string | undefined): Percentile | "not told" {
  const staged = jobs.filter(({ name, rollout }) => rollout !== undefined && (job === undefined || name === job));
  if (staged.length === 0) return "not told";
  const stops = staged.flatMap(({ createdAtUs, rollout }) =>
    createdAtUs === null || !rollout?.stop ? [] : [{ createdAtUs, atUs: rollout.stop.atUs }],
  );
  const [first] = stops.toSorted((a, b) => a.atUs - b.atUs);
  return first === undefined ? "not reached" : first.atUs - first.createdAtUs;
}

/**
 * Targets that a rollout in stages would have hit if nothing had stopped it; a sum over such jobs, where a node counts
 * once for each. Not told = nothing was released in stages.
 *
 * @param job its name; undefined = all
 */
export function wouldHit({ jobs }: Pick<RunResult, "jobs">, job: string | undefined): number | "not told" {
  const told = jobs.flatMap(({ name, rollout }) =>
    job === undefined || name === job ? [rollout?.wouldHit ?? null] : [],
  );
  const known = told.filter((count) => count !== null);
  return known.length === 0 ? "not told" : known.reduce((sum, count) => sum + count, 0);
}

/**
 * The share of all nodes that run a job's image at the end.
 *
 * @param job its name; undefined = those that run what they ran before
 */
export function firmwareShare({ firmware, populations }: RunResult, job: string | undefined): number | "no samples" {
  if (populations.nodes === 0) return "no samples";
  const isMeant = (jobs: readonly string[]): boolean => (job === undefined ? jobs.length === 0 : jobs.includes(job));
  const meant = firmware.images.reduce((sum, { jobs, nodes }) => sum + (isMeant(jobs) ? nodes : 0), 0);
  return (meant + (job === undefined ? firmware.others : 0)) / populations.nodes;
}
