/** What a scenario's bill is made of: its prices, and how the messages of its nodes are metered. */
import { adapterOf } from "../adapters/adapters.ts";
import type { Metering } from "../measure/cost.ts";
import { LIST_PRICES } from "../measure/prices.ts";
import type { Pricing } from "../measure/usage.ts";
import { imageOfJob } from "../scenario/job-images.ts";
import type { Scenario } from "../scenario/scenario.ts";

/** Undefined where nothing is priced: of a run without prices, for who pays a list price is only planned. */
export function pricingOf(scenario: Scenario, driver: "live" | "virtual"): Pricing | undefined {
  const { prices, jobs, backend } = scenario;
  if (prices === undefined && driver === "live") return undefined;
  return {
    prices: prices ?? LIST_PRICES,
    isAssumed: prices === undefined,
    metering: meteringOf(backend.adapter),
    imageBytesOfJobs: jobs.map((job) => imageOfJob(scenario, job).sizeBytes),
  };
}

/** Nobody: only how many topics and messages there are is asked for. */
const ANYBODY = { id: "", secret: "", project: "", version: "", name: "", networkId: undefined };

function meteringOf(kind: string): Metering | undefined {
  const adapter = adapterOf(kind);
  const generation = adapter?.generations[adapter.defaultGeneration];
  if (adapter?.link !== "mqtt" || generation === undefined) return undefined;
  const half = adapter.node({ baseUrl: "", generation, settings: {} });
  return {
    // An acknowledgement, and a subscription's, is the backend's and costs nothing.
    messagesPerConnect: 1 + half.offerTopics(ANYBODY).length,
    messagesPerBoot: half.greetingTopics(ANYBODY).length + half.greeting(ANYBODY).length,
  };
}
