/** What a run used of things that cost money, from what it counted. */
import { MINUTE_US } from "../base/instant.ts";
import { type CostResult, costOf, type Metering, type Usage } from "./cost.ts";
import type { Prices } from "./prices.ts";
import type { RunResult } from "./run-result.ts";

/** What a bill is made of beside the counts. */
export interface Pricing {
  readonly prices: Prices;
  /** The scenario gives no prices. */
  readonly isAssumed: boolean;
  readonly metering: Metering | undefined;
  /** By job, in their order. */
  readonly imageBytesOfJobs: readonly number[];
}

type Counted = Pick<RunResult, "counters" | "backend" | "timelines" | "jobs" | "populations">;

/** The bill of a run; null where nothing is priced. */
export function costResult(counted: Counted, pricing: Pricing | undefined): CostResult | null {
  if (pricing === undefined) return null;
  const { prices, isAssumed, metering, imageBytesOfJobs } = pricing;
  const jobs = counted.jobs.map(({ outcomes }, job) => ({
    targets: outcomes.targeted,
    imageBytes: imageBytesOfJobs[job] ?? 0,
  }));
  return costOf(prices, isAssumed, usageOf(counted, metering), { nodes: counted.populations.nodes, jobs });
}

/** What left the image server counts, also where a cut threw it away; what arrived where the server does not tell. */
export function usageOf({ counters, backend, timelines, jobs }: Counted, metering: Metering | undefined): Usage {
  const count = (name: string): number => counters[name] ?? 0;
  const onlineUs = timelines.nodesOnline.reduce((sum, online) => sum + online * timelines.bucketUs, 0);
  const hasLinks = metering !== undefined;
  const messages = hasLinks
    ? count("connected") * metering.messagesPerConnect +
      count("booted") * metering.messagesPerBoot +
      count("fetch sent") +
      count("fetch resent") +
      count("report sent") +
      (backend["offersSent"] ?? count("offer received") + count("offer dropped"))
    : 0;
  return {
    egressBytes: backend["imageBytesServed"] ?? count("image bytes received"),
    messages,
    connectionMinutes: hasLinks ? onlineUs / MINUTE_US : 0,
    remoteActions: jobs.reduce((sum, job) => sum + releasedOf(job), 0),
  };
}

/** Targets that the backend had to do with: none of a job that was never made, the released ones of one in stages. */
function releasedOf({ createdAtUs, outcomes, rollout }: RunResult["jobs"][number]): number {
  if (createdAtUs === null) return 0;
  return rollout === undefined ? outcomes.targeted : rollout.atEnd.released;
}
