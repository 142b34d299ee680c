/**
 * What of a result hangs on a chance end: what would be told otherwise if whoever was left behind had been seen, come
 * back late, and fared like those who were seen. A fleet of thousands nearly always leaves somebody behind, and mostly
 * nothing hangs on one of them; then there is nothing to be told.
 */
import type { CostResult } from "./cost.ts";
import { nearestRank } from "./histogram.ts";
import type { OutcomeCounts } from "./run-result.ts";
import { type EndResult, isEndByChance } from "./run-end.ts";
import type { Threshold } from "./threshold.ts";
import { compare, distributionOf, isOfNodes, type Measured, partOf, valueOf } from "./threshold-check.ts";

/**
 * Shares of all targets that differ by less are alike: of 2,000 nodes a share of 95 % differs from seed to seed by as
 * much, one standard deviation of the binomial distribution.
 */
const SHARE_MIN = 0.005;
/** Bills that differ by less, as a share of the total, are alike. */
const COST_SHARE_MIN = 0.05;

/** What a result was computed of, as far as it is asked here. */
export interface EndEvidence {
  readonly end: EndResult;
  readonly endedAtUs: number;
  readonly outcomes: Pick<OutcomeCounts, "targeted" | "reachable">;
  readonly thresholds: readonly Threshold[];
  readonly measured: Measured;
  readonly cost: CostResult | null;
}

/** Words for everything that hangs on it, with by how much; none where the end is no chance, or nothing does. */
export function hangingOnEnd(evidence: EndEvidence): readonly string[] {
  const { end, outcomes, thresholds, measured } = evidence;
  if (!isEndByChance(end)) return [];
  const { targeted } = outcomes;
  // Where nobody knows who comes back, all of them may.
  const more = end.dueBack?.targets ?? end.unseen;
  const share = targeted === 0 ? 0 : more / targeted;
  const costShare = costHanging(evidence);
  const turning = thresholds.filter((threshold) => couldTurn(threshold, measured, evidence, more));
  return [
    ...(share >= SHARE_MIN ? [`shares of all targets (by up to ${percent(share)})`] : []),
    ...turning.map(({ metric, expression }) => `the threshold ${metric}: ${expression}`),
    ...(costShare >= COST_SHARE_MIN ? [`the cost (by up to ${percent(costShare)})`] : []),
  ];
}

/** Nodes stay connected until the end, which would come no sooner than the last of those who come back. */
function costHanging({ end, endedAtUs, cost }: EndEvidence): number {
  if (cost === null || cost.total === 0 || endedAtUs === 0) return 0;
  const connected = cost.lines.reduce((sum, { item, amount }) => (item === "connections" ? sum + amount : sum), 0);
  const lastAtUs = end.dueBack?.lastAtUs ?? end.latestAtUs;
  return ((connected / cost.total) * Math.max(0, lastAtUs - endedAtUs)) / endedAtUs;
}

/** Whether a threshold would come out otherwise. */
function couldTurn(threshold: Threshold, measured: Measured, { end, endedAtUs }: EndEvidence, more: number): boolean {
  const { comparison, limit, aggregation } = threshold;
  const actual = valueOf(threshold, measured);
  const keeps = (value: number): boolean => compare(value, comparison, limit);
  const { targeted, reachable } = partOf(threshold, measured);
  // As many of a part of the fleet as were away in it.
  const moreHere = (more * (targeted - reachable)) / end.unseen;
  if (threshold.on.kind === "counted") {
    if (typeof actual !== "number" || reachable === 0) return false;
    // They are counted among those who were never offered anything.
    const isOfUnseen = /^outcome\.unfinished(\.neverOffered)?$/.test(threshold.on.name);
    const fewer = actual - moreHere / (aggregation.kind === "rate" ? targeted : 1);
    const larger = actual * (1 + (growingShare(threshold, measured) * moreHere) / reachable);
    return keeps(actual) !== keeps(isOfUnseen ? fewer : larger);
  }
  const share = aggregation.kind === "percentile" ? aggregation.share : aggregation.kind === "med" ? 0.5 : undefined;
  if (share === undefined) return false;
  const distribution = distributionOf(measured.metrics[threshold.on.name], threshold);
  if (!isOfNodes(distribution)) return false;
  const { histogram, population, size } = distribution;
  const rank = nearestRank(share, population === "reachable" ? size + moreHere : size);
  const isReached = typeof actual === "number";
  if (!isReached && actual !== "not reached") return false;
  const now = isReached && keeps(actual);
  if (rank <= histogram.count) return now !== keeps(histogram.atRank(rank));
  // Whoever comes back is done later than everybody who was seen.
  if (rank > histogram.count * (1 + moreHere / Math.max(1, reachable))) return now;
  return agesOfMissed(threshold, measured, endedAtUs).some((ageUs) => now !== keeps(ageUs));
}

/** What a rule stopped stays as it was then, and who is released does not ask who is there. */
function growingShare({ on, tags }: Threshold, { state, rollouts }: Measured): number {
  if (on.kind !== "counted" || !on.name.startsWith("rollout.")) return 1;
  if (on.name === "rollout.released") return 0;
  const key = on.name === "rollout.hit" ? "hit" : "downloaded";
  const meant = rollouts.filter((_, job) => tags.job === undefined || state.plan.jobs[job]?.name === tags.job);
  const countOf = (some: typeof rollouts): number =>
    some.reduce((sum, rollout) => sum + (rollout?.byThen[key] ?? 0), 0);
  return countOf(meant.filter((rollout) => rollout?.stop === null)) / Math.max(1, countOf(meant));
}

/** How old the jobs were at the end, microseconds, which had somebody away of the part that a threshold is on. */
function agesOfMissed(threshold: Threshold, measured: Measured, endedAtUs: number): readonly number[] {
  const { plan, createdAtUs } = measured.state;
  const { tags } = threshold;
  return plan.jobs.flatMap(({ name }, job) => {
    if (tags.job !== undefined && tags.job !== name) return [];
    const { targeted, reachable } = partOf({ ...threshold, tags: { ...tags, job: name } }, measured);
    const ageUs = endedAtUs - (createdAtUs[job] ?? Infinity);
    return targeted > reachable && Number.isFinite(ageUs) ? [ageUs] : [];
  });
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`;
}
